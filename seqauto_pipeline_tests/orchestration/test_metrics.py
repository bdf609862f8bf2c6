"""The metrics file: written after each scan, and never in the way of one."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline_tests.orchestration.conftest import NAME, RUN
from seqauto_pipeline_tests.orchestration.telling import break_the_disk


@pytest.fixture
def file(lab, tmp_path: Path) -> Path:
    (tmp_path / "collector").mkdir()
    path = tmp_path / "collector" / "seqauto.prom"
    lab.configure(f'metrics_file = "{path}"')
    return path


def values(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def metrics(*arguments: str):
    return CliRunner().invoke(main, ["metrics", *arguments], catch_exceptions=False)


def test_a_finished_scan_writes_what_there_is_and_that_it_finished(scan, file):
    before = time.time()
    story = scan()

    told = values(file.read_text())

    assert told["seqauto_sequencing_runs['complete']"] == 1
    assert told["seqauto_files['bam', 'complete']"] == 1
    assert before < told["seqauto_last_finished_scan_timestamp_seconds"] < time.time()
    assert 0 < told["seqauto_last_finished_scan_duration_seconds"] <= story.seconds
    assert (told["seqauto_scan_overdue"], told["seqauto_last_scan_failed"]) == (0, 0)
    assert [path.name for path in file.parent.iterdir()] == ["seqauto.prom"]


def test_a_failed_scan_writes_that_it_failed_and_when_one_last_finished(lab, scan, file):
    scan()
    finished = values(file.read_text())["seqauto_last_finished_scan_timestamp_seconds"]
    break_the_disk(lab.root)

    assert scan().state is ScanState.ERROR

    told = values(file.read_text())
    assert told["seqauto_last_scan_failed"] == 1
    assert told["seqauto_last_finished_scan_timestamp_seconds"] == pytest.approx(finished, abs=10)
    assert told["seqauto_open_messages['error']"] > 0


def test_deleted_files_that_a_rule_covers_are_archived(lab, scan, file):
    rule = '{file_type = "bam", older_than_days = 30}'
    lab.configure(f'metrics_file = "{file}"\narchived = [{rule}]')
    scan()
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()

    scan()

    told = values(file.read_text())
    assert told["seqauto_files['archived', 'bam']"] == 1
    assert told["seqauto_files['bam', 'deleted']"] == 0


def test_a_scan_of_a_part_is_no_scan_of_everything(lab, scan, file):
    scan(runs=[NAME])

    told = values(file.read_text())

    assert told["seqauto_sequencing_runs['complete']"] == 1
    assert told["seqauto_scan_overdue"] == 1
    assert "seqauto_last_finished_scan_timestamp_seconds" not in told


def test_a_file_that_cannot_be_written_fails_no_scan_and_is_said(lab, scan, file):
    file.parent.rmdir()

    story = scan()

    trouble = f"Metrics: {file} could not be written: No such file or directory"
    assert story.state is ScanState.FINISHED
    assert trouble in story.notes
    lines = (lab.home / "logs" / "seqauto.log").read_text().splitlines()
    levels = {line["message"]: line["level"] for line in map(json.loads, lines)}
    assert levels[trouble] == "warning"


def test_nothing_is_written_where_no_file_is_configured(lab, scan):
    scan()

    assert not list(lab.home.parent.rglob("*.prom"))


def test_the_command_tells_now_what_the_file_told_after_the_scan(lab, scan, file, tmp_path: Path):
    scan()

    told = values(metrics().stdout)
    written = metrics("--output", str(tmp_path / "now.prom"))

    after_scan = values(file.read_text())
    about_time = {name for name in told if "last_finished_scan" in name}
    assert told.keys() == after_scan.keys()
    for name in told.keys() - about_time - {"seqauto_database_bytes"}:
        assert told[name] == after_scan[name], name
    for name in about_time:
        assert told[name] == pytest.approx(after_scan[name], abs=10)
    assert written.output == ""
    assert values((tmp_path / "now.prom").read_text()).keys() == told.keys()


def test_the_command_makes_nothing_in_a_new_home(lab, tmp_path: Path):
    before = sorted(lab.home.rglob("*"))

    told = values(metrics().stdout)

    assert told["seqauto_scan_overdue"] == 1
    assert sorted(lab.home.rglob("*")) == before


def test_an_output_that_cannot_be_written_is_said(lab, tmp_path: Path):
    refused = metrics("--output", str(tmp_path / "no" / "x.prom"))

    assert refused.exit_code == 1
    assert "Cannot write" in refused.stderr
    assert "No such file or directory" in refused.stderr


@pytest.mark.postgres
def test_a_scan_into_postgresql_writes_them_too(lab, scan, file, postgres_url: str):
    lab.configure(f'metrics_file = "{file}"\ndatabase_url = "{postgres_url}"')

    scan()

    told = values(file.read_text())
    assert told["seqauto_files['bam', 'complete']"] == 1
    assert told["seqauto_database_bytes"] > 0
    assert values(metrics().stdout).keys() == told.keys()
