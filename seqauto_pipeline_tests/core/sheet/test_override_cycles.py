"""OverrideCycles in both syntaxes, and why a text is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.sheet.override_cycles import (
    CycleSpan,
    OverrideCycles,
    ReadCycles,
    Unreadable,
    parse_override_cycles,
    read_names,
)

PAIRED = (False, True, True, False)  # whether each read of RunInfo.xml is an index read

SPANS = st.lists(
    st.builds(CycleSpan, st.sampled_from("YIUN"), st.none() | st.integers(0, 999)),
    min_size=1,
    max_size=4,
).map(tuple)
NAMES = st.lists(
    st.sampled_from([f"{kind}{number}" for kind in "RI" for number in range(1, 10)]),
    min_size=1,
    max_size=6,
    unique=True,
)


@st.composite
def by_position(draw: st.DrawFn) -> OverrideCycles:
    reads = draw(st.lists(st.builds(ReadCycles, st.none(), SPANS), min_size=1, max_size=6))
    delimiters = ",-;" if len(reads) > 1 else ";"
    return OverrideCycles(tuple(reads), draw(st.sampled_from(delimiters)))


@st.composite
def by_name(draw: st.DrawFn) -> OverrideCycles:
    return OverrideCycles(tuple(ReadCycles(name, draw(SPANS)) for name in draw(NAMES)))


def read(text: str) -> OverrideCycles:
    cycles = parse_override_cycles(text)
    assert isinstance(cycles, OverrideCycles), cycles
    return cycles


def reason(text: str) -> str:
    cycles = parse_override_cycles(text)
    assert isinstance(cycles, Unreadable), cycles
    return cycles.reason


@given(cycles=by_position() | by_name())
def test_what_is_written_in_either_syntax_is_read_back(cycles):
    assert parse_override_cycles(str(cycles)) == cycles


@given(cycles=by_position() | by_name())
def test_case_and_blanks_between_the_parts_do_not_count(cycles):
    text = f" {cycles.delimiter} ".join(str(cycles).lower().split(cycles.delimiter))

    assert parse_override_cycles(text) == cycles


@given(text=st.text("YINUryi:;,-* 0123456789R", max_size=30) | st.text(max_size=40))
def test_any_text_is_read_or_told_why_not(text):
    cycles = parse_override_cycles(text)

    assert cycles.reason if isinstance(cycles, Unreadable) else cycles.reads


def test_the_spans_of_each_read_are_told_with_their_sum():
    cycles = read("U5N2Y144;I8N2;N10;Y*")

    assert [each.cycles for each in cycles.reads] == [151, 10, 10, None]
    assert [each.has("Y") for each in cycles.reads] == [True, False, False, True]
    assert [each.has("U") for each in cycles.reads] == [True, False, False, False]
    assert cycles.reads[1].spans == (CycleSpan("I", 8), CycleSpan("N", 2))
    assert not cycles.by_name


def test_a_span_of_no_cycles_makes_no_use_of_the_read():
    assert not read("Y0N151;I8").reads[0].has("Y")


def test_names_find_their_reads_in_any_order():
    cycles = read("R2:Y90; I2:N10 ;I1:I10;R1:Y28")

    assert cycles.by_name
    assert [str(each) for each in cycles.by_read(PAIRED)] == [
        "R1:Y28",
        "I1:I10",
        "I2:N10",
        "R2:Y90",
    ]


def test_a_read_that_no_part_speaks_of_has_none():
    assert read("R1:Y28;I1:I10").by_read(PAIRED)[2:] == (None, None)
    assert read("Y28;I10").by_read(PAIRED)[2:] == (None, None)


def test_parts_beyond_the_reads_of_the_run_belong_to_none():
    assert [str(each) for each in read("Y28;I10;N10").by_read((False, True))] == ["Y28", "I10"]


def test_reads_are_named_in_their_order_whatever_their_kind():
    assert read_names((False, True, False, True, False)) == ("R1", "I1", "R2", "I2", "R3")


@pytest.mark.parametrize("delimiter", [",", "-"])
def test_another_delimiter_is_read_and_told(delimiter):
    cycles = read(delimiter.join(("Y51", "I10", "I10", "Y51")))

    assert cycles.delimiter == delimiter
    assert len(cycles.reads) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "part 1 that is empty"),
        ("Y151;I8;;Y151", "part 3 that is empty"),
        ("Y151;I8;Y151;", "part 4 that is empty"),
        ("151Y;8I", 'part 1 that is "151Y"'),
        ("Y151;B8;Y151", 'part 2 that is "B8"'),
        ("Y151;I;Y151", 'part 2 that is "I"'),
        ("Y151 I8 Y151", 'part 1 that is "Y151 I8 Y151"'),
        ("X1:Y151;I1:I8", 'part 1 that is "X1:Y151"'),
        ("R1:Y151;I8;R2:Y151", "names some of its reads and others not"),
        ("R1:Y151;I1:I8;R1:Y151", "names the read R1 twice"),
        ("Y1" * 300, "has 600 characters"),
    ],
)
def test_a_text_that_is_none_is_told_why(text, expected):
    assert expected in reason(text)
