"""`seqauto sheet log` and `seqauto sheet diff`: the versions of a run's sample sheet."""

import difflib
import zlib
from collections.abc import Iterator

import click

from seqauto_pipeline.cli.models_db import Models, iso, one_run, reading
from seqauto_pipeline.cli.tables import (
    FORMATS,
    Column,
    Json,
    Value,
    print_csv,
    print_json,
    print_table,
)
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.sheet.changes import SheetDifference, compare_sheets
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline.db.models import SampleSheet, Scan, SequencingRun
from seqauto_pipeline.db.queries.runs import samples_of, sheet_versions
from seqauto_pipeline.db.stored_samples import sheet_sample

_CSV_HEAD = ("version", "current", "hash", "format", "samples", "rows", "first_seen", "scan")
_COLUMNS = (
    Column("Version", is_number=True),
    Column(""),
    Column("First seen", is_name=True),
    Column("Scan", is_number=True),
    Column("Format"),
    Column("Samples", is_number=True),
    Column("Rows", is_number=True),
    Column("MD5", is_name=True),
)


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def log(*, run_name: str, form: str) -> None:
    """List the versions of a run's sample sheet."""
    with reading() as models:
        run = one_run(models, run_name)
        versions = sheet_versions(models.session, run.id)
        rows = [_log_row(models, sheet, scan) for sheet, scan in versions]
        if form == "json":
            print_json([dict(zip(_CSV_HEAD, row, strict=True)) for row in rows])
        elif form == "csv":
            print_csv((_CSV_HEAD, *rows))
        elif not rows:
            click.echo(f"{shown(run.name)} never had a sample sheet that could be read.")
        else:
            print_table(
                _COLUMNS, [_text_row(models, *each) for each in zip(versions, rows, strict=True)]
            )


@click.command()
@click.argument("run_name", metavar="RUN")
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def diff(*, run_name: str, old: int | None, new: int | None, form: str) -> None:
    """Show what changed between two versions.

    OLD and NEW are version numbers of `seqauto sheet log RUN`; without them: the last two. With OLD
    alone: from that one to the current one.
    """
    with reading() as models:
        run = one_run(models, run_name)
        before, after = _chosen(models, run, old, new)
        difference = compare_sheets(_samples(models, before), _samples(models, after))
        if form == "json":
            print_json(_as_json(run, before, after, difference))
        else:
            _print_difference(run, before, after, difference)


def _log_row(models: Models, sheet: SampleSheet, scan: Scan) -> tuple[Value, ...]:
    rows = samples_of(models.session, (sheet.id,))
    return (
        sheet.version,
        sheet.is_current,
        sheet.md5,
        sheet.format,
        len({row.sample_name for row in rows}),
        len(rows),
        iso(scan.as_of or scan.started_at),
        scan.id,
    )


def _text_row(
    models: Models, version: tuple[SampleSheet, Scan], row: tuple[Value, ...]
) -> tuple[Value, ...]:
    sheet, scan = version
    mark = "current" if sheet.is_current else ""
    seen = models.local(scan.as_of or scan.started_at)
    return (sheet.version, mark, seen, scan.id, sheet.format, row[4], row[5], sheet.md5)


def _chosen(
    models: Models, run: SequencingRun, old: int | None, new: int | None
) -> tuple[SampleSheet, SampleSheet]:
    versions = {sheet.version: sheet for sheet, _ in sheet_versions(models.session, run.id)}
    if len(versions) < 2 and old is None:
        raise click.ClickException(
            f"{shown(run.name)} has {counted(len(versions), 'version')} of its sample sheet: "
            "there is nothing to compare."
        )
    current = next(
        (each.version for each in versions.values() if each.is_current), max(versions, default=0)
    )
    after = current if new is None else new
    before = max((each for each in versions if each < after), default=after) if old is None else old
    for number in (before, after):
        if number not in versions:
            known = ", ".join(map(str, versions)) or "none"
            raise click.UsageError(
                f"{shown(run.name)} has no sheet version {number}; there is {known}."
            )
    return versions[before], versions[after]


def _samples(models: Models, sheet: SampleSheet) -> tuple[SheetSample, ...]:
    return tuple(sheet_sample(row) for row in samples_of(models.session, (sheet.id,)))


def _print_difference(
    run: SequencingRun, before: SampleSheet, after: SampleSheet, difference: SheetDifference
) -> None:
    click.echo(f"{shown(run.name)}: version {before.version} to version {after.version}")
    for line in difference.lines:
        click.echo(f"  {line}")
    if not difference.lines:
        click.echo("  No sample changed; the text did:")
        for line in _text_difference(before, after):
            click.echo(f"  {shown(line)}")


def _text_difference(before: SampleSheet, after: SampleSheet) -> Iterator[str]:
    old, new = _text_of(before).splitlines(), _text_of(after).splitlines()
    if old == new:
        yield "(only in its encoding or line ends)"
    names = (f"version {before.version}", f"version {after.version}")
    yield from difflib.unified_diff(old, new, *names, n=1, lineterm="")


def _text_of(sheet: SampleSheet) -> str:
    """Decode a stored sheet. A byte that its encoding does not know is shown, not refused."""
    encoding = str(sheet.facts.get("encoding") or "utf-8")
    data = zlib.decompress(sheet.content)
    try:
        return data.decode(encoding, errors="backslashreplace")
    except LookupError:
        return data.decode("latin-1")


def _as_json(
    run: SequencingRun, before: SampleSheet, after: SampleSheet, difference: SheetDifference
) -> Json:
    return {
        "sequencing_run": run.name,
        "old": before.version,
        "new": after.version,
        "meaningful": difference.meaningful,
        "added": list(difference.added),
        "removed": list(difference.removed),
        "changes": [
            {
                "sample_name": change.sample_name,
                "field": change.field,
                "old": change.old,
                "new": change.new,
                "meaningful": change.meaningful,
            }
            for change in difference.changes
        ],
        "text": list(_text_difference(before, after)),
    }
