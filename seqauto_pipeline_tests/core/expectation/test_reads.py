"""Which reads of a run give files."""

import pytest

from seqauto_pipeline.core.expectation.reads import reads_of
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.sheet.conversion import ConversionSettings, conversion_settings


def run(*reads: str) -> tuple[ReadInfo, ...]:
    """Give reads of so many cycles; an i marks index reads."""
    return tuple(
        ReadInfo(number, int(each.rstrip("i")), each.endswith("i"))
        for number, each in enumerate(reads, 1)
    )


def sheet(**settings: str) -> ConversionSettings:
    return conversion_settings(settings.get)


PAIRED = run("151", "8i", "8i", "151")


def test_a_run_without_known_reads_has_two():
    assert reads_of((), None, None) == ("R1", "R2")


@pytest.mark.parametrize(
    ("reads", "names"),
    [
        (run("76"), ("R1",)),
        (run("76", "8i"), ("R1",)),
        (PAIRED, ("R1", "R2")),
        (run("28", "8i", "16", "91"), ("R1", "R2", "R3")),
    ],
)
def test_each_read_that_is_no_index_read_gives_a_file(reads, names):
    assert reads_of(reads, None, None) == names


@pytest.mark.parametrize(
    ("cycles", "names"),
    [
        ("Y151;I8;I8;N151", ("R1",)),
        ("N151;I8;I8;Y151", ("R1",)),  # numbered in order, whatever was left out
        ("Y5N146;I8;I8;Y151", ("R1", "R2")),  # a short read is a read
        ("U8Y143;I8;U8;U5Y146", ("R1", "R2")),
        ("R1:Y151;I1:I8;I2:I8;R2:N151", ("R1",)),
        ("R2:Y151;R1:U151;I1:I8;I2:I8", ("R1",)),
        ("Y151;I8;I8;Y151;N0", ("R1", "R2")),
        ("nonsense", ("R1", "R2")),
    ],
)
def test_a_read_without_a_y_gives_no_file(cycles, names):
    assert reads_of(PAIRED, sheet(OverrideCycles=cycles), None) == names


def test_the_cycles_of_the_row_win():
    assert reads_of(PAIRED, sheet(OverrideCycles="Y151;I8;I8;N151"), "Y151;I8;I8;Y151") == (
        "R1",
        "R2",
    )


def test_cycles_tell_which_reads_there_are_where_run_info_does_not():
    assert reads_of((), sheet(OverrideCycles="Y151;I8"), None) == ("R1",)
    assert reads_of((), sheet(OverrideCycles="R1:Y151;I1:I8;R2:Y151"), None) == ("R1", "R2")


@pytest.mark.parametrize(
    ("cycles", "trim_umi", "names"),
    [
        ("", "", ("I1", "I2")),
        ("Y151;I8;N8;Y151", "", ("I1",)),
        ("Y151;I8;U8;Y151", "", ("I1",)),
        ("Y151;I8;U8;Y151", "1", ("I1",)),
        ("Y151;I8;U8;Y151", "0", ("I1", "I2")),
        ("Y151;I8;I4U4;Y151", "1", ("I1", "I2")),
    ],
)
def test_index_reads_give_files_on_request(cycles, trim_umi, names):
    asked = sheet(CreateFastqForIndexReads="1", OverrideCycles=cycles, TrimUMI=trim_umi)

    assert reads_of(PAIRED, asked, None) == ("R1", "R2", *names)


def test_interleaved_reads_are_in_one_file():
    asked = sheet(FastqCompressionFormat="dragen-interleaved", CreateFastqForIndexReads="1")

    assert reads_of(PAIRED, asked, None) == ("R1", "I1", "I2")
