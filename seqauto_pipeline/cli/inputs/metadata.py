"""`seqauto metadata`: what RunInfo and RunParameters say, on a scanned disk or elsewhere."""

import datetime as dt
import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import click

from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.metadata.instruments import model_of
from seqauto_pipeline.core.metadata.run_facts import RunFacts, derive_run_facts
from seqauto_pipeline.core.metadata.run_info import ReadInfo, RunInfo, parse_run_info
from seqauto_pipeline.core.metadata.run_parameters import RunParameters, parse_run_parameters
from seqauto_pipeline.core.metadata.run_xml import MAX_BYTES, METADATA, read_xml
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.disk.read import ReadRefused, read_file, refusal_of

_MAX_DEPTH = 3  # directories below the argument; layouts keep the files at most this deep
_RUN_INFO, _RUN_PARAMETERS = "runinfo.xml", "runparameters.xml"  # in lower case


@dataclass(frozen=True, slots=True)
class _Described:
    """What was read for one argument. The names of the fields are those of the JSON."""

    file: str
    run_id: str | None = None
    run_number: int | None = None
    instrument: str | None = None
    model: str | None = None
    flowcell: str | None = None
    date: str | None = None
    reads: tuple[ReadInfo, ...] = ()
    lanes: int | None = None
    experiment: str | None = None
    application: str | None = None
    application_version: str | None = None
    rta_version: str | None = None
    chemistry: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Found:
    """The first file of each kind below a directory, and what could not be listed."""

    files: dict[str, Path] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="DIR|FILE...")
@format_option(
    "text",
    "json",
    explained="Lines for people, or a list with one object per argument.",
)
@click.pass_context
def metadata(ctx: click.Context, paths: tuple[str, ...], form: str) -> None:
    """Show what RunInfo and RunParameters say.

    Of a FILE its own facts; of a run folder, DIR, what both files and its name say together. Exits
    with 1 when something cannot be read as metadata.
    """
    described = tuple(_describe(path) for path in paths)
    if form == "json":
        click.echo(json.dumps([_as_json(each) for each in described], indent=2))
    else:
        click.echo("\n\n".join("\n".join(_lines(each)) for each in described))
    problems = (problem for each in described for problem in each.problems)
    ctx.exit(int(any(problem.severity is Severity.ERROR for problem in problems)))


def _describe(argument: str) -> _Described:
    path = Path(os.path.realpath(argument))
    if not os.path.exists(path):  # noqa: PTH110  (Path.exists raises where it may not look)
        missing = Problem(
            "METADATA_NOT_FOUND",
            Severity.ERROR,
            "there is no such file or directory, or it may not be seen",
            "Check the path, and that this user may enter each directory on it.",
        )
        return _Described(argument, problems=(missing,))
    return _of_folder(argument, path) if path.is_dir() else _of_file(argument, path)


def _of_file(argument: str, path: Path) -> _Described:
    info, parameters, problems = _read(path, path.name)
    if info is not None:
        return _of_run_info(argument, info, problems)
    if parameters is not None:
        return _of_run_parameters(argument, parameters, problems)
    return _Described(argument, problems=problems)


def _read(
    path: Path, below: str
) -> tuple[RunInfo | None, RunParameters | None, tuple[Problem, ...]]:
    """Read a file as what its root tag says it is; its name counts where there is none."""
    try:
        data, _ = read_file(str(path), below, max_bytes=MAX_BYTES)
    except ReadRefused as refused:
        return None, None, (_unreadable(refused.refusal.path, refused.refusal.reason),)
    info, about_info = parse_run_info(data)
    if info is not None:
        return info, None, about_info
    parameters, about_parameters = parse_run_parameters(data)
    if parameters is not None:
        return None, parameters, about_parameters
    return None, None, _why_neither(data, path.name.casefold(), about_info, about_parameters)


def _why_neither(
    data: bytes,
    name: str,
    about_info: tuple[Problem, ...],
    about_parameters: tuple[Problem, ...],
) -> tuple[Problem, ...]:
    has_other_root = about_parameters[-1].code == "RUN_PARAMETERS_WRONG_ROOT"
    if has_other_root and about_info[-1].code == "RUN_INFO_WRONG_ROOT":
        return (_neither(about_info[-1]),)
    if has_other_root or name.startswith("runinfo"):
        return about_info
    return about_parameters if name.startswith("runparameters") else read_xml(data, METADATA)[1]


def _neither(as_run_info: Problem) -> Problem:
    begins, _, _ = as_run_info.message.partition(", ")
    return Problem(
        "METADATA_WRONG_ROOT",
        Severity.ERROR,
        f"{begins}, <RunInfo> or <RunParameters> was expected",
        "Give a RunInfo.xml or RunParameters.xml, or the run folder that holds them.",
    )


def _of_run_info(argument: str, info: RunInfo, problems: tuple[Problem, ...]) -> _Described:
    return _described(argument, info, model_of(info.instrument or ""), info.date, problems)


def _of_run_parameters(
    argument: str, parameters: RunParameters, problems: tuple[Problem, ...]
) -> _Described:
    model, date = model_of(parameters.instrument or ""), parameters.start_date
    return _with_software(_described(argument, parameters, model, date, problems), parameters)


def _described(
    argument: str,
    told: RunInfo | RunParameters | RunFacts,
    model: str | None,
    date: dt.date | None,
    problems: tuple[Problem, ...],
) -> _Described:
    return _Described(
        file=argument,
        run_id=told.run_id,
        run_number=told.run_number,
        instrument=told.instrument,
        model=model,
        flowcell=told.flowcell,
        date=date.isoformat() if date else None,
        reads=told.reads,
        lanes=told.lanes,
        problems=problems,
    )


def _with_software(described: _Described, told: RunParameters | RunFacts) -> _Described:
    """Add what RunInfo does not tell."""
    return replace(
        described,
        experiment=told.experiment,
        application=told.application,
        application_version=told.application_version,
        rta_version=told.rta_version,
        chemistry=told.chemistry,
    )


def _of_folder(argument: str, folder: Path) -> _Described:
    found = _search(folder)
    info, parameters, problems = None, None, () if found.files else _nothing_found(found)
    for path in found.files.values():
        below = str(path.relative_to(folder))
        an_info, some_parameters, about = _read(path, below)
        info, parameters = info or an_info, parameters or some_parameters
        problems += tuple(replace(problem, path=below) for problem in about)
    facts, about_run = derive_run_facts(folder.name, info, parameters)
    described = _described(argument, facts, facts.model, facts.date, problems + about_run)
    return _with_software(described, facts)


def _search(top: Path) -> _Found:
    """Look for both files, the nearest to the top first, in the order of names.

    The second counts only beside or below the first: elsewhere it is of another run.
    """
    found, waiting = _Found(), deque([(top, 0)])
    while waiting and len(found.files) < 2:
        folder, depth = waiting.popleft()
        for path, is_folder in _entries(folder, found):
            name = path.name.casefold()
            if name in (_RUN_INFO, _RUN_PARAMETERS):
                if all(path.is_relative_to(other.parent) for other in found.files.values()):
                    found.files.setdefault(name, path)
            elif is_folder and depth < _MAX_DEPTH:
                waiting.append((path, depth + 1))
    return found


def _entries(folder: Path, found: _Found) -> list[tuple[Path, bool]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (Path(entry.path), entry.is_dir(follow_symlinks=False)) for entry in entries
            )
    except OSError as error:
        refusal = refusal_of(str(folder), "", error)
        found.refused.append(_unreadable(refusal.path, refusal.reason))
        return []


def _nothing_found(found: _Found) -> tuple[Problem, ...]:
    nothing = Problem(
        "METADATA_NOT_FOUND",
        Severity.ERROR,
        f"no RunInfo.xml or RunParameters.xml was found down to {_MAX_DEPTH} directories below",
        "Give the run folder itself, or the file.",
    )
    return (nothing, *found.refused)


def _unreadable(path: str, reason: str) -> Problem:
    return Problem(
        "METADATA_UNREADABLE",
        Severity.ERROR,
        f"{path} cannot be read: {reason}",
        "Make it readable for this user, then try again.",
    )


def _as_json(described: _Described) -> dict[str, object]:
    reads = [
        {"number": read.number, "cycles": read.cycles, "is_index": read.is_index}
        for read in described.reads
    ]
    problems = [
        {
            "code": problem.code,
            "severity": problem.severity.value,
            "path": problem.path,
            "line": problem.line,
            "message": problem.message,
            "fix": problem.fix,
        }
        for problem in described.problems
    ]
    # The JSON has its fields in the order of the class, with `reads` where that has it.
    return dict(_facts(described)) | {"reads": reads, "problems": problems}


def _facts(described: _Described) -> Iterator[tuple[str, object]]:
    for each in fields(described):
        if each.name != "problems":
            yield each.name, getattr(described, each.name)


def _lines(described: _Described) -> Iterator[str]:
    yield shown(described.file)
    for name, value in _facts(described):
        if name == "file" or value is None or value == ():
            continue
        text = _reads_text(described.reads) if name == "reads" else str(value)
        yield f"  {name.replace('_', ' '):<20}{shown(text)}"
    yield from (f"  {shown(_problem_text(problem))}" for problem in described.problems)


def _problem_text(problem: Problem) -> str:
    where = f" {problem.path}:" if problem.path else ""
    line = f", line {problem.line}" if problem.line else ""
    tag = f"[{problem.code}{line}]"
    return f"{problem.severity.value}{where} {problem.message}. {problem.fix} {tag}"


def _reads_text(reads: tuple[ReadInfo, ...]) -> str:
    return " + ".join(f"{read.cycles}{' index' * read.is_index}" for read in reads)
