"""What doctor and status say of the clusters that run jobs."""

from pathlib import Path

import pytest

from seqauto_pipeline.monitoring.clusters import cluster_facts, cluster_readings
from seqauto_pipeline.settings import load_settings

RECIPE = """
[[job_recipes]]
file_type = "flagstat"
inputs = ["bam"]
command = ["flagstat", "{bam}", "{output}"]
"""


def told(home: Path, backend: str) -> list[tuple[str, str, str]]:
    """Give what is said: how it stands, the code of its check, the words."""
    file = home / "settings.toml"
    file.write_text(f'jobs_backend = "{backend}"\n{RECIPE}')
    settings = load_settings({"SEQAUTO_CONFIG": str(file)})
    facts = cluster_facts(settings, home)
    readings = (each for one in facts for each in cluster_readings(one))
    return [(str(each.standing), each.check, each.text) for each in readings]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a directory that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def squeue(programs: Path, script: str) -> None:
    (programs / "squeue").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "squeue").chmod(0o755)


def test_nothing_is_asked_where_jobs_run_on_this_machine(tmp_path, programs):
    assert told(tmp_path, "local") == []


def test_a_cluster_that_answers_is_well(tmp_path, programs):
    squeue(programs, "exit 0")

    assert told(tmp_path, "slurm") == [("ok", "", "slurm answers")]


def test_a_cluster_that_is_silent_is_told_in_its_words(tmp_path, programs):
    squeue(programs, "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1")

    assert told(tmp_path, "slurm") == [
        ("wrong", "cluster_silent",
         "slurm: slurm_load_jobs error: Unable to contact slurm controller")
    ]  # fmt: skip


def test_programs_that_are_not_there_are_named(tmp_path, programs):
    ((standing, check, text),) = told(tmp_path, "pbs")

    assert (standing, check) == ("wrong", "cluster_silent")
    assert text == "pbs: there is no program qstat on the PATH"
