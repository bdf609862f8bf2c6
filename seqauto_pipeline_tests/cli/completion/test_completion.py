"""What a shell is offered, and how little it takes."""

import json
import os
import subprocess
import sys
from importlib.resources import files

import pytest

from seqauto_pipeline.cli.completion.declared import declared
from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb, empty_database, models_db, seqauto

__all__ = ["empty_database", "models_db", "seqauto"]

_HEAVY = {"dagster", "pandas", "sqlalchemy", "pydantic", "rich"}
_PROGRAM = (
    "import sys, resource\n"
    "sys.argv[0] = 'seqauto'\n"
    "from seqauto_pipeline.cli.main import main\n"
    "try:\n"
    "    main(prog_name='seqauto')\n"
    "finally:\n"
    f"    print(*{_HEAVY} & set(sys.modules), file=sys.stderr)\n"
)


def _offered(models_db: ModelsDb, line: str, shell: str = "bash") -> set[str]:
    """Ask for completions as a shell does; the last word of a line is the one to complete."""
    words = line.split(" ")
    environ = {
        **os.environ,
        "DAGSTER_HOME": str(models_db.home),
        "_SEQAUTO_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1) if shell != "fish" else words[-1],
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environ, capture_output=True, text=True, check=False
    )
    is_file = "SEQAUTO_DATABASE_URL" not in environ  # a server is asked with what that takes
    allowed: set[str] = set() if is_file else _HEAVY
    assert set(done.stderr.split()) <= allowed, "heavy imports, or complaints"
    lines = done.stdout.split("\n")
    if shell == "zsh":
        return {value for kind, value in zip(lines[::3], lines[1::3], strict=False) if kind}
    return {each.split(",", 1)[1].split("\t")[0] for each in lines if "," in each}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("seqauto ex", {"explain", "export"}),
        ("seqauto scans s", {"show"}),
        ("seqauto files --st", {"--state"}),
        ("seqauto files --state de", {"deleted"}),
        ("seqauto files --run 2009", {EXOME}),
        ("seqauto run 2009", {EXOME}),
        ("seqauto runs --kit idt_h", {"idt_haem"}),
        ("seqauto files --type b", {"bam"}),
        ("seqauto export --sample S", {"S0", "S1", "S2"}),
        ("seqauto diff --format j", {"json"}),
    ],
)
def test_commands_options_and_names_are_offered(
    models_db: ModelsDb, line: str, expected: set[str]
) -> None:
    assert _offered(models_db, line) == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_offered_the_same(models_db: ModelsDb, shell: str) -> None:
    assert _offered(models_db, "seqauto runs --kit idt_h", shell) == {"idt_haem"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_to_load(shell: str) -> None:
    environ = {**os.environ, "_SEQAUTO_COMPLETE": f"{shell}_source"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environ, capture_output=True, text=True, check=False
    )

    assert "_SEQAUTO_COMPLETE" in done.stdout


@pytest.mark.sqlite
def test_without_a_database_nothing_is_offered_and_nothing_is_said(
    models_db: ModelsDb,
) -> None:
    (models_db.home / "seqauto.db").unlink()

    assert _offered(models_db, "seqauto runs --kit ") == set()


def test_what_shells_complete_is_what_commands_declare() -> None:
    text = files("seqauto_pipeline.cli.completion").joinpath("declared.json").read_text("utf-8")

    assert json.loads(text) == json.loads(json.dumps(declared(main))), (
        "an option has changed: run script/write_completion"
    )
