"""Some faults of the campaign, with a fixed seed: what becomes of the records, and what is said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from seqauto_pipeline_tests.faults.bench import Bench
from seqauto_pipeline_tests.faults.campaign import (
    FAULTS,
    in_rounds,
    newest,
    possible,
    put_in_again,
    table,
)
from seqauto_pipeline_tests.faults.child import warm_up
from seqauto_pipeline_tests.faults.soak import soak
from seqauto_pipeline_tests.faults.trial import Campaign, Fault, Injection, Trial

_MESSAGES = Path(__file__).parents[1] / "data" / "faults" / "messages.json"
_SEED = 1
_SAMPLE = (
    *("process: SIGKILL", "home: dagster.yaml broken", "home: log on a full disk"),
    *("home: models damaged", "root: gone", "home: models locked"),
    *("versions: a newer one was here", "migration: killed"),
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    warm_up()
    bench = Bench(tmp_path_factory.mktemp("faults") / "bench")
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def campaign(bench: Bench) -> Campaign:
    return Campaign(bench)


@pytest.mark.slow
@pytest.mark.parametrize("kind", _SAMPLE)
def test_no_fault_loses_a_record_and_each_is_told_in_words(kind: str, campaign: Campaign) -> None:
    (fault,) = (each for each in FAULTS if each.name == kind)

    found = campaign.inject(_SAMPLE.index(kind), fault, _SEED)

    assert found.is_good, found
    assert found.message in json.loads(_MESSAGES.read_text())[kind]


@pytest.mark.slow
def test_rescans_say_what_a_fresh_scan_says_and_take_no_more_memory(bench: Bench) -> None:
    bench.put_back()

    first, *_, last = found = list(soak(bench, 3, _SEED))

    assert [each for each in found if not each.is_good] == []
    assert last.memory_mb < first.memory_mb + 4  # the garbage of a scan is 3 MB
    assert last.descriptors == first.descriptors


def test_what_people_read_of_a_fault_is_in_words() -> None:
    messages = json.loads(_MESSAGES.read_text())

    assert messages.keys() <= {each.name for each in FAULTS}
    for texts in messages.values():
        for text in texts:
            assert "Traceback" not in text
            assert "GeneratorExit" not in text
            assert "met an error that it does not know" not in text


def test_the_campaign_has_at_least_forty_kinds_with_names_of_their_own() -> None:
    assert len({each.name for each in FAULTS}) == len(FAULTS) >= 40


def test_faults_that_last_long_come_in_some_rounds_only() -> None:
    def inject(trial: Trial) -> None:
        raise AssertionError(trial)

    short, long = Fault("short", inject), Fault("long", inject, every=3)

    first = [each.name for each in islice(in_rounds([short, long]), 8)]

    assert first == ["short", "short", "short", "long", "short", "short", "short", "long"]


def test_a_table_tells_each_kind_each_group_and_all_together() -> None:
    good = Injection(1, 1, "clock: a", "sqlite", 1.0, 0, 0, 0, "", 2.0)
    bad = Injection(2, 1, "versions: b", "sqlite", 70.0, 3, 1, 1, "", 2.0)

    lines = list(table([bad, good]))

    first = [line.split()[0] for line in lines[1:]]
    assert first == ["clock:", "versions:", "clock,", "upgrade,", "all,"]
    assert lines[1].endswith("finished")
    assert lines[5].split()[3:] == ["2", "3", "1", "35.5", "70.0", "1", "FAILED"]
    assert (good.is_good, bad.is_good) == (True, False)


def test_the_last_word_on_an_injection_is_that_of_when_it_was_put_in_again() -> None:
    bad = Injection(1, 1, "clock: a", "sqlite", 1.0, 1, 0, 0, "", 2.0)
    others = [
        *(replace(bad, seed=2), replace(bad, number=2)),
        *(replace(bad, kind="b"), replace(bad, database="postgres")),
    ]
    good = replace(bad, lost=0)

    assert newest([bad, *others, good]) == [good, *others]


def test_what_was_not_right_is_put_in_again_and_the_worst_of_it_told() -> None:
    good = Injection(1, 3, "root: gone", "sqlite", 1.0, 0, 0, 0, "", 2.0)
    bad = replace(good, number=2, lost=1)
    answers = iter([good, replace(good, wrong=2), replace(good, seconds=9.0)])
    asked: list[tuple[int, str, int]] = []

    class Again(Campaign):
        def inject(self, number: int, fault: Fault, seed: int) -> Injection:
            asked.append((number, fault.name, seed))
            return next(answers)

    found = list(put_in_again(Again(Bench.__new__(Bench)), [good, bad], 3))

    assert asked == [(2, "root: gone", 3)] * 3
    assert [each.wrong for each in found] == [2]


def test_faults_that_this_machine_cannot_have_are_left_out() -> None:
    bench = Bench.__new__(Bench)
    bench.server, bench.is_mounted = None, False

    names = [each.name for each in possible(bench, ["home", "PostgreSQL", "network", "clock"])]

    assert not any(name.startswith(("network", "clock")) for name in names)
    assert "home: models locked" in names
    assert not any(name.startswith("PostgreSQL") for name in names)
    assert "home: read-only" not in names
