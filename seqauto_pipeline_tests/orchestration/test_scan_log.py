"""The log files of scans, and the command that reads them."""

import io
import json
import logging

import pytest
from click.testing import CliRunner, Result

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline.orchestration.scan_log import ScanLog
from seqauto_pipeline_tests.orchestration.conftest import NAME, RUN


def seqauto(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_each_line_has_its_scan_and_those_of_a_run_its_name(lab, scan):
    story = scan()

    lines = (lab.home / "logs" / "seqauto.log").read_text().splitlines()

    entries = [json.loads(line) for line in lines]
    assert {entry["scan"] for entry in entries} == {story.id}
    assert [entries[0]["message"], entries[-1]["message"]] == ["scan begins", "scan ends"]
    about = [entry["message"] for entry in entries if entry["sequencing_run"] == NAME]
    assert "run is complete" in about
    assert "1 bam file now complete" in about


def test_the_lines_of_one_scan_are_printed(lab, scan):
    first = scan()
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()
    second = scan()

    printed = seqauto("scans", "logs", second.short_id, "--run", NAME).output
    of_a_typo = seqauto("scans", "logs", "latest", "--run", f"{NAME}x")
    as_json = seqauto("scans", "logs", "latest", "--format", "json").output

    assert f"{NAME}: 1 bam file now deleted" in printed
    assert "scan begins" not in printed
    assert {json.loads(line)["scan"] for line in as_json.splitlines()} == {second.id}
    assert first.id not in as_json
    assert of_a_typo.exit_code == 2
    assert NAME in of_a_typo.stderr


def test_a_failed_step_is_an_error_in_the_log(lab, scan):
    lab.configure('layout = "unheard-of"')
    scan()

    entries = map(json.loads, (lab.home / "logs" / "seqauto.log").read_text().splitlines())

    assert [each["step"] for each in entries if each["level"] == "error"] == ["scan_files"]


def test_a_log_on_a_full_disk_fails_no_scan_and_is_told(lab, scan, instance, capfd):
    (lab.home / "logs").mkdir()
    (lab.home / "logs" / "seqauto.log").symlink_to("/dev/full")

    story = scan()

    assert story.state is ScanState.FINISHED
    assert story.notes == (
        f"Log: {lab.home}/logs/seqauto.log could not be written: No space left on device",
    )
    assert "Logging error" not in capfd.readouterr().err


def test_a_log_directory_that_cannot_be_made_is_told(lab, scan):
    (lab.home / "logs").write_text("a file")

    story = scan()

    assert story.state is ScanState.FINISHED
    assert "Log: " in story.notes[0]


def test_a_line_that_was_cut_off_is_told_and_the_others_printed(lab, scan):
    story = scan()
    log = lab.home / "logs" / "seqauto.log"
    cut = '{"scan": "' + story.id + '", "mess'
    log.write_text(f"{log.read_text()}{cut}\n")

    printed = seqauto("scans", "logs", "latest")

    assert "scan ends" in printed.stdout
    assert "A damaged line" in printed.stderr


def test_files_are_put_aside_at_their_size_and_only_so_many_are_kept(lab, scan, tmp_path):
    directory = tmp_path / "logs of ours"
    lab.configure(f'log_directory = "{directory}"\nlog_max_bytes = 1000\nlog_files = 3')
    for _ in range(3):
        story = scan()

    names = sorted(path.name for path in directory.iterdir())

    assert names == ["seqauto.log", "seqauto.log.1", "seqauto.log.2"]
    assert all(path.stat().st_size <= 1000 for path in directory.iterdir())
    assert "scan ends" in seqauto("scans", "logs", story.short_id).output


def test_a_scan_whose_lines_are_gone_says_what_keeps_them(lab, scan):
    scan()
    (lab.home / "logs" / "seqauto.log").unlink()

    result = seqauto("scans", "logs", "latest")

    assert result.exit_code == 1
    assert "log_files" in result.output


def test_a_log_that_cannot_be_written_stops_no_scan(lab, scan):
    (lab.home / "logs").write_text("in the way")

    assert scan().state == "Finished"


def test_a_name_makes_no_line_of_its_own_and_acts_on_no_terminal():
    written = io.StringIO()
    name = 'x\n{"level": "error", "message": "made up"}\r\x1b[31m\u2028\x9b'

    ScanLog(logging.StreamHandler(written), "id").write(logging.INFO, name, name, path=name)

    (line,) = written.getvalue().splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == json.loads(line)["sequencing_run"] == name


@pytest.mark.new_home
def test_before_the_first_scan_there_is_no_log(lab):
    result = seqauto("scans", "logs", "latest")

    assert result.exit_code == 1
    assert "There was no scan yet" in result.output
