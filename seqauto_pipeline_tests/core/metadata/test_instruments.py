import pytest

from seqauto_pipeline.core.metadata.instruments import (
    FAMILIES,
    completion_rule,
    family_of,
    model_of,
)


@pytest.mark.parametrize(
    ("instrument", "model"),
    [
        ("M05898", "MiSeq"),
        ("M312", "MiSeq"),
        ("MN00123", "MiniSeq"),
        ("FS10000482", "iSeq 100"),
        ("NS500318", "NextSeq 500/550"),
        ("NB501009", "NextSeq 500/550"),
        ("NDX550123", "NextSeq 500/550"),
        ("VH00123", "NextSeq 1000/2000"),
        ("ILLUMINA-13AD3F", "Genome Analyzer IIx"),
        ("HWUSI-EAS1234", "Genome Analyzer IIx"),
        ("C00123", "HiSeq 1500"),
        ("SN743", "HiSeq 2000"),
        ("D00251", "HiSeq 2500"),
        ("J00118", "HiSeq 3000"),
        ("K00166", "HiSeq 4000"),
        ("E00397", "HiSeq X"),
        ("ST-E00214", "HiSeq X"),
        ("A00291", "NovaSeq 6000"),
        ("LH00217", "NovaSeq X"),
        ("SH01140", "MiSeq i100"),
        ("TEST001", None),
        ("SL-HBB", None),
        ("MISEQ", None),
        ("00291", None),
        ("A00291\n", None),
        ("", None),
    ],
)
def test_all_letters_before_the_digits_tell_the_model(instrument, model):
    assert model_of(instrument) == model


def test_every_family_is_found_by_each_of_its_prefixes_and_names_the_source_of_its_rule():
    for family in FAMILIES:
        for prefix in family.prefixes:
            assert family_of(f"{prefix}00123") is family
        assert family.completion.source


@pytest.mark.parametrize("instrument", ["VH00123", "A00291", "LH00217", "FS10000482"])
def test_an_instrument_that_announces_the_end_of_the_copy_is_waited_for(instrument):
    rule = completion_rule(instrument)

    assert rule.lacking(frozenset({"RTAComplete.txt"})) == ("CopyComplete.txt",)
    assert rule.lacking(frozenset({"RTAComplete.txt", "CopyComplete.txt"})) == ()


@pytest.mark.parametrize("marker", ["RTAComplete.txt", "RTAComplete.xml"])
@pytest.mark.parametrize("instrument", ["NB501009", "MN00123"])
def test_a_nextseq_500_and_a_miniseq_may_end_with_either_marker(instrument, marker):
    rule = completion_rule(instrument)

    assert rule.lacking(frozenset({marker})) == ()
    assert rule.lacking(frozenset()) == ("RTAComplete.txt or RTAComplete.xml",)


@pytest.mark.parametrize("instrument", [None, "TEST001", "M05898", "K00166"])
def test_any_other_instrument_ends_with_rtacomplete(instrument):
    rule = completion_rule(instrument)

    assert rule.lacking(frozenset({"RTAComplete.txt"})) == ()
    assert rule.lacking(frozenset({"RTAComplete.xml"}))


def test_informative_markers_decide_nothing():
    assert completion_rule("K00166").informative == ("SequencingComplete.txt",)
    assert completion_rule("A00291").informative == ("RTAComplete.txt", "SequenceComplete.txt")
    assert completion_rule("A00291").lacking(frozenset({"RTAComplete.txt"})) == (
        "CopyComplete.txt",
    )
