"""Which files a sheet and a layout call for, and at which of the possible paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.expectation.expected_files import candidates_of, expected_files
from seqauto_pipeline.core.expectation.paths import expand, usable_values
from seqauto_pipeline.core.expectation.samples import ExpectedSample, LaneRow, SheetFacts
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.sheet.conversion import conversion_settings
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import READS, RUN, expecting, layout, run_listing, sample

TAU = load_layout("tau")
ILLUMINA = load_layout("illumina")
BASECALLS = "Data/Intensities/BaseCalls"
FASTQ = '[file_types.fastq]\nper = "read"\npatterns = ["{sample_name}_R{read}.fq"]\n'
NAMES = st.text(min_size=1, max_size=40)


def files_of(
    samples: list[ExpectedSample],
    at: Layout,
    listing: RunListing | None = None,
    seen: frozenset[str] = frozenset(),
    **run: object,
):
    return expected_files(expecting(**run), samples, at, listing or run_listing(), seen)


def paths(*arguments: object, kind: str = "fastq", **more: object) -> list[str]:
    found = files_of(*arguments, **more)  # type: ignore[arg-type]
    return [file.path for file in found if file.file_type.name == kind]


def test_tau_calls_for_every_type_that_is_always_there():
    found = files_of([sample("S1", lanes=[1])], TAU)

    assert {(file.file_type.name, file.path) for file in found} == {
        ("fastq", "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L001_1.fastq.gz"),
        ("fastq", "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L001_2.fastq.gz"),
        ("gene_list", f"0_goi/{RUN}_S1.txt"),
        ("bam", "1_BAM/S1.hg38.bam"),
        ("vcf", "2_variants/gatk_per_sample/S1.gatk.hg38.vcf.gz"),
        ("joint_vcf", f"2_variants/{RUN}.gatk.hg38.vcf.gz"),
        ("exec_summary", "4_QC/exec_stats/S1_qc_summary.txt"),
        ("gene_coverage", "4_QC/bam_stats/samples/S1.per_gene_coverage.tsv.gz"),
    }


def test_an_exec_summary_knows_the_table_of_its_values():
    (summary,) = (f for f in files_of([sample("S1")], TAU) if f.file_type.values)

    assert summary.values_path == "4_QC/exec_stats/S1_stats.tsv"


def test_what_is_optional_is_listed_when_it_is_there_or_was_seen():
    flagstat = "1_BAM/flagstats/S1.hg38.flagstat.txt"
    report = "4_QC/sequencing_stats/Illuminate/illuminate_report.txt"
    vardict = f"2_variants/{RUN}.vardict.hg38.vcf.gz"

    found = files_of([sample("S1")], TAU, run_listing([flagstat, vardict]), frozenset({report}))

    optional = {file.path: file.if_present for file in found if file.if_present}
    assert optional.keys() == {flagstat, vardict, report}


def test_fastqc_is_looked_for_where_the_chosen_fastqs_are():
    there = ["0_fastq/S1_R1.fastq.gz", "0_fastq/FastQC/S1_R1_fastqc/fastqc_data.txt"]

    (fastqc,) = (
        file
        for file in files_of([sample("S1")], TAU, run_listing(there))
        if file.file_type.name == "fastqc"
    )

    assert (fastqc.path, fastqc.read, fastqc.sample_name) == (there[1], 1, "S1")
    assert fastqc.slot == "S1/R1"


def test_a_candidate_with_a_field_that_has_no_value_is_not_usable():
    listing = run_listing()

    without_lane = candidates_of(TAU.file_types[0], sample("S1"), expecting(), TAU, listing)
    with_lane = candidates_of(TAU.file_types[0], sample("S1", lanes=[2]), expecting(), TAU, listing)

    assert [each.pattern[-24:] for each in without_lane] == ["ample_id}_R{read}.fastq.gz"[-24:]]
    assert len(with_lane) == 3


def test_a_sample_whose_only_candidate_is_not_usable_has_no_file():
    at = layout('[file_types.a]\npatterns = ["{sample_id}_{lane_code}"]')

    assert files_of([sample("S1")], at) == ()


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        ('"bam/{sample_name}_{flowcell}.bam"', []),
        ('"bam/{sample_name}_{flowcell}.bam", "bam/{sample_name}.bam"', ["bam/S1.bam"]),
        ('"bam/{sample_name}.bam"', ["bam/S1.bam"]),
    ],
)
def test_a_file_of_each_sample_needs_a_pattern_of_which_all_fields_have_a_value(
    patterns: str, found: list[str]
):
    lab = layout(f"[file_types.bam]\npatterns = [{patterns}]\n")

    assert paths([sample("S1")], lab, kind="bam", flowcell=None) == found


def test_the_first_candidate_of_which_any_file_is_there_wins():
    old = "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L001_R2.fastq.gz"

    found = files_of([sample("S1", lanes=[1])], TAU, run_listing([old, "0_fastq/S1_R1.fastq.gz"]))

    r1, r2 = (file for file in found if file.file_type.name == "fastq")
    assert (r1.path, r2.path) == (old.replace("_R2", "_R1"), old)
    assert r2.other_paths == ("0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L001_2.fastq.gz",)


def test_a_sample_without_files_stays_at_the_path_at_which_it_was_last_seen():
    seen = frozenset({"0_fastq/S1_R1.fastq.gz"})
    others = run_listing(["0_fastq/S2_AHNLYFBGXG_ACGT-TTGG_L001_1.fastq.gz"])

    assert paths([sample("S1", lanes=[1])], TAU, others, seen) == [
        "0_fastq/S1_R1.fastq.gz",
        "0_fastq/S1_R2.fastq.gz",
    ]


def test_a_sample_without_files_is_expected_as_most_samples_of_the_run_are_named():
    samples = [sample(f"S{n}", n, lanes=[1]) for n in (1, 2, 3, 4)]
    there = run_listing(
        [
            "0_fastq/S1_R1.fastq.gz",
            "0_fastq/S2_R1.fastq.gz",
            "0_fastq/S3_AHNLYFBGXG_ACGT-TTGG_L001_1.fastq.gz",
        ]
    )

    assert "0_fastq/S4_R1.fastq.gz" in paths(samples, TAU, there)


def test_a_sample_without_files_in_a_run_without_any_is_expected_at_the_first_usable_path():
    assert paths([sample("S1", lanes=[3])], TAU) == [
        "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L003_1.fastq.gz",
        "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L003_2.fastq.gz",
    ]


def test_a_sample_in_three_lanes_has_one_set_of_files_unless_the_pattern_names_the_lane():
    samples = [sample("S1", lanes=[1, 2, 3])]

    named = paths(samples, TAU)
    plain = paths(samples, TAU, run_listing(["0_fastq/S1_R1.fastq.gz"]))

    assert len(named) == 6
    assert plain == ["0_fastq/S1_R1.fastq.gz", "0_fastq/S1_R2.fastq.gz"]


def test_a_single_read_run_expects_no_second_read():
    assert paths([sample("S1")], TAU, reads=READS[:1]) == ["0_fastq/S1_R1.fastq.gz"]


def test_a_read_that_some_samples_have_is_expected_of_all_in_tau_too():
    samples = [sample("S1"), sample("S2", 2)]
    there = [f"0_fastq/S1_{read}.fastq.gz" for read in ("R1", "R2", "R3", "I1")]

    found = paths(samples, TAU, run_listing([*there, "0_fastq/S2_R1.fastq.gz"]))

    assert found == [*there, *(path.replace("S1", "S2") for path in there)]


def test_index_reads_and_masked_reads_are_those_of_the_sheet_in_tau_too():
    settings = {"CreateFastqForIndexReads": "1", "OverrideCycles": "Y151;I8;N8;N151"}
    facts = SheetFacts(SheetFormat.BCLCONVERT_V2, conversion_settings(settings.get))

    assert paths([sample("S1", lanes=[1])], TAU, sheet=facts) == [
        "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L001_1.fastq.gz",
        "0_fastq/S1_AHNLYFBGXG_ACGT-TTGG_L001_I1.fastq.gz",
    ]
    assert paths([sample("S1")], TAU, sheet=facts) == [
        "0_fastq/S1_R1.fastq.gz",
        "0_fastq/S1_I1.fastq.gz",
    ]


def test_a_control_or_failed_sample_has_its_files_marked_as_skipped():
    found = files_of([sample("NTC", skipped=True)], TAU, run_listing(["0_fastq/NTC_R1.fastq.gz"]))

    assert {file.skipped for file in found if file.sample_name} == {True}


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..", ".", "", "a/b", "a\0b", "x" * 5000, "a\nb", "\ud800", "\x1b[31m"],
)
def test_a_sample_that_cannot_be_named_safely_gives_no_file(name: str):
    at = layout('[file_types.a]\npatterns = ["x/{sample_name}"]')

    assert files_of([sample(name)], at) == ()


@pytest.mark.parametrize("name", ["a;rm -rf x", "'; DROP TABLE", "<script>", "S 1", "~", "$(x)"])
def test_an_odd_name_is_one_component_of_a_path(name: str):
    at = layout('[file_types.a]\npatterns = ["x/{sample_name}"]')

    assert paths([sample(name)], at, kind="a") == [f"x/{name}"]


@given(name=NAMES, identity=NAMES, project=st.none() | NAMES, index=st.none() | NAMES)
def test_no_name_of_a_sheet_leads_out_of_the_run_folder(name, identity, project, index):
    odd = sample(
        name,
        sample_id=identity,
        sample_project=project,
        rows=(LaneRow(1, index, index),),
        enrichment_kit=project,
    )

    for at in (TAU, ILLUMINA):
        for file in files_of([odd], at):
            for path in (file.path, *file.other_paths, *filter(None, [file.values_path])):
                parts = path.split("/")
                assert not path.startswith("/")
                assert not {"", ".", ".."} & set(parts)


@given(st.lists(st.tuples(st.sampled_from("AB#/"), st.sampled_from(["A", "A#B", "B"])), max_size=6))
def test_each_path_and_each_slot_of_a_type_is_expected_once(rows):
    samples = [
        sample(f"{n}", n, sample_id=identity, sample_name=name, slot=f"{name}/{identity}")
        for n, (identity, name) in enumerate(dict.fromkeys(rows), 1)
    ]

    found = files_of(samples, TAU)

    assert len({file.path for file in found}) == len(found)
    assert len({file.key for file in found}) == len(found)


def test_a_backslash_in_a_name_is_escaped_as_the_walk_escapes_it():
    at = layout('[file_types.a]\npatterns = ["{sample_name}"]')

    assert paths([sample("a\\b")], at, kind="a") == ["a\\\\b"]


def test_a_value_that_is_missing_or_unsafe_makes_a_pattern_unusable():
    assert expand("{a}/{b}", {"a": "1"}) is None
    assert expand("{a}/{b}", usable_values({"a": "1", "b": ".."})) is None
    assert expand("{a}/{b}", {"a": "1", "b": "2"}) == "1/2"


@pytest.mark.parametrize("name", ["{a:>999999999}", "{a.b}", "{a!r}", "{}", "{0}"])
def test_braces_in_the_name_of_a_directory_are_no_commands(name: str):
    assert expand(f"{name}/{{a}}", {"a": "1"}) is None
    assert expand("}{/{a}", {"a": "1"}) == "}{/1"


KITS = """
[file_types.vcf]
patterns = ["vcf/{sample_name}.vcf"]
[file_types.joint_vcf]
per = "run"
patterns = ["vcf/{sequencing_run}.gatk.vcf"]
patterns_if_present = ["vcf/{sequencing_run}.freebayes.vcf"]
[kits.haem.file_types.vcf]
patterns = ["haem/{sample_name}.vcf"]
[kits.haem.file_types.joint_vcf]
patterns = ["vcf/{sequencing_run}.freebayes.vcf", "vcf/{sequencing_run}.{enrichment_kit}.vcf"]
patterns_if_present = []
"""


def test_a_samples_kit_selects_that_samples_patterns():
    samples = [sample("S1"), sample("S2", enrichment_kit="Haem")]

    assert paths(samples, layout(KITS), kind="vcf") == ["vcf/S1.vcf", "haem/S2.vcf"]


def test_the_joint_vcfs_are_those_of_the_distinct_kits_each_path_once():
    samples = [sample(f"S{n}", n, enrichment_kit=kit) for n, kit in enumerate(["a", "b", "haem"])]

    joint = [f for f in files_of(samples, layout(KITS)) if f.file_type.name == "joint_vcf"]

    assert [(f.path, f.if_present) for f in joint] == [
        (f"vcf/{RUN}.gatk.vcf", False),
        (f"vcf/{RUN}.freebayes.vcf", False),  # optional for two kits, and not for the third
        (f"vcf/{RUN}.haem.vcf", False),
    ]


def test_a_run_whose_samples_cannot_be_named_has_the_joint_vcf_of_its_own_kit():
    assert paths([sample("..")], layout(KITS), kind="joint_vcf", enrichment_kit="haem") == [
        f"vcf/{RUN}.freebayes.vcf",
        f"vcf/{RUN}.haem.vcf",
    ]


def test_a_file_of_the_run_is_not_named_after_what_is_not_known():
    at = layout('[file_types.a]\nper = "run"\npatterns = ["{flowcell}.x", "{sequencing_run}.x"]')

    assert paths([], at, kind="a", enrichment_kit=None, flowcell=None) == [f"{RUN}.x"]


@pytest.mark.parametrize(
    "folder",
    [f"{BASECALLS}/", f"{BASECALLS}/Proj/", f"{BASECALLS}/Proj/id1/"],
)
@pytest.mark.parametrize("lane", ["", "_L002"])
def test_illumina_finds_fastqs_where_bcl2fastq_and_bcl_convert_put_them(folder: str, lane: str):
    there = f"{folder}name1_S7{lane}_R1_001.fastq.gz"
    one = sample("name1", 7, lanes=[2], sample_id="id1", sample_project="Proj")

    assert paths([one], ILLUMINA, run_listing([there])) == [there, there.replace("_R1", "_R2")]


def analysis(number: str, *names: str) -> list[str]:
    return [f"Analysis/{number}/Data/BCLConvert/fastq/{name}" for name in names]


def test_illumina_takes_the_newest_analysis_by_its_number():
    listing = run_listing(
        [
            *analysis("9", "S1_S1_L001_R1_001.fastq.gz"),
            *analysis("10", "S1_S1_L001_R1_001.fastq.gz"),
            *analysis("2_old", "S1_S1_L001_R1_001.fastq.gz"),
            *analysis("٩٩", "S1_S1_L001_R1_001.fastq.gz"),  # digits, but none of Illumina's
        ]
    )

    assert paths([sample("S1", lanes=[1])], ILLUMINA, listing) == analysis(
        "10", "S1_S1_L001_R1_001.fastq.gz", "S1_S1_L001_R2_001.fastq.gz"
    )


def test_an_analysis_without_a_number_is_none():
    listing = run_listing(analysis("old", "S1_S1_L001_R1_001.fastq.gz"))

    assert paths([sample("S1", lanes=[1])], ILLUMINA, listing)[0].startswith(BASECALLS)


def test_illumina_without_a_lane_column_has_a_file_in_every_lane_of_run_info():
    assert paths([sample("S1")], ILLUMINA, lanes=2) == [
        f"{BASECALLS}/S1_S1_L001_R1_001.fastq.gz",
        f"{BASECALLS}/S1_S1_L001_R2_001.fastq.gz",
        f"{BASECALLS}/S1_S1_L002_R1_001.fastq.gz",
        f"{BASECALLS}/S1_S1_L002_R2_001.fastq.gz",
    ]


def test_illumina_without_lanes_anywhere_and_without_files_has_the_lane_less_name():
    assert paths([sample("S1")], ILLUMINA, lanes=None) == [
        f"{BASECALLS}/S1_S1_R1_001.fastq.gz",
        f"{BASECALLS}/S1_S1_R2_001.fastq.gz",
    ]


def test_illumina_without_a_lane_column_may_have_one_file_per_lane_of_run_info():
    listing = run_listing([f"{BASECALLS}/S1_S1_L003_R1_001.fastq.gz"])

    found = paths([sample("S1")], ILLUMINA, listing, lanes=4)

    assert len(found) == 8
    assert found[-1] == f"{BASECALLS}/S1_S1_L004_R2_001.fastq.gz"


def test_illumina_without_lanes_anywhere_has_the_lanes_that_are_there():
    listing = run_listing([f"{BASECALLS}/S1_S1_L002_R1_001.fastq.gz"])

    assert paths([sample("S1")], ILLUMINA, listing, lanes=None) == [
        f"{BASECALLS}/S1_S1_L002_R1_001.fastq.gz",
        f"{BASECALLS}/S1_S1_L002_R2_001.fastq.gz",
    ]


def test_a_layout_with_lanes_of_run_info_only_still_expects_something():
    at = layout(
        '[file_types.a]\npatterns = ["{sample_id}_{lane_code}"]',
        top='lanes = "sheet_or_run_info"',
    )

    assert paths([sample("S1")], at, kind="a", lanes=2) == ["S1_L001", "S1_L002"]


def test_a_file_of_a_file_takes_the_first_pattern_that_can_be_filled():
    at = layout(
        FASTQ + '[file_types.qc]\nper = "file"\nof = "fastq"\n'
        'patterns = ["{flowcell}/{stem}.qc", "{stem}.qc"]'
    )

    assert paths([sample("S1")], at, kind="qc", flowcell=None) == ["S1_R1.qc", "S1_R2.qc"]


def test_a_file_of_a_file_of_no_usable_pattern_is_not_expected():
    at = layout(
        FASTQ + '[file_types.qc]\nper = "file"\nof = "fastq"\npatterns = ["{flowcell}/{stem}"]'
    )

    assert paths([sample("S1")], at, kind="qc", flowcell=None) == []
