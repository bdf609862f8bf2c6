"""Scans in shards say what scans of the whole say, whatever happens to a shard."""

import inspect
import random
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select

from seqauto_pipeline.core.verdict import run_parsing
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.db.fence import take_fence
from seqauto_pipeline.db.models import ExpectedFile, Scan
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.db.store.model_store import Planned
from seqauto_pipeline.db.store.side_by_side import SideBySideStore
from seqauto_pipeline.disk.record.paths import parsed_path, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.record_file import RecordFile
from seqauto_pipeline.errors import ScanLockLostError, ShardFileError, ShardSettingsError
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.shards.building import build_shard, finish_models
from seqauto_pipeline.scan.shards.files import ShardFiles
from seqauto_pipeline.scan.shards.listing import find_files, list_shard
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.scan.bad_runs import base_calls_without_fastqs, jpeg_as_sheet
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.shards.shard_lab import ShardLab
from seqauto_pipeline_tests.scan.two_worlds import CHANGES, World, make_cold

_KITS = ("kit_a", "kit_a", "kit_b", "kit_b", "kit_b", "kit_c", "kit_c")


def counts(lab: Lab) -> Mapping[str, object]:
    """What the last scan told of itself, without its number and time."""
    with lab.connected() as connection:
        found = connection.scalars(select(Scan.counts).order_by(Scan.id)).all()[-1]
    assert found is not None
    return {name: value for name, value in found.items() if name not in ("scan_id", "as_of")}


def seen(lab: Lab, scan_id: str) -> dict[str, str]:
    """What the record of a scan has of each run."""
    return {run.path: run.digest for run in ScanRecord(record_path(lab.home, scan_id)).index}


@pytest.mark.usefixtures("on_each_database")
def test_first_scan_changes_and_rescans_come_to_the_same_models_as_scans_of_the_whole(
    tmp_path: Path,
) -> None:
    whole = Lab(tmp_path)
    runs = [whole.run(number, kit).complete() for number, kit in enumerate(_KITS, 1)]
    jpeg_as_sheet(runs[1])
    base_calls_without_fastqs(runs[2])
    whole.run(8, "kit_d", name=runs[0].name).complete()  # a name in two places
    make_cold(whole.root)
    shards = ShardLab.of_disk_of(whole, "shards")
    world, used = World(whole, shards, runs, random.Random(3)), []
    names = sorted(CHANGES)
    for number in range(4):
        outcomes = [lab.scan() for lab in (whole, shards)]

        assert str(outcomes[0].error) == str(outcomes[1].error)
        assert whole.facts() == shards.facts()
        assert counts(whole) == counts(shards)
        assert seen(whole, outcomes[0].id) == seen(shards, outcomes[1].id)
        used.append((shards.listed > 1, shards.built > 1))
        for name in names[number::3]:
            world.change(name)
    assert used[0] == (True, True)
    assert sum(built for _, built in used) >= 3


def test_a_scan_that_fits_into_a_shard_is_not_cut(lab: Lab, tmp_path: Path) -> None:
    lab.run(1).complete()
    lab.run(2).complete()
    shards = ShardLab.of_disk_of(lab, "shards")

    outcome = shards.scan()

    assert (shards.listed, shards.built) == (0, 0)
    assert outcome.summary.runs == {"complete": 2}


@pytest.fixture
def cut_lab(tmp_path: Path, on_each_database: str) -> tuple[Lab, ShardLab]:
    lab = Lab(tmp_path)
    for number, kit in enumerate(_KITS[:5], 1):
        lab.run(number, kit).complete()
    return lab, ShardLab.of_disk_of(lab, "shards")


def test_a_shard_that_is_done_twice_is_stored_and_counted_once(
    cut_lab: tuple[Lab, ShardLab],
) -> None:
    whole, shards = cut_lab

    def twice(number: int) -> None:
        fence = shards.last_fence
        build_shard(shards.settings, shards.home, fence.scan, number, fence)

    shards.before_shard = twice

    whole.scan()
    shards.scan()

    assert shards.facts() == whole.facts()
    assert counts(shards) == counts(whole)


def test_a_shard_that_died_before_it_had_stored_what_it_noted_is_done_again(
    cut_lab: tuple[Lab, ShardLab], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, shards = cut_lab
    save, deaths = SideBySideStore.save, [1]

    def die_once(store: SideBySideStore, plans: list[Planned], scan: ScanIds, at: object) -> None:
        if deaths:
            deaths.pop()
            raise KeyboardInterrupt
        save(store, plans, scan, at)  # type: ignore[arg-type]

    monkeypatch.setattr(SideBySideStore, "save", die_once)

    def die(number: int) -> None:
        if number == 0:
            with pytest.raises(KeyboardInterrupt):
                build_shard(
                    shards.settings, shards.home, shards.last_fence.scan, 0, shards.last_fence
                )

    shards.before_shard = die

    whole.scan()
    shards.scan()

    assert not deaths
    assert shards.facts() == whole.facts()
    assert counts(shards) == counts(whole)


def test_a_shard_reads_what_was_written_for_it_and_nothing_that_grows_with_the_scan(
    cut_lab: tuple[Lab, ShardLab], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, shards = cut_lab
    scan_id, request = str(uuid.uuid4()), ScanRequest()
    fence = shards.fence(scan_id)
    whole.scan()
    shards.list_files(scan_id, request, fence)
    shards.begin_models(scan_id, request, fence)

    def grows(*_: object) -> NoReturn:
        raise AssertionError

    with monkeypatch.context() as patched:
        for owner, name in (
            (ShardFiles, "survey"),
            (ShardFiles, "found"),
            (ScanRecord, "index_of"),
            (RecordFile, "check"),
            (run_parsing, "parse_run"),
        ):
            patched.setattr(owner, name, grows)
        parsed_path(shards.home, scan_id).unlink()
        for number in range(shards.built):
            build_shard(shards.settings, shards.home, scan_id, number, fence)
    finish_models(shards.settings, shards.home, scan_id, scan_id, request, shards.built, fence)

    assert shards.built > 1
    assert shards.facts() == whole.facts()


def test_a_shard_of_a_scan_that_was_given_up_stores_nothing(
    cut_lab: tuple[Lab, ShardLab],
) -> None:
    _, shards = cut_lab
    scan_id = str(uuid.uuid4())
    fence = shards.fence(scan_id)
    request = ScanRequest()
    shards.list_files(scan_id, request, fence)
    shards.begin_models(scan_id, request, fence)
    engine = open_database(database_url_for(shards.settings, shards.home))
    take_fence(engine, "the next")
    before = shards.dump()

    with pytest.raises(ScanLockLostError, match="lost its lock to scan the next"):
        build_shard(shards.settings, shards.home, scan_id, 0, fence)
    with pytest.raises(ScanLockLostError):
        finish_models(shards.settings, shards.home, scan_id, scan_id, request, shards.built, fence)

    assert shards.dump() == before


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_ten_that_store_at_once_give_no_number_twice(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url: Callable[[], str] | None = None
    if database == "postgres":
        url = request.getfixturevalue("new_postgres_url")
    whole = Lab(tmp_path, database_url=url() if url else None)
    for number in range(1, 11):
        whole.run(number, f"kit_{number}").complete()
    shards = ShardLab.of_disk_of(whole, "shards").cut(1)
    if url:
        shards.environ["SEQAUTO_DATABASE_URL"] = url()
    scan_id, chosen = str(uuid.uuid4()), ScanRequest()
    fence = shards.fence(scan_id)
    shards.list_files(scan_id, chosen, fence)
    shards.begin_models(scan_id, chosen, fence)
    settings, home = shards.settings, shards.home

    in_a_thread = inspect.unwrap(build_shard)  # the garbage collector is the process's

    def build(number: int) -> int:
        return in_a_thread(settings, home, scan_id, number, fence)

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(build, range(10))) == [1] * 10
    finish_models(settings, home, scan_id, scan_id, chosen, 10, fence)

    whole.scan()
    assert shards.facts() == whole.facts()
    assert counts(shards) == counts(whole)
    with shards.connected() as connection:
        ids = connection.scalars(select(ExpectedFile.id).order_by(ExpectedFile.id)).all()
    assert ids == list(range(1, len(ids) + 1))


def test_a_worker_with_other_settings_or_another_home_says_so(
    cut_lab: tuple[Lab, ShardLab], tmp_path: Path
) -> None:
    _, shards = cut_lab
    scan_id = str(uuid.uuid4())
    fence = shards.fence(scan_id)
    find_files(shards.settings, shards.home, scan_id, ScanRequest(), fence=fence)

    with pytest.raises(ShardFileError, match=r"list-0.json of a scan in shards: No such file"):
        list_shard(shards.settings, tmp_path / "another", scan_id, 0)
    shards.environ["SEQAUTO_SKIP_PATTERNS"] = '["/other/"]'
    with pytest.raises(ShardSettingsError, match=f"settings for {shards.root} are not those"):
        list_shard(shards.settings, shards.home, scan_id, 0)
    (ShardFiles(shards.home, scan_id).folder / "list-0.json").write_text("{}")
    with pytest.raises(ShardFileError, match="it is not what this program writes"):
        list_shard(shards.settings, shards.home, scan_id, 0)
