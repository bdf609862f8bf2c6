import pytest

from seqauto_pipeline.monitoring.facts import MIB
from seqauto_pipeline.monitoring.words import age_words, size_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (45, "45 s"), (150, "2 min"), (7500, "2 h 5 min"), (180_000, "2 d 2 h")],
)
def test_ages_are_written_in_two_units(seconds, words):
    assert age_words(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(512, "512 B"), (2048, "2.0 KiB"), (3.5 * MIB, "3.5 MiB"), (5 * MIB**2, "5.0 TiB")],
)
def test_sizes_are_written_with_their_unit(size, words):
    assert size_words(size) == words
