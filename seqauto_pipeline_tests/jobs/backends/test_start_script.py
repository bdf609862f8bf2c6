import os
import subprocess
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.jobs.backend import LOG, SCRIPT
from seqauto_pipeline.jobs.backends.start_script import NO_DIRECTORY, start_script

NASTY = st.sampled_from(
    ["$(touch canary)", "`touch canary`", "'", '"', "\r\n", "\n", "-rf", " ", "\\", ";", "\udcff"]
)
NAMES = st.lists(NASTY, min_size=1, max_size=6).map(
    lambda parts: os.fsencode("".join(parts)).replace(b"/", b"")
)


def run(script: bytes, where: Path, **variables: str) -> int:
    done = subprocess.run(["/bin/sh"], input=script, cwd=where, env=variables, check=False)
    return done.returncode


@settings(max_examples=40, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_the_task_of_an_array_starts_in_its_own_directory_whatever_its_name(names: list[bytes]):
    with tempfile.TemporaryDirectory() as folder:
        directories = [Path(folder, "jobs", os.fsdecode(b"d" + name)) for name in names]
        for number, directory in enumerate(directories):
            directory.mkdir(parents=True)
            (directory / SCRIPT).write_text(f"echo {number}; echo said >&2")
        script = start_script(directories)

        codes = {
            run(script, Path(folder), SLURM_ARRAY_TASK_ID=str(each)) for each in range(len(names))
        }

        assert codes == {0}
        logs = [(directory / LOG).read_text() for directory in directories]
        assert logs == [f"{number}\nsaid\n" for number in range(len(names))]
        assert not list(Path(folder).rglob("canary"))
        assert b"\r" not in script  # sbatch would refuse it


def test_a_single_job_starts_without_a_number(tmp_path):
    (tmp_path / SCRIPT).write_text("exit 7")

    assert run(start_script([tmp_path]), tmp_path) == 7


def test_a_directory_that_a_machine_does_not_see_has_an_exit_code_of_its_own(tmp_path):
    assert run(start_script([tmp_path / "elsewhere"]), tmp_path) == NO_DIRECTORY


def test_what_an_earlier_attempt_left_is_not_taken_for_the_end_of_this_one(tmp_path):
    (tmp_path / "exit.json").write_text("{}")
    (tmp_path / SCRIPT).write_text("ls")

    run(start_script([tmp_path]), tmp_path)

    assert "exit.json" not in (tmp_path / LOG).read_text()
