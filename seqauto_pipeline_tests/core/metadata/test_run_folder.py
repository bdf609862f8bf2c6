import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.metadata.run_folder import (
    flowcell_id_of,
    parse_run_folder_name,
    split_side,
)

DATES = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2099, 12, 31))
SIDED = st.sampled_from(["NB501009", "A00291", "LH00217", "SN743", "D00251", "K00166", "ST-E00214"])
CODES = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=12)
LAB_TEXTS = st.text("ABCxyz019_- ", max_size=12).map(lambda text: text.strip("_- "))


def test_a_lab_s_prefix_is_parted_from_illumina_s_name():
    name = parse_run_folder_name("Exome_20_022_200920_NB501009_0410_AHNLYFBGXG")

    assert name is not None
    assert (name.prefix, name.suffix) == ("Exome_20_022", "")
    assert name.illumina_name == "200920_NB501009_0410_AHNLYFBGXG"
    assert name.date == dt.date(2020, 9, 20)
    assert (name.instrument, name.run_number) == ("NB501009", 410)
    assert (name.flowcell_id, name.side, name.flowcell) == ("AHNLYFBGXG", "A", "HNLYFBGXG")


def test_a_lab_s_suffix_is_no_part_of_the_flowcell():
    name = parse_run_folder_name("140502_NS500128_0072_AH0MNBAGXX_xxxx_1.6pM")

    assert name is not None
    assert (name.prefix, name.suffix) == ("", "xxxx_1.6pM")
    assert name.flowcell_id == "AH0MNBAGXX"


@pytest.mark.parametrize(
    ("name", "side", "flowcell"),
    [
        ("180430_M05898_0007_000000000-BR92R", None, "000000000-BR92R"),
        ("220301_MN00123_0045_A000H3ABCD", "A", "000H3ABCD"),
        ("20200624_FS10000106_66_BPA73105-2609", None, "BPA73105-2609"),
        ("160404_NS500318_0141_AHW37NBGXX", "A", "HW37NBGXX"),
        ("200722_VH00123_5_AAAFWVYM5", None, "AAAFWVYM5"),
        ("130531_SN743_0384_Ac1vt1acxx", "A", "c1vt1acxx"),
        ("160607_D00248_0174_AC9E4KANXX", "A", "C9E4KANXX"),
        ("170221_K00166_0183_AHHT3HBBXX", "A", "HHT3HBBXX"),
        ("150424_ST-E00214_0031_BH2WY7CCXX", "B", "H2WY7CCXX"),
        ("180619_A00291_0044_BH5WJJDMXX", "B", "H5WJJDMXX"),
        ("20231108_LH00188_0028_B22F52TLT3", "B", "22F52TLT3"),
        ("20260312_SH01140_0005_ASC2177698-SC3", "A", "SC2177698-SC3"),
        ("241217_SL-EXC_0433_B22J5GLLT4", "B", "22J5GLLT4"),
        ("250101_TEST001_0001_TESTFLOW", None, "TESTFLOW"),
    ],
)
def test_the_instrument_decides_whether_a_leading_letter_is_a_side(name, side, flowcell):
    parsed = parse_run_folder_name(name)

    assert parsed is not None
    assert (parsed.side, parsed.flowcell) == (side, flowcell)


def test_a_flowcell_of_one_letter_is_no_side():
    assert split_side("A00291", "A") == (None, "A")


def test_where_two_places_look_like_a_run_the_known_instrument_decides():
    name = parse_run_folder_name("200101_Panel_12_200920_NB501009_0410_AHNLYFBGXG")

    assert name is not None
    assert name.instrument == "NB501009"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "validation",
        "201332_NB501009_0410_AHNLYFBGXG",  # month 13
        "210229_NB501009_0410_AHNLYFBGXG",  # no leap year
        "19991231_NB501009_0410_AHNLYFBGXG",
        "x200920_NB501009_0410_AHNLYFBGXG",
        "200920_NB501009_0410",
        "200920_NB501009_04x_AHNLYFBGXG",
        "200920_NB501009_0410_AHNLY\u00e9",
        "\u0662\u0660\u0660\u0669\u0662\u0660_NB501009_0410_AHNLYFBGXG",  # digits, not ASCII
        "200920_NB501009_" + "9" * 5000 + "_AHNLYFBGXG",
    ],
)
def test_any_other_name_is_none(name):
    assert parse_run_folder_name(name) is None


def test_the_flowcell_of_an_unlike_name_is_its_last_part():
    assert flowcell_id_of("Exome_200920_NB501009_0410_AHNLYFBGXG_FFPE") == "AHNLYFBGXG"
    assert flowcell_id_of("pilot_of_may_HABC") == "HABC"
    assert flowcell_id_of("pilot") == "pilot"
    assert flowcell_id_of("pilot_") is None


@settings(deadline=None)  # the machine may be busy
@given(
    date=DATES,
    long_year=st.booleans(),
    instrument=SIDED,
    run_number=st.integers(0, 99999),
    flowcell_id=st.builds("{}{}".format, st.sampled_from("AB"), CODES),
    around=st.tuples(LAB_TEXTS, LAB_TEXTS),
)
def test_what_makes_a_name_is_read_back(
    date, long_year, instrument, run_number, flowcell_id, around
):
    day = date.strftime("%Y%m%d" if long_year else "%y%m%d")
    illumina_name = f"{day}_{instrument}_{run_number:04}_{flowcell_id}"

    name = parse_run_folder_name("_".join(filter(None, (around[0], illumina_name, around[1]))))

    assert name is not None
    assert (name.prefix, name.illumina_name, name.suffix) == (around[0], illumina_name, around[1])
    assert (name.date, name.instrument, name.run_number) == (date, instrument, run_number)
    assert (name.side, name.flowcell) == (flowcell_id[0], flowcell_id[1:])


@settings(deadline=None)  # the machine may be busy
@given(st.one_of(st.text(), st.from_regex(r"[0-9_]{4,9}_[A-Z]{1,3}[0-9]*_[0-9]*_[AB-]*.*")))
def test_no_name_raises(name):
    parse_run_folder_name(name)
    flowcell_id_of(name)
