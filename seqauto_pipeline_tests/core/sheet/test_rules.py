import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.codes import RULES, Rule, RuleLevel, found, with_levels
from seqauto_pipeline.core.sheet.rules import FlowcellFacts, judge
from seqauto_pipeline_tests.core.sheet.sheets import DATA_COLUMNS, only, v1_sheet, v2_sheet

DOCS = Path(__file__).parents[3] / "docs" / "sample_sheets.md"


def test_a_sheet_in_order_has_no_problems():
    good = v1_sheet("1,S1,N1,ACGTACGT,TTGGCCAA,P-1", "1,S2,N2,TGCATGCA,CCAATTGG,P_2")

    assert judge(good, FlowcellFacts(2, (8, 8))) == ()


def test_a_sample_twice_in_a_lane_is_an_error():
    twice = v1_sheet("1,S1,N,ACGTACGT,,P", "2,S1,N,ACGTACGT,,P", "1,S1,N,ACGTACGT,,P")

    problem = only(judge(twice))

    assert (problem.code, problem.line) == ("DUPLICATE_SAMPLE", 7)
    assert problem.message == 'The sample "S1" is in lane 1 already, on line 5'


def test_a_sample_in_all_lanes_and_in_one_is_there_twice():
    problems = judge(v1_sheet("1,S1,N,ACGTACGT,,P", ",S1,N,ACGTACGT,,P"))

    assert [each.code for each in problems] == ["BLANK_LANE", "DUPLICATE_SAMPLE"]
    assert problems[1].line == 6


def test_samples_that_share_a_name_are_a_warning_once():
    shared = v1_sheet("1,S1,Pool,AAAAAAAA,,P", "1,S2,Pool,CCCCCCCC,,P", "1,S3,Pool,GGGGGGGG,,P")

    problem = only(judge(shared))

    assert (problem.code, problem.severity) == ("SHARED_SAMPLE_NAME", Severity.WARNING)
    assert problem.message == 'The samples "S1" (line 5) and "S2" have the same name "Pool"'


def test_an_id_that_is_the_name_of_another_sample_is_shared_too():
    problem = only(
        judge(v1_sheet("S1,AAAAAAAA,S1", "S2,CCCCCCCC,S1", columns="Sample_ID,index,Sample_Name"))
    )

    assert problem.code == "SHARED_SAMPLE_NAME"


def test_one_index_for_two_samples_of_a_lane_is_an_error():
    same = v1_sheet("1,S1,N1,ACGTACGT,TTTT,P", "2,S2,N2,ACGTACGT,TTTT,P", "1,S3,N3,acgtacgt,tttt,P")

    problem = only(judge(same))

    assert (problem.code, problem.severity) == ("DUPLICATE_INDEX", Severity.ERROR)
    assert (problem.line, problem.column) == (7, "index")
    assert problem.message == (
        'The samples "S1" (line 5) and "S3" have the same index "ACGTACGT-TTTT" in lane 1'
    )


def test_without_lanes_the_whole_sheet_is_one():
    same = v1_sheet("S1,ACGT", "S2,ACGT", columns="Sample_ID,index")

    assert only(judge(same)).message.endswith("in the sheet")


CLOSE = ("1,S1,N1,AAAAAAAA,,P", "1,S2,N2,AAAAAACC,,P")


def test_indexes_too_close_are_a_warning_where_the_sheet_states_no_mismatches():
    problem = only(judge(v1_sheet(*CLOSE)))

    assert (problem.code, problem.severity) == ("INDEX_TOO_CLOSE", Severity.WARNING)
    assert problem.message == (
        'The indexes of "S1" (line 5) and "S2" differ in 2 bases; the allowed mismatches need '
        "twice their number and one more"
    )


def test_indexes_too_close_are_an_error_where_the_sheet_states_its_mismatches():
    problem = only(judge(v1_sheet(*CLOSE, settings="BarcodeMismatchesIndex1,1")))

    assert problem.severity is Severity.ERROR


def test_the_mismatches_of_a_row_count_before_those_of_the_sheet():
    columns = DATA_COLUMNS + ",BarcodeMismatchesIndex1"
    rows = (CLOSE[0] + ",0", CLOSE[1] + ",0")

    assert judge(v1_sheet(*rows, columns=columns, settings="BarcodeMismatchesIndex1,2")) == ()


def test_indexes_are_far_enough_when_they_differ_by_twice_the_mismatches_and_one():
    assert judge(v1_sheet("1,S1,N1,AAAAAAAA,,P", "1,S2,N2,AAAAACCC,,P")) == ()
    assert judge(v1_sheet(*CLOSE, settings="BarcodeMismatchesIndex1,0")) == ()


def test_a_second_index_that_is_far_enough_keeps_samples_apart():
    apart = v1_sheet("1,S1,N1,AAAAAAAA,AAAAAAAA,P", "1,S2,N2,AAAAAAAA,CCCCCCCC,P")
    near = v1_sheet("1,S1,N1,AAAAAAAA,AAAAAAAA,P", "1,S2,N2,AAAAAAAA,AAAAAAAC,P")

    assert judge(apart) == ()
    assert "differ in 0 and 1 bases" in only(judge(near)).message


def test_one_sample_may_have_several_indexes_of_its_own():
    rows = ("1,S1,N1,AAAAAAAA,,P", "1,S1,N1,AAAAAAAC,,P")

    assert {each.code for each in judge(v1_sheet(*rows))} == {"SEVERAL_INDEXES"}


def test_index_lengths_that_differ_within_a_lane_are_an_error():
    lengths = v1_sheet("1,S1,N1,AAAAAAAA,CCCC,P", "1,S2,N2,GGGGGG,,P", "2,S3,N3,TTTT,,P")

    problems = judge(lengths)

    assert [(each.code, each.line, each.column) for each in problems] == [
        ("INDEX_LENGTHS_DIFFER", 6, "index"),
        ("INDEX_LENGTHS_DIFFER", 6, "index2"),
    ]
    assert problems[0].message == (
        'The index of "S2" has 6 bases, that of "S1" (line 5) in the same lane has 8'
    )


def test_a_second_index_that_some_samples_of_a_lane_lack_is_a_difference():
    problem = only(judge(v1_sheet("1,S1,N1,AAAAAAAA,CCCC,P", "1,S2,N2,GGGGGGGG,,P")))

    assert (problem.code, problem.column) == ("INDEX_LENGTHS_DIFFER", "index2")


def test_samples_with_their_own_override_cycles_may_have_other_lengths():
    columns = DATA_COLUMNS + ",OverrideCycles"
    rows = ("1,S1,N1,AAAAAAAA,,P,Y151;I8;Y151", "1,S2,N2,GGGGGG,,P,Y151;I6N2;Y151")

    assert judge(v1_sheet(*rows, columns=columns)) == ()


@pytest.mark.parametrize("index", ["ACGX", "AR001-A", "TAAGGCGA-"])
def test_an_index_that_is_not_of_bases_is_an_error(index):
    problem = only(judge(v1_sheet(f"1,S1,N1,{index},,P")))

    assert problem.code == "INDEX_CHARACTERS"
    assert problem.message == f'The index "{index}" has characters other than A, C, G, T and N'


@pytest.mark.parametrize("index", ["SI-GA-A1", "si-tt-b12", "SI-P01-C3", "NNNNNNNN", "NoIndex"])
def test_names_of_index_sets_and_words_for_none_are_no_wrong_bases(index):
    assert judge(v1_sheet(f"1,S1,N1,{index},,P")) == ()


@pytest.mark.parametrize("index", ["", "NoIndex", "NA", "-", "NNNNNN"])
def test_a_sample_without_an_index_must_be_alone_in_its_lane(index):
    problem = only(judge(v1_sheet(f"1,S1,N1,{index},,P", "1,S2,N2,ACGTACGT,,P", "2,S3,N3,,,P")))

    assert (problem.code, problem.line) == ("UNINDEXED_SAMPLE", 5)
    assert problem.message == 'In lane 1 are 2 samples, and without an index "S1"'


def test_many_samples_without_an_index_are_one_problem():
    bare = v1_sheet(*(f"S{number}" for number in range(9)), columns="Sample_ID")

    problem = only(judge(bare))

    assert problem.message == (
        'In the sheet are 9 samples, and without an index "S0", "S1", "S2", "S3", "S4" and 4 more'
    )
    assert problem.column == "Sample_ID"


def test_an_index_longer_than_its_read_is_an_error():
    long = v1_sheet("1,S1,N1,ACGTACGTNN,TTGGCCAA,P")
    without_n = {"INDEX_WITH_N": RuleLevel.OFF}

    assert judge(long, FlowcellFacts(1, (8, 8)), without_n) == ()
    assert only(judge(long, FlowcellFacts(1, (6, 8)), without_n)).message == (
        "The index has 8 bases, and its index read has 6 cycles"
    )
    problem = only(judge(long, FlowcellFacts(1, (8,)), without_n))
    assert (problem.code, problem.column) == ("INDEX_TOO_LONG", "index2")
    assert problem.message.endswith("its index read is not on this flowcell")


@pytest.mark.parametrize(
    ("reads", "message"),
    [
        (
            "Index1Cycles,8\nIndex2Cycles,10",
            "The index has 10 bases, and its index read has 8 cycles in [Reads]",
        ),
        ("Index1Cycles,10", "The index2 has 10 bases, and its index read is not in [Reads]"),
    ],
)
def test_an_index_is_held_to_the_reads_of_the_sheet_where_no_flowcell_is_known(reads, message):
    columns, row = "Sample_ID,Index,Index2", "S1,ACGTACGTAC,ACGTACGTAC"
    long = v2_sheet(rows=[row], columns=columns, reads=f"Read1Cycles,151\n{reads}")

    problem = only(judge(long))

    assert (problem.code, problem.message) == ("INDEX_TOO_LONG", message)
    assert judge(long, FlowcellFacts(1, (10, 10))) == ()


@pytest.mark.parametrize("lane", [0, 3])
def test_a_lane_that_the_flowcell_lacks_is_an_error(lane):
    problem = only(judge(v1_sheet(f"{lane},S1,N1,ACGT,,P"), FlowcellFacts(2, None)))

    assert (problem.code, problem.column) == ("UNKNOWN_LANE", "Lane")
    assert problem.message == f"There is no lane {lane}: the flowcell has 2 lanes"


def test_nothing_is_asked_of_a_flowcell_that_is_not_known():
    assert judge(v1_sheet("8,S1,N1,ACGT,,P"), FlowcellFacts(None, None)) == ()


@pytest.mark.parametrize("lane", [0, 9])
@pytest.mark.parametrize("flowcell", [None, FlowcellFacts(None, None)])
def test_a_lane_that_no_flowcell_has_is_an_error(lane, flowcell):
    problem = only(judge(v1_sheet(f"{lane},S1,N1,ACGT,,P"), flowcell))

    assert (problem.code, problem.column) == ("UNKNOWN_LANE", "Lane")
    assert problem.message == f"There is no lane {lane}: flowcells have lanes from 1 to 8"


def test_a_blank_lane_beside_others_is_a_warning():
    blank = v1_sheet("1,S1,N1,AAAAAAAA,,P", ",S2,N2,CCCCCCCC,,P")

    problem = only(judge(blank))

    assert (problem.code, problem.line, problem.severity) == ("BLANK_LANE", 6, Severity.WARNING)
    assert problem.message == 'The sample "S2" has no lane, expected one as others'


def test_rules_can_be_switched_off_or_given_another_severity():
    bad = v1_sheet("1,S 1,N1,ACGT,,P", "1,S2,N2,ACGT,,P")
    levels = {"FORBIDDEN_CHARACTERS": RuleLevel.OFF, "DUPLICATE_INDEX": RuleLevel.WARNING}

    problem = only(judge(bad, levels=levels))

    assert (problem.code, problem.severity) == ("DUPLICATE_INDEX", Severity.WARNING)


def test_a_warning_can_be_made_an_error():
    problem = only(judge(v1_sheet(*CLOSE), levels={"INDEX_TOO_CLOSE": RuleLevel.ERROR}))

    assert problem.severity is Severity.ERROR


def test_no_level_makes_an_unreadable_sheet_readable():
    empty = found("EMPTY_SHEET", "The file has no bytes")

    assert with_levels([empty], {"EMPTY_SHEET": RuleLevel.WARNING}) == (empty,)


def test_all_problems_of_a_sheet_are_listed_by_line():
    bad = v1_sheet("1,S 1,N1,ACGX,,P", "9,S2,N/2,ACGTAC,,P", "1,S3,N3,,,P")

    problems = judge(bad, FlowcellFacts(2, (4,)))

    assert [(each.line, each.code) for each in problems] == [
        (5, "FORBIDDEN_CHARACTERS"),
        (5, "INDEX_CHARACTERS"),
        (6, "INDEX_TOO_LONG"),
        (6, "UNKNOWN_LANE"),
        (6, "UNSAFE_NAME"),
        (7, "UNINDEXED_SAMPLE"),
    ]


@given(st.randoms(use_true_random=False))
def test_the_judgement_does_not_depend_on_the_order_of_lanes(chance: random.Random):
    rows = [
        f"{lane},S{number},,{''.join(chance.choices('AC', k=5))},,P"
        for lane in (1, 2)
        for number in range(4)
    ]
    turned = [*rows[4:], *rows[:4]]

    codes = [sorted(each.code for each in judge(v1_sheet(*order))) for order in (rows, turned)]

    assert codes[0] == codes[1]


def headline(rule: Rule) -> str:
    fixed = "" if rule.adjustable else ", fixed"
    return f"{rule.severity}{fixed}" + (f", {rule.converter.label}" if rule.converter else "")


def test_every_rule_is_in_the_docs_with_its_remedy():
    text = DOCS.read_text()

    missing = [
        code
        for code, rule in RULES.items()
        if f"### {code}\n\n*{headline(rule)}*: {rule.description}" not in text
        or rule.fix not in text
    ]

    assert missing == []


def test_every_rule_says_what_to_do_in_one_sentence():
    for rule in RULES.values():
        assert rule.fix.endswith(".")
        assert rule.description.endswith(".")


def test_levels_do_not_touch_codes_of_others():
    other = replace(found("EMPTY_SHEET", "x"), code="SHEET_UNREADABLE")

    assert with_levels([other], {}) == (other,)
