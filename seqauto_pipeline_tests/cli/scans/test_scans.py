import datetime as dt
import json
import os
import zoneinfo

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.cli.scans.story_lines import duration
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline_tests.orchestration.conftest import (
    RUN,
    Lab,
    Scan,
    home_begun,
    instance,
    lab,
    scan,
)

__all__ = ["home_begun", "instance", "lab", "scan"]  # fixtures


def _seqauto(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_the_list_has_the_most_recent_scan_first_with_what_it_found(scan: Scan) -> None:
    ids = [scan().short_id, scan(roots=["/etc"]).short_id]

    result = _seqauto("scans")

    assert result.exit_code == 0
    header, failed, finished = result.output.splitlines()
    assert header.split() == [
        *("scan", "no.", "state", "started", "took", "launched", "by"),
        *("runs", "files", "changed", "messages"),
    ]
    assert failed.split()[:2] == [ids[1], "Error"]  # it never reached the models
    assert finished.split()[:3] == [ids[0], "1", "Finished"]
    assert finished.split()[-4] == "1"


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_list_and_a_scan_fit_the_terminal(
    scan: Scan, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    scan()
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("seqauto_pipeline.cli.tables.is_terminal", lambda: True)

    for command in (("scans",), ("scans", "show", "1")):
        lines = _seqauto(*command).output.splitlines()

        assert [line for line in lines if len(line) > columns] == []


def test_pages_can_be_asked_for(scan: Scan) -> None:
    first = scan()
    scan()

    page = json.loads(_seqauto("scans", "--format", "json", "--limit", "1", "--offset", "1").stdout)

    assert [each["id"] for each in page] == [first.id]


@pytest.mark.parametrize("named", ["1", "today"])
def test_a_scan_is_shown_by_the_number_that_lists_print_and_by_its_day(
    scan: Scan, named: str
) -> None:
    story = scan()

    found = json.loads(_seqauto("scans", "show", named, "--format", "json").stdout)

    assert (found["id"], found["number"]) == (story.id, 1)


def test_programs_get_the_file_list_of_a_scan(scan: Scan) -> None:
    scan()

    (run,) = json.loads(_seqauto("scans", "files", "1", "--format", "json").stdout)

    assert run["path"].endswith(RUN)
    assert {file["kind"] for file in run["files"]} == {"file", "directory"}


def test_programs_get_all_that_is_known_of_a_scan(scan: Scan) -> None:
    story = scan(runs=[RUN])

    found = json.loads(_seqauto("scans", "show", story.short_id, "--format", "json").stdout)

    assert found["id"] == story.id
    assert found["state"] == "Finished"
    assert found["launched_by"] == "command line"
    assert found["options"] == {"runs": [RUN]}
    assert found["run_folders"] == 1
    assert found["error"] is None
    assert [step["name"] for step in found["steps"]] == [
        *("scan_files", "parse_sample_sheets", "create_models", "scripts_and_jobs")
    ]
    assert dt.datetime.fromisoformat(found["created"]).tzinfo is not None


def test_a_scan_is_shown_with_its_error_and_traceback(scan: Scan) -> None:
    scan(roots=["/etc"])

    output = _seqauto("scans", "show", "latest").output

    assert "State: Error" in output
    assert "launched by command line" in output
    assert "Option roots: ['/etc']" in output
    assert "'/etc' is not a configured root" in output
    assert "Stack Trace:" in output


def test_times_are_those_of_the_configured_zone(lab: Lab, instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.SUCCESS)
    record = instance.get_run_record_by_id(run.run_id)
    assert record is not None
    utc = record.create_timestamp.replace(tzinfo=dt.UTC)

    line = _seqauto("scans").output.splitlines()[1]

    assert f"{utc + dt.timedelta(hours=9, minutes=30):%H:%M}" in line or (
        f"{utc + dt.timedelta(hours=10, minutes=30):%H:%M}" in line
    )


def test_the_kept_file_list_can_be_read(lab: Lab, scan: Scan) -> None:
    (lab.root / RUN / "1_BAM" / "odd\x1b[31m.bam").write_text("BAM")
    story = scan()

    lines = _seqauto("scans", "files", story.short_id).output.splitlines()

    assert lines[0].startswith("File list of ")
    assert f"Root {lab.root} (layout tau), 1 run" in lines
    assert f"Run folder {lab.root}/{RUN}" in lines
    assert any(line.endswith(" 1_BAM/S1.hg38.bam") and " 3 " in line for line in lines)
    assert any(line.endswith(" 1_BAM/odd\\x1b[31m.bam") for line in lines)


def test_texts_of_a_scan_have_the_zones_times_and_programs_get_utc(lab: Lab, scan: Scan) -> None:
    bam = lab.root / RUN / "1_BAM" / "S1.hg38.bam"
    os.utime(bam, (1_600_000_000, 1_600_000_000))  # 12:26:40 UTC, 21:56:40 in Adelaide
    story = scan()
    adelaide = zoneinfo.ZoneInfo("Australia/Adelaide")
    as_of = dt.datetime.fromisoformat(str(story.number("as_of")))
    there = as_of.astimezone(adelaide)

    files = _seqauto("scans", "files", story.short_id).output
    told = _seqauto("scans", "show", story.short_id).output
    log = _seqauto("scans", "logs", story.short_id).output
    for_programs = json.loads(_seqauto("scans", "show", story.short_id, "--format", "json").stdout)

    assert " 2020-09-13 21:56:40 1_BAM/S1.hg38.bam\n" in files
    assert files.startswith(f"File list of {there:%Y-%m-%d %H:%M:%S}, kept in ")
    assert f"as of: {there:%Y-%m-%d %H:%M:%S}\n" in told
    logged = dt.datetime.fromisoformat(log[: len("2020-09-13 21:56:40.123")])
    assert dt.timedelta() <= as_of - logged.replace(tzinfo=adelaide) < dt.timedelta(minutes=5)
    assert for_programs["steps"][2]["numbers"]["as_of"] == as_of.isoformat()


def test_before_the_first_scan_there_are_none(lab: Lab) -> None:
    assert _seqauto("scans").output == "There was no scan yet.\n"
    assert _seqauto("scans", "--format", "json").output == "[]\n"
    assert _seqauto("scans", "--offset", "5").output == "There are no older scans.\n"


def test_an_unknown_scan_is_one_line(lab: Lab) -> None:
    result = _seqauto("scans", "show", "abcdef")

    assert result.exit_code == 2
    assert result.output == (
        "Error: Cannot find the scan 'abcdef': no scan of this DAGSTER_HOME has an id that starts "
        "so. List the scans with `seqauto scans`.\n"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.44, "0.4 s"),
        (9.97, "10.0 s"),
        (12.2, "12 s"),
        (59.6, "1 min 0 s"),
        (185, "3 min 5 s"),
        (7440, "2 h 4 min"),
    ],
)
def test_durations_are_written_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words
