"""`seqauto metadata`: what a run's XML files say, on a scanned disk or elsewhere."""

import datetime as dt
import json
import os
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.inputs.problems import problem_json, problem_text
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import width
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.metadata.instruments import model_of
from seqauto_pipeline.core.metadata.run_completion import RunCompletion, parse_run_completion
from seqauto_pipeline.core.metadata.run_facts import RunFacts, derive_run_facts
from seqauto_pipeline.core.metadata.run_info import ReadInfo, RunInfo, parse_run_info
from seqauto_pipeline.core.metadata.run_parameters import RunParameters, parse_run_parameters
from seqauto_pipeline.core.metadata.run_xml import MAX_BYTES, METADATA, read_xml
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.disk.read import ReadRefused, read_file, refusal_of

_MAX_DEPTH = 3  # directories below the argument; layouts keep the files at most this deep
# In lower case.
_RUN_INFO, _RUN_PARAMETERS = "runinfo.xml", "runparameters.xml"
_RUN_COMPLETION = "runcompletionstatus.xml"


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
    outcome: str | None = None  # of the run, as its RunCompletionStatus.xml has it
    completion_status: str | None = None  # the instrument's own word for it
    completion_error: str | None = None
    progress: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """What one file turned out to be: at most one of the three."""

    info: RunInfo | None = None
    parameters: RunParameters | None = None
    completion: RunCompletion | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Found:
    """The first file of each kind below a directory, and what could not be listed."""

    files: dict[str, Path] = field(default_factory=dict)
    completions: list[Path] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def of_one_run(self) -> tuple[Path, ...]:
        """Give the files of the run; of its end the one that lies beside another, if any does."""
        beside = {path.parent for path in self.files.values()}
        ends = [each for each in self.completions if not beside or each.parent in beside]
        return (*self.files.values(), *ends[:1])


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="DIR|FILE...")
@format_option(
    "text",
    "json",
    explained="Lines for people, or a list with one object per argument.",
)
@click.pass_context
def metadata(ctx: click.Context, paths: tuple[str, ...], form: str) -> None:
    """Show what RunInfo, RunParameters and RunCompletionStatus say.

    Of a FILE its own facts; of a run folder, DIR, what its files and its name say together. Exits
    with 1 when something cannot be read as metadata.
    """
    described = tuple(_describe(path) for path in paths)
    if form == "json":
        click.echo(json.dumps([_as_json(each) for each in described], indent=2))
    else:
        click.echo("\n\n".join("\n".join(_lines(each, width())) for each in described))
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
    read = _read(path, path.name)
    problems = tuple(replace(each, severity=Severity.ERROR) for each in read.problems)
    described = _Described(argument, problems=problems)  # of a file that is none of the three
    if read.info is not None:
        described = _of_run_info(argument, read.info, read.problems)
    if read.parameters is not None:
        described = _of_run_parameters(argument, read.parameters, read.problems)
    if read.completion is not None:
        described = _with_end(_Described(argument, problems=read.problems), read.completion)
    return described


def _with_end(described: _Described, completion: RunCompletion | None) -> _Described:
    if completion is None:
        return described
    return replace(
        described,
        outcome=completion.outcome.value,
        completion_status=completion.status,
        completion_error=completion.description,
        progress=completion.progress,
    )


def _read(path: Path, below: str) -> _Read:
    """Read a file as what its root tag says it is; its name counts where there is none."""
    try:
        data, _ = read_file(str(path), below, max_bytes=MAX_BYTES)
    except ReadRefused as refused:
        return _Read(problems=(_unreadable(refused.refusal.path, refused.refusal.reason),))
    info, about_info = parse_run_info(data)
    parameters, about_parameters = parse_run_parameters(data)
    completion, about_completion = parse_run_completion(data)
    if info is not None:
        return _Read(info=info, problems=about_info)
    if parameters is not None:
        return _Read(parameters=parameters, problems=about_parameters)
    if completion is not None:
        return _Read(completion=completion, problems=about_completion)
    about = {
        _RUN_INFO: about_info,
        _RUN_PARAMETERS: about_parameters,
        _RUN_COMPLETION: about_completion,
    }
    return _Read(problems=_why_none(data, path.name.casefold(), about))


def _why_none(
    data: bytes, name: str, about: Mapping[str, tuple[Problem, ...]]
) -> tuple[Problem, ...]:
    """Say why a file is none of the three: as that one which its root, or else its name, says."""
    of_its_root = [each for each in about.values() if not each[-1].code.endswith("_WRONG_ROOT")]
    if not of_its_root:
        return (_none_of_them(about[_RUN_INFO][-1]),)
    if len(of_its_root) == 1:
        return of_its_root[0]
    kinds = (kind for kind in about if name.startswith(kind.removesuffix(".xml")))
    return next((about[kind] for kind in kinds), read_xml(data, METADATA)[1])


def _none_of_them(as_run_info: Problem) -> Problem:
    begins, _, _ = as_run_info.message.partition(", ")
    return Problem(
        "METADATA_WRONG_ROOT",
        Severity.ERROR,
        f"{begins}, <RunInfo>, <RunParameters> or <RunCompletionStatus> was expected",
        "Give one of the run's XML files, or the run folder that holds them.",
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
    info, parameters, completion = None, None, None
    paths = found.of_one_run()
    problems = () if paths else _nothing_found(found)
    for path in paths:
        below = str(path.relative_to(folder))
        read = _read(path, below)
        info, parameters = info or read.info, parameters or read.parameters
        completion = completion or read.completion
        problems += tuple(replace(problem, path=below) for problem in read.problems)
    facts, about_run = derive_run_facts(folder.name, info, parameters)
    described = _described(argument, facts, facts.model, facts.date, problems + about_run)
    return _with_end(_with_software(described, facts), completion)


def _search(top: Path) -> _Found:
    """Look for RunInfo and RunParameters, the nearest to the top first, in the order of names.

    The second counts only beside or below the first: elsewhere it is of another run. How the run
    ended is said beside them, or in a folder that was looked into on the way.
    """
    found, waiting = _Found(), deque([(top, 0)])
    while waiting and len(found.files) < 2:
        folder, depth = waiting.popleft()
        for path, is_folder in _entries(folder, found):
            name = path.name.casefold()
            if name in (_RUN_INFO, _RUN_PARAMETERS):
                if all(path.is_relative_to(other.parent) for other in found.files.values()):
                    found.files.setdefault(name, path)
            elif name == _RUN_COMPLETION:
                found.completions.append(path)
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
        f"no RunInfo.xml, RunParameters.xml or RunCompletionStatus.xml was found down to "
        f"{_MAX_DEPTH} directories below",
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
    problems = [problem_json(problem) for problem in described.problems]
    # The JSON has its fields in the order of the class, with `reads` where that has it.
    return dict(_facts(described)) | {"reads": reads, "problems": problems}


def _facts(described: _Described) -> Iterator[tuple[str, object]]:
    for each in fields(described):
        if each.name != "problems":
            yield each.name, getattr(described, each.name)


def _lines(described: _Described, columns: int | None) -> Iterator[str]:
    yield from wrapped(shown(described.file), columns, whole_words=True)
    for name, value in _facts(described):
        if name == "file" or value is None or value == ():
            continue
        text = _reads_text(described.reads) if name == "reads" else str(value)
        head = f"  {name.replace('_', ' '):<20}"
        yield from wrapped(shown(text), columns, head, len(head))
    for problem in described.problems:
        yield from wrapped(shown(problem_text(problem)), columns, first="  ")


def _reads_text(reads: tuple[ReadInfo, ...]) -> str:
    return " + ".join(f"{read.cycles}{' index' * read.is_index}" for read in reads)
