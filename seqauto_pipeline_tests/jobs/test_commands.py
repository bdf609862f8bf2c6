"""Names of a disk arrive at a command byte for byte, and do nothing on the way."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.jobs.commands import NoValueError, filled_arguments, filled_script
from seqauto_pipeline.jobs.exit_file import ended_report
from seqauto_pipeline.jobs.scripts import Output, write_scripts

CANARY = "canary"  # a file that a name which is obeyed makes
names = st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name)
hostile = st.lists(
    st.sampled_from(
        [
            *("$(touch canary)", "`touch canary`", "; touch canary;", "|touch canary", "&& "),
            *("'", '"', "\\", "\n", "\r", " ", "\t", "-", "--", "*", "?", "~", "$HOME", "${x}"),
            *(
                "{bam}",
                "{{",
                "#",
                "!",
                "é",
                "\udcff",
                "\udc80",
                "a",
                ".bam",
                "%s",
                "\x1b",
                "<",
                ">",
            ),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)

# Whoever writes a recipe may write fields in any of these places.
SCRIPT = """
show() {{ printf '%s\\0' "$@"; }}
show {bam} {sample_name} x{bam}
show $(printf %s {bam} >/dev/null) <<X
{bam}
X
# {bam}
"""


def run_of(directory: Path, recipe: Recipe, *values: str) -> list[bytes]:
    """Run a job as back-ends do; give what it wrote, split at NUL bytes."""
    named = {"bam": (values[0],), "sample_name": (values[-1],)}
    output = Output(f"{directory}/out/made", "key")
    write_scripts(directory / "job", recipe, named, output)
    subprocess.run(["/bin/sh", directory / "job/script.sh"], check=False, cwd=directory, timeout=30)
    report = ended_report(directory / "job")
    assert report is not None
    assert report.exit_code == 0, (directory / "job/log.txt").read_bytes()
    assert not list(directory.rglob(CANARY))
    return Path(output.path).read_bytes().split(b"\0")[:-1]


@settings(max_examples=40, deadline=None)
@example("-rf", "$(touch canary)")
@example("\udcff'\n\"`touch canary`", "*")
@given(name=hostile | names.map(os.fsdecode), other=hostile)
def test_every_name_arrives_in_a_script_and_is_not_obeyed(name: str, other: str):
    recipe = Recipe("x", ("bam",), script=SCRIPT, prints_output=True)
    with tempfile.TemporaryDirectory() as folder:
        shown = run_of(Path(folder), recipe, name, other)

    name_bytes = os.fsencode(name)
    assert shown == [name_bytes, os.fsencode(other), b"x" + name_bytes, b""]


@settings(max_examples=20, deadline=None)
@example("$(touch canary)\n", "'")
@given(name=hostile | names.map(os.fsdecode), other=hostile)
def test_every_name_is_one_argument_of_a_command(name: str, other: str):
    command = ("printf", "%s\\0", "{bam}", "--sample={sample_name}", "a {bam} b")
    recipe = Recipe("x", ("bam",), command, prints_output=True)
    with tempfile.TemporaryDirectory() as folder:
        shown = run_of(Path(folder), recipe, name, other)

    name_bytes = os.fsencode(name)
    assert shown == [name_bytes, b"--sample=" + os.fsencode(other), b"a " + name_bytes + b" b"]


@settings(max_examples=20, deadline=None)
@example("-rf'\n$(touch canary)\udcff")
@given(name=hostile.filter(lambda name: "/" not in name and name not in (".", "..")))
def test_a_job_writes_below_directories_of_any_name(name: str):
    recipe = Recipe("x", ("bam",), script="echo made >{output}; echo index >{scratch}/beside\n")
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / f"run{name}"
        output = Output(f"{run}/{name}", "key")
        write_scripts(Path(folder) / "job", recipe, {}, output)
        subprocess.run(["/bin/sh", f"{folder}/job/script.sh"], check=True, cwd=folder, timeout=30)

        assert {each.name for each in run.iterdir()} == {name, "beside"}
        assert not list(Path(folder).rglob(CANARY))


def test_an_argument_is_repeated_for_each_file_of_an_input():
    values = {"fastq": ("/a/1.gz", "/a/2.gz"), "cores": ("4",)}

    filled = filled_arguments(("bwa", "-t{cores}", "{fastq}", "IN={fastq}"), values)

    assert filled == ("bwa", "-t4", "/a/1.gz", "/a/2.gz", "IN=/a/1.gz", "IN=/a/2.gz")


def test_in_a_script_an_input_of_several_files_is_several_words():
    script = filled_script("#!/bin/bash\ncat {fastq} >x", {"fastq": ("/a/1", "/a 2")})

    assert script == (
        "#!/bin/bash\nseqauto_fastq_1=/a/1\nseqauto_fastq_2='/a 2'\n"
        'cat "${seqauto_fastq_1}" "${seqauto_fastq_2}" >x\n'
    )


def test_a_field_without_a_value_is_named():
    with pytest.raises(NoValueError) as caught:
        filled_arguments(("x", "{lane}"), {})

    assert caught.value.field == "lane"


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("exit 5", 5, ""),
        ("true", 74, "left no file"),
        ("ln -s /etc/passwd {output}", 74, "left no file"),
        ('echo other >"$HERE/out/made"; echo new >{output}', 73, "could not be put in its place"),
    ],
)
def test_a_file_is_put_in_its_place_only_when_it_is_whole(
    tmp_path: Path, script: str, code: int, said: str
):
    recipe = Recipe("x", ("bam",), script=script.replace("$HERE", str(tmp_path)))
    write_scripts(tmp_path / "job", recipe, {}, Output(f"{tmp_path}/out/made", "key"))

    done = subprocess.run(["/bin/sh", tmp_path / "job/script.sh"], check=False)

    assert done.returncode == code
    assert said in (tmp_path / "job/log.txt").read_text()
    left = [each.name for each in (tmp_path / "out").iterdir()]
    assert left == (["made"] if code == 73 else [])


def test_what_is_there_is_not_written_over(tmp_path: Path):
    (tmp_path / "made").write_text("old")
    recipe = Recipe("x", ("bam",), script="echo new >{output}")
    write_scripts(tmp_path / "job", recipe, {}, Output(f"{tmp_path}/made", "key"))

    done = subprocess.run(["/bin/sh", tmp_path / "job/script.sh"], check=False)

    assert (done.returncode, (tmp_path / "made").read_text()) == (73, "old")
