"""What the sheet and the metadata of one run say, judged as the settings want it."""

from dataclasses import replace

import pytest

from seqauto_pipeline.core.file_list import SmallInput
from seqauto_pipeline.core.sheet.codes import RuleLevel
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.sample_sheet import SheetColumns
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.core.verdict.run_parsing import kit_of_path
from seqauto_pipeline_tests.core.listings import NS, layout
from seqauto_pipeline_tests.core.runs import LAB, RUN_INFO, SHEET, parsed, run_with

TWICE = "[Data]\nLane,Sample_ID,index\n1,S1,ACGTACGT\n1,S2,ACGTACGT\n"


def test_the_inputs_of_a_run_are_read_together():
    run = parsed(run_with())

    assert (run.facts.run_number, run.facts.lanes, run.facts.model) == (410, 4, "NextSeq 500/550")
    assert run.directory_kit == "idt_exome"
    assert [each.sample.sample_name for each in run.sheet.samples] == ["S1", "S2"]
    assert run.problems == ()


def test_a_run_without_inputs_is_known_by_its_name():
    run = parsed(run_with(sheet=None, run_info=None))

    assert (run.sheet, run.facts.flowcell_id, run.facts.lanes) == (None, "AHNLYFBGXG", None)


def test_problems_say_in_which_file_they_are():
    run = parsed(run_with(sheet="", run_info="<no>", run_parameters="\x00"))

    assert {problem.path for problem in run.problems} == {
        "SampleSheet.csv",
        "RunInfo.xml",
        "RunParameters.xml",
    }
    assert run.sheet is None


def test_a_sheet_that_breaks_a_rule_is_used_and_nothing_is_made_for_it():
    run = parsed(run_with(sheet=TWICE))

    assert "DUPLICATE_INDEX" in {problem.code for problem in run.problems}
    assert [each.automatically_process for each in run.sheet.samples] == [False, False]
    assert not any(each.skipped for each in run.sheet.samples)


def test_a_rule_that_is_a_warning_for_the_kit_lets_jobs_make_files():
    levels = {"IDT_exome": {"DUPLICATE_INDEX": RuleLevel.WARNING}}

    run = parsed(run_with(sheet=TWICE), policy=SheetPolicy(levels_for_kit=levels))

    assert [each.automatically_process for each in run.sheet.samples] == [True, True]
    assert {problem.severity for problem in run.problems} == {"warning"}


def test_the_rules_of_a_kit_come_before_those_of_all():
    policy = SheetPolicy(
        levels={"A": RuleLevel.OFF, "B": RuleLevel.OFF},
        levels_for_kit={"Exome": {"A": RuleLevel.ERROR}},
    )

    assert policy.levels_of("EXOME") == {"A": RuleLevel.ERROR, "B": RuleLevel.OFF}
    assert policy.levels_of(None) == policy.levels


def test_controls_and_failed_samples_are_skipped():
    sheet = "[Data]\nSample_ID,index,Failed\nNTC_1,ACGTACGT,\nS2,TTGGTTGG,Y\nS3,CCAACCAA,\n"

    run = parsed(run_with(sheet=sheet), policy=SheetPolicy(control_regex="^NTC"))

    found = [(e.is_control, e.sample.failed, e.skipped) for e in run.sheet.samples]
    assert found == [(True, False, True), (False, True, True), (False, False, False)]
    assert [each.automatically_process for each in run.sheet.samples] == [False, False, True]


def test_a_samples_kit_is_the_sheets_where_it_names_one():
    sheet = "[Data]\nSample_ID,index,Kit\nS1,ACGTACGT,haem\nS2,TTGGTTGG,\n"

    run = parsed(run_with(sheet=sheet), policy=SheetPolicy(columns=SheetColumns(panel="Kit")))

    assert [each.enrichment_kit for each in run.sheet.samples] == ["haem", "idt_exome"]


def test_a_lane_that_the_flowcell_lacks_is_judged_only_where_its_lanes_are_known():
    sheet = SHEET.replace("\n2,", "\n7,")

    known, unknown = parsed(run_with(sheet=sheet)), parsed(run_with(sheet=sheet, run_info=None))

    assert {problem.code for problem in known.problems} - {p.code for p in unknown.problems}


def test_index_lengths_are_judged_where_only_the_reads_are_known():
    info = RUN_INFO.replace("<FlowcellLayout", "<Other")
    sheet = SHEET.replace("ACGTACGT", "ACGTACGTACGT").replace("TTGGTTGG", "TTGGTTGGTTGG")

    run = parsed(run_with(sheet=sheet, run_info=info))

    assert run.facts.lanes is None
    assert any("INDEX" in problem.code for problem in run.problems)


@pytest.mark.parametrize(
    ("depth", "level", "path", "kit"),
    [
        (2, 1, "exome/run", "exome"),
        (3, 1, "site/exome/run", "site"),
        (3, 2, "site/exome/run", "exome"),
        (1, 0, "run", None),
        (2, 0, "exome/run", None),
    ],
)
def test_the_directory_of_a_level_is_the_kit(depth, level, path, kit):
    at = layout(
        '[file_types.a]\npatterns = ["{sample_id}"]',
        top=f"run_depth = {depth}\nenrichment_kit_level = {level}",
    )

    assert kit_of_path(path, at) == kit
    assert kit_of_path("run", LAB) is None


def test_the_laboratorys_converter_decides_what_a_sheet_breaks():
    sheet = "[Reads]\nRead2Cycles,0\n[Data]\nLane,Sample_ID,index,Sample_Project\n"
    sheet += "1,S1,ACGTACGT,A\n2,S1,ACGTACGT,B\n"

    def codes(converter: Converter | None) -> set[str]:
        run = parsed(run_with(sheet=sheet), policy=SheetPolicy(converter=converter))
        return {problem.code for problem in run.problems}

    assert codes(None) == {"ZERO_CYCLES", "SAMPLE_IN_TWO_PROJECTS"}
    assert codes(Converter.BCL2FASTQ) == {"SAMPLE_IN_TWO_PROJECTS"}
    assert codes(Converter.BCL_CONVERT) == {"ZERO_CYCLES"}


def test_override_cycles_are_held_against_the_reads_of_the_run():
    sheet = "[Settings]\nOverrideCycles,{}\n[Data]\nSample_ID,index\nS1,ACGTACGT\n"

    def messages(cycles: str) -> list[str]:
        return [each.message for each in parsed(run_with(sheet=sheet.format(cycles))).problems]

    assert any("RunInfo.xml" in message for message in messages("Y1;I8"))
    assert messages("Y151;I8;Y151") == []


def test_the_sheet_of_a_conversion_is_read_where_it_is_not_the_runs_own():
    other = SHEET.replace("S2", "S3")
    sheets = {
        path: SmallInput(path, text.encode(), NS)
        for path, text in (("a/used.csv", SHEET), ("b/used.csv", other), ("c/used.csv", "\x89PNG"))
    }

    run = parsed(replace(run_with(), used_sheets=sheets))

    (used,) = run.used_sheets
    assert used.path == "b/used.csv"
    assert [each.sample.sample_name for each in used.samples] == ["S1", "S3"]
    assert run.problems == ()
