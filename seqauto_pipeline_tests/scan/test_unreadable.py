"""What cannot be read is neither missing nor deleted."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.refusals import refusing, unprivileged
from seqauto_pipeline_tests.scan.run_folder import RunFolder


def scan(lab: Lab) -> None:
    with unprivileged():
        assert lab.scan().error is None


def without_messages(lab: Lab) -> Mapping[str, object]:
    """All that may not change; a scan that could not look did not see what it says was seen."""
    return lab.facts("message", "last_seen_scan_id")


def places_of(run: RunFolder) -> dict[str, Path]:
    """Parts of a run folder that may refuse."""
    return {
        "the run folder": run.folder,
        "its kit": run.folder.parent,
        "the directory of the BAMs": run.place("bam").parent,
        "the directory of the marker": (run.folder / run.markers[0]).parent,
        "the directory of the exec summaries": run.place("exec_summary").parent,
        "the sheet": run.sheet,
        "RunInfo": run.run_info,
        "RunParameters": run.run_parameters,
    }


PLACES = tuple(places_of(RunFolder(Path("root"), "kit", "name")))


@pytest.mark.parametrize("place", PLACES)
def test_what_refuses_changes_no_record_and_is_named(place: str, public_lab: Lab) -> None:
    lab = public_lab
    run, other = lab.run(1, "kit_a").complete(), lab.run(2, "kit_b").complete()
    scan(lab)
    facts = without_messages(lab)
    refused = places_of(run)[place]

    with refusing(refused):
        scan(lab)

        assert without_messages(lab) == facts
        (text,) = lab.texts("UNREADABLE")
        assert text.startswith(f"{refused} cannot be read (EACCES): user ")
        assert "mode 0000; its owner can run: setfacl -m u:" in text
        assert lab.messages(other.path) == ()
        scan(lab)
        assert without_messages(lab) == facts

    scan(lab)

    assert without_messages(lab) == facts
    assert lab.messages() == lab.messages(run.path) == ()


@pytest.mark.parametrize("place", PLACES)
def test_a_new_run_that_refuses_is_one_run_with_one_clear_message(
    place: str, public_lab: Lab
) -> None:
    lab = public_lab
    run, other = lab.run(1, "kit_a").complete(), lab.run(2, "kit_b").complete()
    refused = places_of(run)[place]

    with refusing(refused):
        scan(lab)

        assert lab.counts(other.path) == {"complete": 15}
        assert "deleted" not in lab.counts(run.path)
        assert (*lab.messages(), *lab.messages(run.path)) == ("UNREADABLE",)
        assert "EACCES" in lab.texts("UNREADABLE")[0]

    scan(lab)

    assert lab.run_states() == {run.path: "complete", other.path: "complete"}
    assert lab.counts(run.path) == {"complete": 15}
    assert lab.messages(run.path) == ()


def test_a_content_file_that_refuses_is_one_file_in_error_and_tried_again(
    public_lab: Lab,
) -> None:
    lab = public_lab
    run = lab.run(1).complete()
    scan(lab)
    place = run.write("gene_list", "S1", data=b"BRCA1\n")

    with refusing(place):
        scan(lab)
        assert lab.counts(run.path) == {"complete": 14, "error": 1}
        assert lab.messages(run.path) == ("CONTENT_REFUSED",)

    scan(lab)

    assert lab.counts(run.path) == {"complete": 15}
    assert lab.messages(run.path) == ()


def test_a_single_read_run_stays_one_while_its_run_info_refuses(public_lab: Lab) -> None:
    lab = public_lab
    run = lab.run(1)
    run.reads = 1
    run.complete()
    scan(lab)

    with refusing(run.run_info):
        scan(lab)

    assert [slot for kind, slot in lab.files(run.path) if kind == "fastq"] == ["S1/R1", "S2/R1"]


def test_a_root_that_refuses_is_held(public_lab: Lab) -> None:
    lab = public_lab
    run = lab.run(1).complete()
    scan(lab)

    with refusing(lab.root), unprivileged():
        outcome = lab.scan()

    assert outcome.held[0].startswith(f"{lab.root}: user ")
    assert lab.counts(run.path) == {"complete": 15}


def test_a_link_to_what_refuses_hides_and_deletes_nothing(public_lab: Lab) -> None:
    lab = public_lab
    run = lab.run(1).complete()
    store = lab.root / ".store"
    store.mkdir()
    bam = run.place("bam")
    shutil.move(bam, store / "a.bam")
    bam.symlink_to(store / "a.bam")
    scan(lab)
    assert lab.files(run.path)["bam", "S1"] == "complete"

    with refusing(store):
        scan(lab)

    assert lab.files(run.path)["bam", "S1"] == "complete"
    assert str(store) in lab.texts("UNREADABLE")[0]


def scan_on_a_broken_disk(lab: Lab, bad_disk: Path, paths: Iterable[Path], number: int) -> None:
    environ = {
        **os.environ,
        **lab.environ,
        "DAGSTER_HOME": str(lab.home),
        "LD_PRELOAD": str(bad_disk),
        "FAILING_PATHS": ":".join(map(str, paths)),
        "FAILING_ERRNO": str(number),
    }
    command = [sys.executable, "-m", "seqauto_pipeline_tests.scan.one_scan", str(lab.home)]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE])
def test_a_broken_disk_deletes_nothing_and_is_named(number: int, lab: Lab, bad_disk: Path) -> None:
    runs = [lab.run(each, f"kit_{each}").complete() for each in range(1, 5)]
    lab.scan()
    facts = without_messages(lab)
    paths = (runs[0].folder, runs[1].place("bam").parent, runs[2].sheet, runs[3].folder.parent)

    scan_on_a_broken_disk(lab, bad_disk, paths, number)

    assert without_messages(lab) == facts
    for path in paths:
        (text,) = (text for text in lab.texts("UNREADABLE") if text.startswith(f"{path} "))
        assert f"cannot be read ({errno.errorcode[number]}): " in text
        assert os.strerror(number) in text

    lab.scan()

    assert without_messages(lab) == facts
    assert lab.texts("UNREADABLE") == ()


@pytest.fixture
def churning(lab: Lab) -> Iterator[RunFolder]:
    """A run whose sheet, QC files and directories come and go all the time."""
    run = lab.run(1).complete()
    quiet = lab.run(2).complete()
    lab.scan()
    ended = threading.Event()

    def churn() -> None:
        gene_lists = run.place("gene_list").parent
        away = gene_lists.with_name("away")
        while not ended.is_set():
            run.sheet.unlink(missing_ok=True)
            gene_lists.rename(away)
            away.rename(gene_lists)
            run.write_sheet(run.samples)
            run.write("exec_summary", "S2")

    thread = threading.Thread(target=churn)
    thread.start()
    yield run
    ended.set()
    thread.join()
    run.complete()
    lab.scan()
    assert lab.counts(run.path) == lab.counts(quiet.path) == {"complete": 15}
    assert lab.messages(run.path) == lab.messages(quiet.path) == ()


def test_a_run_that_changes_while_it_is_read_ends_no_scan(lab: Lab, churning: RunFolder) -> None:
    for _ in range(10):
        outcome = lab.scan()

        assert outcome.summary.changes.failed_runs == []
        assert lab.run_states()[churning.path] == "complete"


def test_a_file_that_goes_while_its_run_refuses_was_last_seen_before(public_lab: Lab) -> None:
    run = public_lab.run(1).complete()
    with unprivileged():
        public_lab.scan()
    with refusing(run.folder), unprivileged():
        public_lab.scan()
    run.remove("bam", "S1")

    with unprivileged():
        public_lab.scan()

    (text,) = public_lab.texts("FILES_DELETED")
    assert "last seen by scan 1 on " in text
