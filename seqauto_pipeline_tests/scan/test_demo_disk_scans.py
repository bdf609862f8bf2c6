"""A disk of 50 runs with 24 samples each: scanned, scanned again, and changed."""

import gzip
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from seqauto_pipeline.db.models import ExpectedFile, SequencingRun
from seqauto_pipeline.demo_disk import DemoDisk, DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.scan.lab import Lab

Place = tuple[str, str]  # path of the run, path of the file in it


@dataclass(frozen=True, slots=True)
class Scanned:
    """A demo disk, and the files that two scans of it recorded."""

    lab: Lab
    disk: DemoDisk
    states: Mapping[Place, str]
    second_changed: str
    is_same_after_second: bool


def recorded(lab: Lab) -> dict[Place, str]:
    query = (
        select(SequencingRun.path, ExpectedFile.path, ExpectedFile.data_state)
        .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
        .where(ExpectedFile.retired.is_(False))
    )
    with lab.connected() as connection:
        rows = connection.execute(query).all()
    found = {(run, path): state for run, path, state in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    lab = Lab(tmp_path_factory.mktemp("demo"))
    options = DemoOptions(runs=50, samples=24, seed=3, trouble=False)
    marker = lab.settings.skip_marker
    disk = write_demo_disk(lab.root, options, load_layout("tau"), skip_marker=marker)
    lab.scan()
    states, dump = recorded(lab), lab.dump()
    second = lab.scan()
    return Scanned(lab, disk, states, second.summary.in_words(), lab.dump() == dump)


def test_every_expected_file_has_one_record_with_the_right_state(scanned: Scanned) -> None:
    left_out = set(scanned.disk.left_out)

    wrong = {
        (run, path): state
        for (run, path), state in scanned.states.items()
        if state != ("non_existent" if f"{run}/{path}" in left_out else "complete")
    }

    assert wrong == {}
    assert left_out <= {f"{run}/{path}" for run, path in scanned.states}
    assert len(scanned.states) >= 50 * (24 * 7 + 1)
    assert scanned.lab.facts()["unexpected_file"] == ()


def test_a_second_scan_changes_nothing_and_says_so(scanned: Scanned) -> None:
    assert scanned.second_changed == "nothing"
    assert scanned.is_same_after_second


def test_exactly_the_files_that_change_on_disk_change_in_the_models(scanned: Scanned) -> None:
    lab, before = scanned.lab, recorded(scanned.lab)
    expected = _remove_add_and_corrupt(lab, before)

    lab.scan(full=True)

    after = recorded(lab)
    assert {place: after[place] for place in after if after[place] != before[place]} == expected
    assert set(expected.values()) == {"deleted", "complete", "error"}


def _remove_add_and_corrupt(lab: Lab, states: Mapping[Place, str]) -> dict[Place, str]:
    """Change a few files of the disk; give what should become of them."""
    there = sorted(place for place, state in states.items() if state == "complete")
    lacking = sorted(place for place, state in states.items() if state == "non_existent")
    removed = [place for place in there if place[1].endswith(".bam")][::60][:20]
    emptied = [place for place in there if "gatk_per_sample" in place[1]][::60][:10]
    broken = [place for place in there if "per_gene_coverage" in place[1]][::60][:10]
    added = [place for place in lacking if place[1].endswith((".bam", ".fastq.gz"))][:10]
    for place in removed:
        path_of(lab, place).unlink()
    for place in emptied:
        os.truncate(path_of(lab, place), 0)
    for place in broken:
        path_of(lab, place).write_bytes(gzip.compress(b"this is no table\n"))
    for place in added:
        path_of(lab, place).write_bytes(b"content")
    return {
        **dict.fromkeys(removed, "deleted"),
        **dict.fromkeys((*emptied, *broken), "error"),
        **dict.fromkeys(added, "complete"),
    }


def path_of(lab: Lab, place: Place) -> Path:
    return lab.root / place[0] / place[1]


def test_a_demo_disk_with_every_kind_of_trouble_is_scanned_to_the_end(lab: Lab) -> None:
    options = DemoOptions(runs=24, samples=4, seed=5)
    marker = lab.settings.skip_marker
    disk = write_demo_disk(lab.root, options, load_layout("tau"), skip_marker=marker)

    outcome = lab.scan()
    dump = lab.dump()
    again = lab.scan()

    assert outcome.summary.changes.failed_runs == []
    assert len(lab.run_states()) == len(disk.sequencing_runs)
    assert again.summary.in_words() == "nothing"
    assert lab.dump() == dump
