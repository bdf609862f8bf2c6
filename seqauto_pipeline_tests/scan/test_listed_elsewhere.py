"""Scans of roots that another machine lists: the same models; without a list nothing is missing."""

import datetime as dt
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline.scan import moment
from seqauto_pipeline.settings.groups.scanning import ScanRoot
from seqauto_pipeline_tests.interop_mutations import INTEROP_RUNS
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.listed_lab import ListedLab

LISTED_BY = "import sys; from seqauto_pipeline.list_files.main import main; sys.exit(main({}))"


@pytest.fixture
def listed(tmp_path: Path, on_each_database: str) -> ListedLab:
    return ListedLab(tmp_path)


def test_a_root_without_a_usable_list_is_unavailable_and_nothing_is_missing(listed: ListedLab):
    run = listed.run().complete()
    listed.scan()
    before = listed.facts("message")
    shutil.rmtree(run.folder)
    listed.list_file.unlink()

    outcome = listed.scan_by_the_list_there()

    (held,) = outcome.held
    assert f"its list {listed.list_file} cannot be read: No such file" in held
    assert listed.facts("message") == before


def test_a_list_on_a_disk_that_hangs_holds_no_scan_up(
    listed: ListedLab, monkeypatch: pytest.MonkeyPatch
):
    run = listed.run().complete()
    listed.scan()
    before = listed.files(run.path)
    is_back = threading.Event()
    open_at_once = os.open

    def open_late(path: str, *options: int, **more: int) -> int:
        if path == str(listed.list_file):
            is_back.wait()
        return open_at_once(path, *options, **more)

    monkeypatch.setattr("seqauto_pipeline.disk.lists.fetching.os.open", open_late)
    listed.overrides["directory_timeout_seconds"] = 1.0
    try:
        outcome = listed.scan_by_the_list_there()
    finally:
        is_back.set()

    (held,) = outcome.held
    assert f"its list {listed.list_file} did not answer within 1 s" in held
    assert listed.files(run.path) == before


def test_the_disk_of_a_listed_root_need_not_be_there(listed: ListedLab, tmp_path: Path):
    run = listed.run().complete()
    listed.make_list()
    listed.root.rename(tmp_path / "unmounted")

    kept = listed.home / "lists"
    kept.mkdir()
    for name in ("of_an_earlier_root.jsonl.gz", "half_done.jsonl.partial-1"):
        (kept / name).touch()

    outcome = listed.scan_by_the_list_there()

    assert outcome.error is None
    assert len(list(kept.iterdir())) == 1  # what is of no root any more is not kept
    assert set(listed.files(run.path).values()) == {"complete"}
    assert outcome.summary.changes.contents > 0


@pytest.mark.usefixtures("on_each_database")
def test_a_list_by_command_gives_the_models_that_a_walk_from_here_gives(tmp_path: Path):
    here, there = Lab(tmp_path), Lab(tmp_path / "there", roots=())
    run, quiet = here.run(1).complete(), here.run(2).complete()
    (quiet.folder / "0_fastq/\udce9.fastq.gz").touch()
    os.mkfifo(quiet.folder / "SampleSheet2.csv")
    code = LISTED_BY.format("['--request', '-']")
    there.overrides["scan_roots"] = (
        ScanRoot(path=here.root, list_command=(sys.executable, "-c", code)),
    )
    changes: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: run.remove("bam"),
        lambda: run.sheet.write_text(run.sheet.read_text() + "\n"),
        lambda: (quiet.folder / "1_BAM").rename(quiet.folder / "elsewhere"),
    )

    for change in changes:
        change()
        here.scan()
        there.scan(full=True)

        assert there.facts() == here.facts()
    assert there.plan().changes.runs == 0
    assert there.scan(runs=(quiet.path,)).error is None
    assert there.facts() == here.facts()


def test_figures_are_computed_from_the_interop_files_of_a_list(listed: ListedLab, tmp_path: Path):
    path = "kit_a/140211_M00612_0147_000000000-A7M8N"
    shutil.copytree(INTEROP_RUNS / "miseq_2014_single_read", listed.root / path)
    more = {"layout": "illumina", "illumina_qc_from_interop": True}
    here = Lab(tmp_path / "here", roots=())
    here.overrides = {**more, "scan_roots": (ScanRoot(path=listed.root),)}
    listed.overrides |= more
    here.scan()
    listed.make_list()
    listed.root.rename(tmp_path / "unmounted")

    outcome = listed.scan_by_the_list_there()

    assert outcome.summary.changes.contents == 1
    assert listed.facts() == here.facts()


def test_contents_that_did_not_come_are_told_and_read_by_the_next_full_list(listed: ListedLab):
    run = listed.run().complete()
    listed.make_list()
    request = listed.home / "request.json"
    text = request.read_text()
    request.write_text(text.replace('"contents_since_ns": 0', f'"contents_since_ns": {10**19}'))
    listed.list_by_request()

    listed.scan_by_the_list_there()

    (first, *_) = listed.texts("CONTENT_REFUSED")
    assert "(ENOTLISTED): its content did not come with the list" in first
    listed.scan(full=True)
    assert listed.texts("CONTENT_REFUSED") == ()
    assert listed.messages(run.path) == ()


def test_a_run_is_as_still_as_it_was_when_it_was_listed(
    listed: ListedLab, monkeypatch: pytest.MonkeyPatch
):
    listed.overrides["settle_minutes"] = 60
    run = listed.run().complete()
    listed.make_list()
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    monkeypatch.setattr(moment, "now", lambda: later)

    listed.scan_by_the_list_there()

    assert listed.run_states() == {run.path: "incomplete"}
