"""`seqauto sheet check`: judge sample sheets that need not be on a scanned disk."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.home import choose_home
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import print_json, width
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import RuleLevel, with_levels
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.parse import MAX_BYTES, parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import judge, reading_problems
from seqauto_pipeline.core.sheet.sample_sheet import ParsedSheet, SheetColumns, SheetSample
from seqauto_pipeline.core.sheet.text import read_text
from seqauto_pipeline.disk.read import ReadRefused, read_file
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.scan.setup import sheet_policy
from seqauto_pipeline.settings import HOME_VARIABLE, Settings, load_settings
from seqauto_pipeline.views.selecting import known_names
from seqauto_pipeline.views.values import Json

_SHOWN_WIDTH = 160  # characters of an offending line
_ARROW = "          > "
_NO_LEVELS: Mapping[str, RuleLevel] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """One file, read and judged."""

    file: str  # as given
    parsed: ParsedSheet | None  # None: it could not be read
    problems: tuple[Problem, ...]
    lines: Mapping[int, str]  # those that a problem names, by number

    @property
    def has_errors(self) -> bool:
        """Tell whether it must not be used as it is."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@format_option(
    "text",
    "json",
    explained="Problems for people, or a list with one object per file.",
)
@click.option("--kit", metavar="NAME", help="Use the rules that the settings have for this kit.")
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], form: str, kit: str | None) -> None:
    """Judge sample sheets before they are used.

    Every problem is listed, with its line and what to do. Exits with 1 when a sheet has an error.
    Rules, column names and the converter are those of the settings.
    """
    settings = load_settings({**os.environ, HOME_VARIABLE: str(choose_home(os.environ))})
    _require_known_kit(kit, settings)
    policy = sheet_policy(settings)
    checked = check_files(files, policy.levels_of(kit), policy.columns, policy.converter)
    if form == "json":
        print_json([_as_json(each) for each in checked])
    else:
        columns = width()
        click.echo("\n\n".join("\n".join(_text(each, columns)) for each in checked))
    ctx.exit(int(any(each.has_errors for each in checked)))


def _require_known_kit(kit: str | None, settings: Settings) -> None:
    """Refuse a mistyped kit. Where no scan has run, and so no kit is known, any will do."""
    if kit is None or kit.casefold() in map(str.casefold, settings.sheet_rules_for_kit):
        return
    try:
        with reading() as models:
            known = known_names(models, "kit")
    except (click.ClickException, SeqAutoError):
        return
    if known and kit.casefold() not in map(str.casefold, known):
        listed = f"; there are {', '.join(map(shown, known))}."
        meant = did_you_mean(kit, known, listed)
        raise click.UsageError(f"No kit is called {shown(kit)!r}{meant}")


def check_files(
    files: Iterable[str],
    levels: Mapping[str, RuleLevel] = _NO_LEVELS,
    columns: SheetColumns | None = None,
    converter: Converter | None = None,
) -> tuple[CheckedSheet, ...]:
    """Read and judge each file; one that cannot be read has a problem that says why."""
    columns = columns or SheetColumns()
    return tuple(_checked(file, levels, columns, converter) for file in files)


def _checked(
    file: str,
    levels: Mapping[str, RuleLevel],
    columns: SheetColumns,
    converter: Converter | None,
) -> CheckedSheet:
    try:
        data, _ = read_file(os.path.realpath(file), file, max_bytes=MAX_BYTES)
    except (ReadRefused, ValueError) as error:  # ValueError: a NUL in the name
        return CheckedSheet(file, None, (_unreadable(error),), {})
    parsed = parse_sample_sheet(data, columns)
    problems = with_levels(reading_problems(parsed, converter), levels)
    if parsed.sheet is not None:
        problems += judge(parsed.sheet, levels=levels, converter=converter)
    ordered = tuple(sorted(problems, key=lambda problem: problem.line or 0))
    return CheckedSheet(file, parsed, ordered, _named_lines(data, ordered))


def _unreadable(error: ReadRefused | ValueError) -> Problem:
    reason = str(error)
    if isinstance(error, ReadRefused):
        missing = error.refusal.errno_name == "ENOENT"
        reason = "there is no such file" if missing else error.refusal.reason
    return Problem(
        "SHEET_UNREADABLE",
        Severity.ERROR,
        f"The file cannot be read: {reason}",
        "Check the path, and that this user may read the file.",
    )


def _named_lines(data: bytes, problems: Iterable[Problem]) -> dict[int, str]:
    wanted = {problem.line for problem in problems if problem.line is not None}
    if not wanted:
        return {}
    lines = read_text(data).lines
    return {number: lines[number - 1] for number in wanted if number <= len(lines)}


def _as_json(checked: CheckedSheet) -> Json:
    parsed = checked.parsed
    sheet = parsed.sheet if parsed else None
    return {
        "file": checked.file,
        "format": parsed.format.value if parsed and parsed.format else None,
        "encoding": parsed.encoding if parsed else None,
        "delimiter": parsed.delimiter if parsed else None,
        "sections": list(parsed.sections) if parsed else [],
        "samples": [_sample_json(sample) for sample in sheet.samples] if sheet else [],
        "problems": [_problem_json(problem) for problem in checked.problems],
    }


def _sample_json(sample: SheetSample) -> Json:
    return {
        "lane": sample.lane,
        "sample_id": sample.sample_id,
        "sample_name": sample.sample_name,
        "sample_project": sample.sample_project,
        "sample_number": sample.sample_number,
        "index": sample.index,
        "index2": sample.index2,
    }


def _problem_json(problem: Problem) -> Json:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "fix": problem.fix,
    }


def _text(checked: CheckedSheet, columns: int | None) -> Iterator[str]:
    yield from wrapped(f"{shown(checked.file)}: {_summary(checked)}", columns)
    for problem in checked.problems:
        yield from _problem_text(problem, checked.lines, columns)


def _summary(checked: CheckedSheet) -> str:
    count = len(checked.problems)
    problems = "no problems" if not count else f"{count} problem{'s' * (count != 1)}"
    if checked.parsed is None or checked.parsed.sheet is None:
        return f"not read, {problems}"
    sheet = checked.parsed.sheet
    names = len({sample.sample_id for sample in sheet.samples})
    rows = len(sheet.samples)
    samples = f"{names} sample{'s' * (names != 1)} in {rows} row{'s' * (rows != 1)}"
    return f"{sheet.format.value}, {sheet.encoding}, {samples}, {problems}"


def _problem_text(problem: Problem, lines: Mapping[int, str], columns: int | None) -> Iterator[str]:
    line = f" line {problem.line}" if problem.line else ""
    column = f" column {shown(problem.column)}" if problem.column else ""
    head = f"{problem.severity.value} {problem.code}{line}{column}: {shown(problem.message)}."
    yield from wrapped(head, columns, first="  ")
    if problem.line is not None and problem.line in lines:
        room = _SHOWN_WIDTH if columns is None else min(columns - len(_ARROW) - 1, _SHOWN_WIDTH)
        yield f"    {problem.line:>5} | {shown(lines[problem.line], limit=room)}"
    yield from wrapped(problem.fix, columns, first=_ARROW, indent=len(_ARROW))
