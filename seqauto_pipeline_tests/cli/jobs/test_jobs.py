"""`seqauto jobs` and what hangs below it, on the jobs of one laboratory."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.cli.test_width import Terminal
from seqauto_pipeline_tests.jobs.job_lab import JobLab
from seqauto_pipeline_tests.scan.run_folder import samples

SETTINGS = """
jobs_may_write_below = ["{root}"]
jobs_settle_minutes = 0
[[job_recipes]]
file_type = "flagstat"
inputs = ["bam"]
script = "echo 'no \x1b[31mluck' {{sample_name}}; exit 3"
memory_mb = 64
[[job_recipes]]
file_type = "fastqc"
inputs = ["fastq"]
command = ["sleep", "600"]
memory_mb = 64
"""

Seqauto = Callable[..., str]


@pytest.fixture
def lab(tmp_path: Path, on_each_database: str) -> JobLab:
    lab = JobLab(tmp_path)
    lab.overrides.clear()
    (lab.home / "seqauto.toml").write_text(
        SETTINGS.format(root=lab.root).replace("\x1b", "\\u001b")
    )
    run = lab.run(rows=samples("S1")).complete()
    run.remove("fastq", "S1", 2)
    return lab


@pytest.fixture
def seqauto(lab: JobLab, monkeypatch: pytest.MonkeyPatch) -> Seqauto:
    monkeypatch.setenv("DAGSTER_HOME", str(lab.home))
    for name, value in lab.environ.items():
        monkeypatch.setenv(name, value)

    def _seqauto(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        return result.output

    return _seqauto


def test_jobs_are_listed_shown_cancelled_and_tried_again(
    lab: JobLab, seqauto: Seqauto, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.scan()
    assert "No job has been launched yet." in seqauto("jobs")
    lab.scan_and_launch()
    failed = lab.wait_for("failed")
    going = lab.wait_for("running")
    lab.scan_and_launch()

    listed = json.loads(seqauto("jobs", "--format", "json"))
    assert [(each["id"], each["state"], each["file_type"]) for each in listed] == [
        (max(failed.id, going.id), *_facts(listed[0])),
        (min(failed.id, going.id), *_facts(listed[1])),
    ]
    rows = list(
        csv.DictReader(io.StringIO(seqauto("jobs", "--state", "failed", "--format", "csv")))
    )
    assert [(row["id"], row["exit_code"]) for row in rows] == [(str(failed.id), "3")]
    assert seqauto("jobs", "--type", "vcf") == "No job like that.\n"
    text = seqauto("jobs", "--sample", "S1", "--state", "failed")
    assert text.startswith(f"failed     {failed.id:>6}  flagstat ")
    assert "code 3" in text

    _are_shown_with_script_log_and_history(seqauto, failed.id)
    _fit_a_terminal(seqauto, monkeypatch, failed.id)

    assert "told to end" in seqauto(
        "jobs", "cancel", str(going.id), "--by", "ada", "--why", "a mistake"
    )
    assert lab.wait_for("cancelled").id == going.id
    assert "there is nothing to cancel" in seqauto("jobs", "cancel", str(going.id), code=2)
    assert " by ada: a mistake" in seqauto("jobs", "show", str(going.id))

    _are_on_the_pages_of_their_run(lab, seqauto, failed.id, going.id)

    assert "launched again by the next scan" in seqauto(
        "jobs", "retry", str(failed.id), "--by", "ada"
    )
    assert lab.scan_and_launch().jobs.launched == {"flagstat": 1}
    assert "it has not ended" in seqauto("jobs", "retry", str(failed.id), code=2)
    assert "No job has the number 99" in seqauto("jobs", "show", "99", code=2)


def _are_shown_with_script_log_and_history(seqauto: Seqauto, failed: int) -> None:
    page = seqauto("jobs", "show", str(failed))
    assert "seqauto_sample_name_1=S1" in page  # the script
    assert "no \\x1b[31mluck S1" in page  # the log, harmless
    assert "queued" in page
    shown = json.loads(seqauto("jobs", "show", str(failed), "--format", "json"))
    assert [step["state"] for step in shown["history"]][:2] == ["submitting", "queued"]
    assert shown["history"][-1]["state"] == "failed"


def _are_on_the_pages_of_their_run(lab: JobLab, seqauto: Seqauto, failed: int, going: int) -> None:
    path = lab.run().relative("flagstat")
    of_run = seqauto("run", lab.run().name)
    assert f"{failed}  flagstat       {path}  (failed, code 3, " in of_run.partition("\nJobs\n")[2]
    explained = seqauto("explain", "S1", "flagstat", "--run", lab.run().name)
    assert f": seqauto jobs show {failed}" in explained
    in_json = json.loads(seqauto("run", lab.run().name, "--format", "json"))
    assert {each["id"] for each in in_json["jobs"]} == {failed, going}
    seqauto("report", str(lab.folder / "report"))
    (page,) = (lab.folder / "report/runs").glob("*.html")
    assert f"<td>{path}</td><td>failed, code 3, " in page.read_text()


def _fit_a_terminal(seqauto: Seqauto, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    with monkeypatch.context() as terminal:
        terminal.setenv("COLUMNS", "80")
        terminal.setattr("seqauto_pipeline.cli.tables.is_terminal", lambda stream=None: True)
        shown = seqauto("jobs") + seqauto("jobs", "show", str(number))
    assert Terminal(80).too_wide(shown) == []
    assert Terminal(80).with_a_letter_alone(shown) == []


def _facts(row: dict[str, str]) -> tuple[str, str]:
    return ("failed", "flagstat") if row["exit_code"] == 3 else ("running", "fastqc")


def test_jobs_are_paused_and_resumed(lab: JobLab, seqauto: Seqauto) -> None:
    lab.scan()
    assert "were not paused" in seqauto("jobs", "resume")
    assert "scans launch none" in seqauto("jobs", "pause", "--by", "ada", "--why", "full disk")

    paused = lab.scan_and_launch()

    assert paused.jobs.launched.total() == 0
    assert "by ada: full disk. Begin again: seqauto jobs resume" in seqauto("jobs")
    assert "no longer paused" in seqauto("jobs", "resume")
    (lab.home / "seqauto.toml").write_text("")
    assert "No jobs are configured: to have missing files made" in seqauto("jobs")
