"""The scripts of a job, in its directory: ``script.sh`` runs ``command.sh`` and tells the end."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, dirname

from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.jobs.backend import EXIT, LOG, SCRIPT
from seqauto_pipeline.jobs.commands import Values, filled_arguments, filled_script

COMMAND = "command.sh"
THERE_ALREADY = 73  # exit codes of our own, out of sysexits.h: EX_CANTCREAT
NOTHING_WRITTEN = 74  # EX_IOERR

_SCRATCH = ".seqauto-"  # begins the directory, beside the file, in which a job writes


@dataclass(frozen=True, slots=True)
class Output:
    """Where a job puts its file: written in a directory beside it, and renamed when whole."""

    path: str  # absolute, as the disk has it: bytes that are not UTF-8 as lone surrogates
    key: str  # of the job

    @property
    def scratch(self) -> str:
        return f"{dirname(self.path)}/{_SCRATCH}{self.key}"

    @property
    def written(self) -> str:
        return f"{self.scratch}/{basename(self.path)}"

    def values(self) -> Values:
        return {"output": (self.written,), "scratch": (self.scratch,)}


def is_scratch(path: str) -> bool:
    return basename(path).startswith(_SCRATCH)


def write_scripts(directory: Path, recipe: Recipe, values: Values, output: Output) -> None:
    """Write what a job runs. Raises NoValueError."""
    known = {**values, **output.values()}
    if recipe.script:
        command = filled_script(recipe.script, known)
    else:
        command = f"#!/bin/sh\nexec {shlex.join(filled_arguments(recipe.command, known))}\n"
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / COMMAND, command)
    _write(directory / SCRIPT, _script(directory, recipe, output))


def _write(path: Path, text: str) -> None:
    path.write_bytes(os.fsencode(text))
    path.chmod(0o750)


def _script(directory: Path, recipe: Recipe, output: Output) -> str:
    names = {
        "job": str(directory),
        "directory": dirname(output.path),
        "scratch": output.scratch,
        "part": output.written,
        "output": output.path,
    }
    set_names = "".join(f"{name}={shlex.quote(value)}\n" for name, value in names.items())
    exported = "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in recipe.environment
    )
    printed = ' >"$part"' if recipe.prints_output else ""
    return (
        f"#!/bin/sh\n# Makes one {recipe.file_type}; written by seqauto.\n"
        f"{set_names}{_BEGIN}{exported}"
        f'"$job/{COMMAND}"{printed}\n{_END}'
    )


_BEGIN = f"""\
exec >>"$job/{LOG}" 2>&1 </dev/null
now() {{
    date -u +%Y-%m-%dT%H:%M:%S+00:00
}}
began=$(now)
finish() {{
    cd /
    rm -rf -- "$scratch"
    host=$(uname -n | tr -cd 'A-Za-z0-9._-')
    printf '{{"exit_code": %d, "host": "%s", "began": "%s", "ended": "%s"}}\\n' \\
        "$1" "$host" "$began" "$(now)" >"$job/{EXIT}.part"
    mv -f -- "$job/{EXIT}.part" "$job/{EXIT}"
    exit "$1"
}}
if [ -e "$output" ] || [ -L "$output" ]; then
    echo "seqauto: the file is there already, and is not written over: $output"
    finish {THERE_ALREADY}
fi
if ! mkdir -p -- "$scratch" || ! cd "$scratch"; then
    finish {THERE_ALREADY}
fi
"""

_END = f"""\
code=$?
if [ "$code" -ne 0 ]; then
    finish "$code"
fi
if [ ! -f "$part" ] || [ -L "$part" ]; then
    echo "seqauto: the command ended well, and left no file: $part"
    finish {NOTHING_WRITTEN}
fi
for beside in "$scratch"/*; do
    if [ -f "$beside" ] && [ "$beside" != "$part" ]; then
        mv -n -- "$beside" "$directory/"
    fi
done
mv -n -- "$part" "$output"
if [ -e "$part" ]; then
    echo "seqauto: the file could not be put in its place: $output"
    finish {THERE_ALREADY}
fi
finish 0
"""
