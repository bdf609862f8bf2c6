"""A scan that trusts directory times finds what a full scan finds, but for the documented delay."""

import datetime as dt
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from seqauto_pipeline.disk.record.paths import id_of_record, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.scan.kept_records import prune
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.listed_lab import ListedLab
from seqauto_pipeline_tests.scan.refusals import refusing, unprivileged
from seqauto_pipeline_tests.scan.run_folder import RunFolder
from seqauto_pipeline_tests.scan.two_worlds import (
    CHANGES,
    World,
    indexed,
    make_cold,
)


@pytest.fixture(params=[Lab, ListedLab])
def cold_lab(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Lab, RunFolder]:
    """A lab with one run, which nobody has touched for long, after its first scan."""
    lab: Lab = request.param(tmp_path)
    run = lab.run().complete()
    make_cold(lab.root)
    lab.scan()
    return lab, run


def test_a_cold_run_is_taken_from_the_last_record(cold_lab: tuple[Lab, RunFolder]) -> None:
    lab, run = cold_lab
    first = indexed(lab, lab.scan().id)[run.path]

    second = indexed(lab, lab.scan().id)[run.path]

    assert second.listed_ns == first.listed_ns


def test_a_cold_run_is_referred_to_and_read_where_it_was_written(
    cold_lab: tuple[Lab, RunFolder],
) -> None:
    lab, run = cold_lab
    [full] = (lab.home / "scans").glob("*.jsonl.gz")

    scans = [lab.scan(), lab.scan()]
    planned = lab.plan()

    for scan in scans:
        entry = indexed(lab, scan.id)[run.path]
        assert entry.in_holder
        record = ScanRecord(record_path(lab.home, scan.id))
        assert record.header.holder == id_of_record(full)
        assert record.load(entry).name == run.name
    assert planned.in_words() == "nothing"
    assert lab.replay(scans[1].id).summary.in_words() == "nothing"


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(Path.unlink, "No such file"), (_flip, "its checksum does not fit")],
    ids=["gone", "damaged"],
)
def test_a_record_whose_holder_is_spoiled_is_refused_and_the_next_scan_lists_everything(
    cold_lab: tuple[Lab, RunFolder], spoil: Callable[[Path], None], reason: str
) -> None:
    lab, run = cold_lab
    [full] = (lab.home / "scans").glob("*.jsonl.gz")
    second = lab.scan()
    states = lab.run_states()
    spoil(full)

    with pytest.raises(ScanRecordError, match=f"what it says of unchanged runs .*{reason}"):
        list(ScanRecord(record_path(lab.home, second.id)).runs())
    healed, after = lab.scan(), lab.scan()

    assert healed.summary.in_words() == "nothing"
    assert not indexed(lab, healed.id)[run.path].in_holder
    assert ScanRecord(record_path(lab.home, after.id)).header.holder == healed.id
    assert lab.run_states() == states


def test_a_list_that_others_refer_to_is_kept_past_its_time(
    cold_lab: tuple[Lab, RunFolder],
) -> None:
    lab, _ = cold_lab
    lab.environ["SEQAUTO_KEEP_SCANS"] = "2"
    [full] = (lab.home / "scans").glob("*.jsonl.gz")
    scans = [lab.scan() for _ in range(3)]

    assert prune(lab.settings, lab.home, dt.datetime.now(dt.UTC)) == 1
    kept = {id_of_record(path) for path in (lab.home / "scans").glob("*.jsonl.gz")}
    assert kept == {id_of_record(full), scans[1].id, scans[2].id}

    lab.scan(full=True)
    lab.scan()
    assert prune(lab.settings, lab.home, dt.datetime.now(dt.UTC)) == 3
    assert not full.exists()


def test_a_run_that_changed_lately_is_listed_by_every_scan(lab: Lab) -> None:
    run = lab.run().complete()
    first = indexed(lab, lab.scan().id)[run.path]

    second = indexed(lab, lab.scan().id)[run.path]

    assert second.listed_ns > first.listed_ns


def test_a_directory_that_was_too_young_is_listed_again(lab: Lab) -> None:
    lab.environ["SEQAUTO_COLD_AFTER_DAYS"] = "1"
    run = lab.run().complete()
    make_cold(lab.root)
    young = time.time() + 3  # a clock that goes ahead: no scan can tell what came after
    os.utime(run.place("bam").parent, (young, young))

    first = indexed(lab, lab.scan().id)[run.path]
    second = indexed(lab, lab.scan().id)[run.path]

    assert not first.can_be_trusted
    assert second.listed_ns > first.listed_ns


def test_a_content_file_written_in_place_in_a_cold_run_is_seen_by_the_full_scan(
    cold_lab: tuple[Lab, RunFolder],
) -> None:
    lab, run = cold_lab
    run.place("bam").write_bytes(b"")
    make_cold(lab.root, day=1)

    incremental = lab.scan()
    state_between = lab.files(run.path)["bam", "S1"]
    full = lab.scan(full=True)

    assert not incremental.summary.changes.runs
    assert state_between == "complete"
    assert full.summary.changes.file_states == {("bam", "error"): 1}


@pytest.mark.parametrize("place", ["sheet", "run_info", "run_parameters"])
def test_small_inputs_written_in_place_are_seen_at_once(
    place: str, cold_lab: tuple[Lab, RunFolder]
) -> None:
    lab, run = cold_lab
    first = indexed(lab, lab.scan().id)[run.path]
    path: Path = getattr(run, place)
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    make_cold(lab.root, day=1)

    second = indexed(lab, lab.scan().id)[run.path]

    assert second.digest != first.digest


def test_a_sheet_of_the_same_size_and_time_is_seen_at_once(
    cold_lab: tuple[Lab, RunFolder],
) -> None:
    lab, run = cold_lab
    first = indexed(lab, lab.scan().id)[run.path]
    times = run.sheet.stat()
    run.sheet.write_bytes(run.sheet.read_bytes()[:-1] + b" ")
    os.utime(run.sheet, ns=(times.st_atime_ns, times.st_mtime_ns))

    second = indexed(lab, lab.scan().id)[run.path]

    assert second.digest != first.digest


def test_a_time_that_was_set_back_hides_nothing(cold_lab: tuple[Lab, RunFolder]) -> None:
    lab, run = cold_lab
    folder = run.place("bam").parent
    times = folder.stat()
    run.remove("bam")
    os.utime(folder, ns=(times.st_atime_ns, times.st_mtime_ns))

    lab.scan()

    assert lab.files(run.path)["bam", "S1"] == "deleted"


def test_a_cold_directory_that_refuses_is_told_by_the_next_scan(public_lab: Lab) -> None:
    lab = public_lab
    run = lab.run().complete()
    make_cold(lab.root)
    with unprivileged():
        lab.scan()

    with refusing(run.place("bam").parent), unprivileged():
        lab.scan()

    assert len(lab.texts("UNREADABLE")) == 1


def test_where_directory_times_cannot_be_trusted_everything_is_listed(
    cold_lab: tuple[Lab, RunFolder],
) -> None:
    lab, run = cold_lab
    first = indexed(lab, lab.scan().id)[run.path]
    lab.environ["SEQAUTO_TRUST_DIRECTORY_TIMES"] = "false"

    second = indexed(lab, lab.scan().id)[run.path]

    assert second.listed_ns > first.listed_ns


@pytest.fixture
def worlds(tmp_path: Path, on_each_database: str) -> Iterator[Callable[[int], World]]:
    made: list[Path] = []

    def make(seed: int) -> World:
        folder = tmp_path / str(len(made))
        made.append(folder)
        fast = Lab(folder / "fast")
        full = Lab(folder / "full", ())
        full.set_up_like(fast)
        kits = ("kit_a", "kit_b", "kit_a")
        runs = [fast.run(number, kit).complete() for number, kit in enumerate(kits, 1)]
        make_cold(fast.root)
        return World(fast, full, runs, random.Random(seed))

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@settings(
    max_examples=int(os.environ.get("SEQAUTO_TEST_EXAMPLES", "6")),
    deadline=None,
    derandomize="SEQAUTO_TEST_EXAMPLES"
    not in os.environ,  # script/campaign_incremental looks for new ones
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 2**32),
    rounds=st.lists(
        st.lists(st.sampled_from(sorted(CHANGES)), min_size=0, max_size=4), min_size=2, max_size=5
    ),
)
@example(
    seed=755,
    rounds=[["make_directory"], ["rename", "link_out", "truncate", "keep_mode"], ["edit_sheet"]],
)
@example(
    seed=490,
    rounds=[
        ["delete_run", "make_directory", "new_run", "touch"],
        ["restore", "truncate", "rewrite_in_place", "skip_run"],
        ["link_directory", "make_directory", "move_run", "remove"],
    ],
)
@example(  # a run that changes, is skipped, and is then incomplete
    seed=3_388_821_829,
    rounds=[
        ["keep_mode", "keep_mode", "skip_run", "remove_directory"],
        [],
        ["make_directory", "edit_sheet", "truncate", "link"],
        ["delete_run", "make_directory", "skip_run", "remove_directory"],
        ["lose_marker", "move_run", "skip_run", "replace"],
    ],
)
def test_incremental_scans_say_what_full_scans_of_the_same_disk_say(
    seed: int, rounds: list[list[str]], worlds: Callable[[int], World]
) -> None:
    world = worlds(seed)
    world.scan()

    for changes in rounds:
        for change in changes:
            world.change(change)
        world.scan()

        assert world.facts(world.fast) == world.facts(world.full), changes

    world.scan(full=True)

    assert world.facts(world.fast) == world.facts(world.full)
