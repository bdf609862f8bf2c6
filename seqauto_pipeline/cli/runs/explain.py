"""`seqauto explain`: why a file is expected, where a scan looked, and what is there instead."""

import os
from collections.abc import Iterator, Sequence
from posixpath import basename, dirname

import click

from seqauto_pipeline.cli.models_db import (
    Models,
    escaped_absolute,
    moment_of,
    one_run,
    reading,
    unknown_run,
)
from seqauto_pipeline.cli.runs.evidence import Evidence, gather
from seqauto_pipeline.cli.tables import state_word
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.expectation.candidates import Candidate
from seqauto_pipeline.core.expectation.near_names import Difference, NearName, nearest_names
from seqauto_pipeline.core.expectation.samples import ExpectedSample
from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.core.layout import Per, fields_of
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.history import files_at, scans_by_id
from seqauto_pipeline.db.queries.runs import (
    FileFilter,
    FileRow,
    file_types,
    files_of,
    names_of_sample,
    run_folder,
    run_that_holds,
    runs_by_id,
    runs_with_samples,
)

_STATES = {
    DataState.COMPLETE: "it was found",
    DataState.NON_EXISTENT: "it was not found, and no scan ever saw it",
    DataState.DELETED: "an earlier scan saw it, and it was gone when the last one looked",
    DataState.SKIPPED: "its run is skipped, or its sample is a control or failed",
    DataState.RUNNING: "a job that makes it has been launched and has not ended",
    DataState.ERROR: "it is there, and could not be read or cannot be right",
}
_RUN_STATES = {
    RunState.COMPLETE: "",
    RunState.INCOMPLETE: "no file is expected of a run before its completion marker is there",
    RunState.SKIPPED: "scans leave the run alone",
    RunState.DELETED: "the run folder was gone when the last scan looked",
    RunState.ERROR: "no file is expected of a run whose sheet was never readable",
}
_PER = {
    Per.RUN: "of the whole run",
    Per.SAMPLE: "one for each sample",
    Per.READ: "one for each read of a sample",
    Per.FILE: "one for each file that it is made from",
}
_DIFFERENCES = {
    Difference.CASE: "upper and lower case",
    Difference.SEPARATORS: "- _ . or blanks",
    Difference.ILLUMINA_PARTS: "Illumina's _S1, _L001 or _001",
    Difference.COMPRESSION: "the ending .gz or the like",
    Difference.READ: "R1 or 1 for the read",
    Difference.SIMILAR: "only looks alike",
}


@click.command()
@click.argument("what", metavar="PATH|SAMPLE")
@click.argument("file_type", metavar="[TYPE]", required=False)
@click.option("--run", "run_name", metavar="RUN", help="The run, for a sample in several.")
def explain(*, what: str, file_type: str | None, run_name: str | None) -> None:
    """Tell why a file is expected, and where we looked.

    Either the PATH of a file, or a SAMPLE (name or id) with the TYPE of one of its files.
    """
    with reading() as models:
        if file_type is None:
            _explain_path(models, escaped_absolute(what))
        else:
            _explain_sample(models, what, file_type, run_name)


def _explain_path(models: Models, path: str) -> None:
    run = run_that_holds(models.session, path)
    if run is None:
        raise click.UsageError(
            f"{shown(path)} lies in no sequencing run that is known. {unknown_run(models, path)}\n"
            "For a file of a sample give the sample and the type: seqauto explain SAMPLE TYPE"
        )
    relative = path[len(run_folder(run)) + 1 :]
    if not relative:
        raise click.UsageError(
            f"{shown(path)} is a run folder; all of it is shown by: seqauto run {shown(run.name)}"
        )
    evidence = gather(models, run)
    ids = set(files_at(models.session, run.id, relative))
    files = files_of(models.session, (run.id,), FileFilter(retired=None))
    chosen = [file for file in files if file.id in ids]
    for file in chosen:
        _print_file(models, evidence, file)
    if not chosen:
        _print_not_expected(models, evidence, relative, files)


def _explain_sample(models: Models, what: str, file_type: str, run_name: str | None) -> None:
    names = names_of_sample(models.session, what)
    if not names:
        raise click.UsageError(
            f"No sheet names a sample {shown(what)!r}. Its name or id is as in the sheet; "
            "the samples of a run: seqauto run RUN"
        )
    run = _run_of_sample(models, what, names, run_name)
    evidence = gather(models, run)
    wanted = FileFilter(types=(file_type,), samples=names, retired=None)
    files = files_of(models.session, (run.id,), wanted)
    for file in files:
        _print_file(models, evidence, file)
    if not files:
        _print_no_record(models, evidence, names, file_type)


def _run_of_sample(
    models: Models, what: str, names: Sequence[str], run_name: str | None
) -> SequencingRun:
    if run_name is not None:
        return one_run(models, run_name)
    runs = runs_by_id(models.session, sorted(runs_with_samples(models.session, names)))
    if len(runs) == 1:
        return runs[0]
    places = "\n".join(f"  {shown(run_folder(run))}" for run in runs)
    raise click.UsageError(
        f"Sample {shown(what)!r} is in {len(runs)} sequencing runs; say which with --run:\n{places}"
    )


def _print_file(models: Models, evidence: Evidence, file: FileRow) -> None:
    click.secho(shown(f"{run_folder(evidence.run)}/{file.path}"), bold=True)
    _line("state", _state_words(file))
    _line("type", _type_words(evidence, file.file_type))
    _print_sheet_rows(evidence, file)
    _line("seen", _seen_words(models, file))
    _print_run_state(evidence)
    sample = evidence.sample_of(file)
    if sample is not None:
        _print_candidates(evidence, file, sample)
    _print_looking(models, evidence, file.path)
    if file.data_state in (DataState.NON_EXISTENT, DataState.DELETED):
        _print_near(models, evidence, file.path)
        _print_now(evidence, file.path)
    click.echo()


def _line(name: str, words: str) -> None:
    click.echo(f"  {name:<12} {words}")


def _more(words: str) -> None:
    click.echo(f"  {'':<12} {words}")


def _state_words(file: FileRow) -> str:
    reason = f" ({shown(file.reason)})" if file.reason else ""
    retired = "; retired: no row of the current sheet asks for it" if file.retired else ""
    meaning = next((words for state, words in _STATES.items() if state == file.data_state), "")
    return f"{state_word(file.data_state)}{reason}: {meaning}{retired}"


def _type_words(evidence: Evidence, name: str) -> str:
    found = evidence.file_type(name)
    if found is None:
        return f"{shown(name)} (layout {shown(evidence.run.layout)} cannot be read now)"
    optional = ", recorded when it is there, never missed" if found.expect == "if_present" else ""
    return f"{name}, {_PER[found.per]} (layout {evidence.run.layout}){optional}"


def _print_sheet_rows(evidence: Evidence, file: FileRow) -> None:
    sheet = evidence.sheet
    if sheet is None:
        _line("sheet", "the run has no sample sheet that could be read")
        return
    if file.sample_name is None:
        _line(
            "sheet", f"a file of the whole run: {shown(sheet.path)} only says that it has samples"
        )
        return
    rows = [row for row in evidence.rows if row.sample_name == file.sample_name]
    if not rows:
        _line("sheet", f"no row of {shown(sheet.path)} version {sheet.version} names its sample")
    for row in rows:
        facts = (
            ("sample_id", row.sample_id),
            ("sample_name", row.sample_name),
            ("lane", row.lane),
            ("index", row.index),
            ("index2", row.index2),
            ("kit", row.enrichment_kit),
        )
        words = ", ".join(f"{name} {value}" for name, value in facts if value is not None)
        _line(
            "sheet", f"{shown(sheet.path)} version {sheet.version}, line {row.line}: {shown(words)}"
        )


def _seen_words(models: Models, file: FileRow) -> str:
    if file.first_seen_scan_id is None:
        return "never, by any scan"
    scans = scans_by_id(
        models.session,
        [each for each in (file.first_seen_scan_id, file.last_seen_scan_id) if each is not None],
    )
    times = [
        f"{word} scan {number} ({models.local(scans[number].as_of)})"
        for word, number in (("first", file.first_seen_scan_id), ("last", file.last_seen_scan_id))
        if number is not None and number in scans
    ]
    where = f", at {shown(file.seen_path)}" if file.seen_path else ""
    return ", ".join(times) + where


def _print_run_state(evidence: Evidence) -> None:
    run = evidence.run
    if run.data_state != RunState.COMPLETE:
        reason = f", {shown(run.state_reason)}" if run.state_reason else ""
        _line(
            "run", f"{state_word(run.data_state)}{reason}: {_RUN_STATES[RunState(run.data_state)]}"
        )


def _print_candidates(evidence: Evidence, file: FileRow, sample: ExpectedSample) -> None:
    """List the patterns in their order of preference: what each gives, and what was there."""
    file_type = evidence.type_for(sample, file.file_type)
    if file_type is None:
        return
    usable = {each.pattern: each for each in evidence.candidates(file_type, sample)}
    _line("candidates", "in the order of the layout")
    for number, pattern in enumerate(file_type.patterns, 1):
        candidate = usable.get(pattern)
        if candidate is None:
            _more(f"{number}. {pattern}")
            _more(f"   not usable: {_why_not_usable(pattern, sample)}")
        else:
            _print_candidate(evidence, file, number, candidate)


def _print_candidate(evidence: Evidence, file: FileRow, number: int, candidate: Candidate) -> None:
    _more(f"{number}. {candidate.pattern}")
    for place in candidate.paths:
        if (place.read or file.read) == file.read and (place.lane or file.lane) == file.lane:
            chosen = ", chosen" if place.path == file.path else ""
            _more(f"   {shown(place.path)}: {evidence.presence(place.path)}{chosen}")


def _why_not_usable(pattern: str, sample: ExpectedSample) -> str:
    if not sample.can_be_named:
        return "the sample's id or name cannot stand safely in a path"
    values = {
        "sample_project": sample.sample_project,
        "enrichment_kit": sample.enrichment_kit,
        "lane": any(row.lane is not None for row in sample.rows) or None,
        "lane_code": any(row.lane is not None for row in sample.rows) or None,
        "index": all(row.index for row in sample.rows) or None,
        "index2": all(row.index2 for row in sample.rows) or None,
        "newest": None,
    }
    lacking = sorted(name for name in fields_of(pattern) if name in values and values[name] is None)
    fields = " and ".join(f"{{{name}}}" for name in lacking)
    return f"{fields or 'one of its fields'} has no value here"


def _print_looking(models: Models, evidence: Evidence, path: str) -> None:
    """Say when and where the last scan looked, and what kept it from seeing."""
    scan = evidence.scan
    if scan is None:
        _line("looked", "no scan that covered this run has been applied yet")
        return
    _line("looked", f"by scan {scan.id}, disks as of {models.local(scan.as_of)}")
    if evidence.run.legacy:
        _more("the run is flagged as legacy: scans leave it alone")
    if evidence.listing is None:
        _more(evidence.why_no_listing)
    else:
        _print_directory(models, evidence, dirname(path))
        refusal = evidence.listing.what_hides(path)
        if refusal is not None:
            _more(
                f"{shown(refusal.path)} could not be read ({refusal.errno_name}): {refusal.reason}"
            )
    for message in evidence.refusals(path):
        _more(f"open message [{message.id}]: {shown(message.text)} {shown(message.fix)}")


def _print_directory(models: Models, evidence: Evidence, folder: str) -> None:
    listing = evidence.listing
    directory = None if listing is None else listing.directories.get(folder)
    name = shown(folder or "the run folder itself")
    if directory is not None:
        when = models.local(moment_of(directory.listed_ns))
        _line("directory", f"{name}: listed {when}, {counted(len(directory.entries), 'name')}")
    elif evidence.layout is not None and not evidence.layout.is_searched(folder):
        _line("directory", f"{name}: layout {shown(evidence.run.layout)} does not search it")
    else:
        _line("directory", f"{name}: was not there, or could not be listed")


def _print_near(models: Models, evidence: Evidence, path: str) -> None:
    """Name what is there and a person could take for it."""
    listing = evidence.listing
    if listing is None:
        return
    folder, name = dirname(path), basename(path)
    directory = listing.directories.get(folder)
    near = nearest_names(name, _unexplained(models, evidence, folder))
    elsewhere = [
        f"{other}/{name}".lstrip("/")
        for other, listed in sorted(listing.directories.items())
        if other != folder and name in listed.entries
    ]
    if directory is None:
        above = listing.directories.get(dirname(folder))
        folders = nearest_names(basename(folder), above.entries) if above is not None else ()
        _print_names("directories", folders)
    _print_names("nearest", near)
    for place in elsewhere:
        _line("elsewhere", f"{shown(place)}: the same name, in another directory")
    if not near and not elsewhere:
        _line(
            "nearest", "no other name like it was there; names of other expected files are left out"
        )


def _unexplained(models: Models, evidence: Evidence, folder: str) -> frozenset[str]:
    """Names in a directory that no other record accounts for: another sample's is no near miss."""
    directory = None if evidence.listing is None else evidence.listing.directories.get(folder)
    known = files_of(models.session, (evidence.run.id,))
    taken = {basename(file.path) for file in known if dirname(file.path) == folder}
    return frozenset(directory.entries if directory is not None else ()) - taken


def _print_names(heading: str, names: Sequence[NearName]) -> None:
    for near in names:
        words = ", ".join(_DIFFERENCES[kind] for kind in near.differences)
        differs = words if near.differences == (Difference.SIMILAR,) else f"differs in {words}"
        _line(heading, f"{shown(near.name)}: {differs}")


def _print_now(evidence: Evidence, path: str) -> None:
    """Look once: a file may have come since the last scan."""
    place = unescape_name(f"{run_folder(evidence.run)}/{path}")
    if os.path.lexists(place):
        _line("now", f"it is there now: it came since. Scan its run: {_scan_command(evidence)}")


def _scan_command(evidence: Evidence) -> str:
    return f"seqauto scan --run {shown(evidence.run.name)}"


def _print_not_expected(
    models: Models, evidence: Evidence, path: str, files: Sequence[FileRow]
) -> None:
    """Explain a path that no record has."""
    click.secho(shown(f"{run_folder(evidence.run)}/{path}"), bold=True)
    _line("state", "not expected: no sheet row and pattern lead to this path")
    _print_run_state(evidence)
    for words in _paths_not_chosen(evidence, path):
        _line("candidate", words)
    _print_looking(models, evidence, path)
    if evidence.listing is not None:
        _line("there", evidence.presence(path))
    expected = {basename(file.path): file for file in files if not file.retired}
    for near in nearest_names(basename(path), tuple(expected)):
        file = expected[near.name]
        words = ", ".join(_DIFFERENCES[kind] for kind in near.differences)
        _line("expected", f"{shown(file.path)} is {state_word(file.data_state)} ({words})")


def _paths_not_chosen(evidence: Evidence, path: str) -> Iterator[str]:
    """Find candidates that lead to a path, though another was chosen for their sample."""
    for sample in evidence.samples:
        for name in evidence.type_names:
            file_type = evidence.type_for(sample, name)
            for candidate in evidence.candidates(file_type, sample) if file_type else ():
                if any(place.path == path for place in candidate.paths):
                    yield (
                        f"{candidate.pattern} gives it for {name} of sample "
                        f"{shown(sample.sample_name)}; another pattern was chosen there: "
                        f"seqauto explain {shown(sample.sample_name)} {name}"
                    )


def _print_no_record(
    models: Models, evidence: Evidence, names: Sequence[str], file_type: str
) -> None:
    """Explain why a sample has no record of a type."""
    if evidence.layout is not None and evidence.file_type(file_type) is None:
        known = ", ".join(evidence.type_names)
        raise click.UsageError(
            f"Layout {evidence.run.layout} has no file type {shown(file_type)!r}; it has {known}."
        )
    stored = file_types(models.session)
    if evidence.layout is None and file_type not in stored:
        raise click.UsageError(f"No file of type {shown(file_type)!r} is known.")
    click.secho(f"{shown(names[0])} {shown(file_type)} in {shown(evidence.run.name)}", bold=True)
    _line("state", "no such file is on record")
    _line("type", _type_words(evidence, file_type))
    _print_run_state(evidence)
    for sample in (each for each in evidence.samples if each.sample_name in names):
        if sample.skipped:
            _line("sample", "a control, or failed: nothing is expected of it")
        if not sample.can_be_named:
            _line("sample", "its id or name cannot stand safely in a path")
        found = evidence.type_for(sample, file_type)
        for candidate in evidence.candidates(found, sample) if found else ():
            for place in candidate.paths:
                _line("candidate", f"{shown(place.path)}: {evidence.presence(place.path)}")
    if evidence.sheet is not None and not any(row.sample_name in names for row in evidence.rows):
        _line("sheet", f"version {evidence.sheet.version}, the current one, does not name it")
    _print_looking(models, evidence, "")
