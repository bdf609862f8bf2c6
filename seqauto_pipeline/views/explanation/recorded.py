"""Why an expected file that is on record is expected, and where it was looked for."""

from collections.abc import Iterator

from seqauto_pipeline.core.data_state import UNSEEN, DataState
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.expectation.candidates import Candidate
from seqauto_pipeline.core.expectation.samples import ExpectedSample
from seqauto_pipeline.core.pattern import fields_of
from seqauto_pipeline.db.models import SampleSheet, SequencingSample
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.db.queries.history import scans_by_id
from seqauto_pipeline.db.queries.runs import path_in_run
from seqauto_pipeline.views.archive import with_archived
from seqauto_pipeline.views.explanation.evidence import Evidence
from seqauto_pipeline.views.explanation.facts import (
    Explanation,
    Fact,
    run_state_facts,
    type_fact,
)
from seqauto_pipeline.views.explanation.last_look import looked_facts, near_facts, now_facts
from seqauto_pipeline.views.jobs import job_words, jobs_by_run
from seqauto_pipeline.views.open_models import OpenModels

_STATES = {
    DataState.COMPLETE: "it was found",
    DataState.NON_EXISTENT: "it was not found, and no scan ever saw it",
    DataState.DELETED: "an earlier scan saw it, and it was gone when the last one looked",
    DataState.SKIPPED: "its run is skipped, its sample is a control or failed, or a workflow "
    "deletes it or the cloud makes it",
    DataState.RUNNING: "a job that makes it has been launched and has not ended",
    DataState.ERROR: "it is there, and could not be read or cannot be right",
}


def explain_file(models: OpenModels, evidence: Evidence, file: FileRow) -> Explanation:
    """Explain one file that is on record."""
    title = path_in_run(evidence.run, file.path)
    return Explanation(title, tuple(_facts(models, evidence, file)), has_record=True)


def _facts(models: OpenModels, evidence: Evidence, file: FileRow) -> Iterator[Fact]:
    yield _state_fact(models, evidence, file)
    yield type_fact(evidence, file.file_type)
    yield from _sheet_facts(evidence, file)
    yield Fact("seen", _seen_words(models, file))
    yield from _job_facts(models, evidence, file)
    yield from run_state_facts(evidence)
    sample = evidence.sample_of(file)
    if sample is not None:
        yield from _candidate_facts(evidence, file, sample)
    yield from looked_facts(models, evidence, file.path)
    if file.data_state in (DataState.NON_EXISTENT, DataState.DELETED):
        yield from near_facts(models, evidence, file.path, file.file_type)
        yield from now_facts(evidence, file.path)


def _state_fact(models: OpenModels, evidence: Evidence, file: FileRow) -> Fact:
    reason = f" ({shown(file.reason)})" if file.reason else ""
    retired = "; retired: no row of the current sheet asks for it" if file.retired else ""
    meaning = next((words for state, words in _STATES.items() if state == file.data_state), "")
    if file.reason == UNSEEN:
        meaning = "the job that makes it has ended, and the next scan of its run looks at it"
    (marked,) = with_archived(models.archive, (file,), {evidence.run.id: evidence.run})
    archived = "; the setting `archived` covers it" if marked.is_archived else ""
    return Fact("state", f"{reason}: {meaning}{archived}{retired}", marked.shown_state)


def _job_facts(models: OpenModels, evidence: Evidence, file: FileRow) -> Iterator[Fact]:
    """Tell of the last job that was to make it, where there was one."""
    jobs = jobs_by_run(models, (evidence.run.id,)).get(evidence.run.id, ())
    for line in jobs:
        job = line.row.job
        if job.expected_file_id == file.id:
            yield Fact("job", f"{job.id}, {job_words(models, line)}: seqauto jobs show {job.id}")
            return


def _sheet_facts(evidence: Evidence, file: FileRow) -> Iterator[Fact]:
    sheet = evidence.sheet
    if sheet is None:
        yield Fact("sheet", "the run has no sample sheet that could be read")
        return
    name = shown(sheet.path)
    if file.sample_name is None:
        yield Fact("sheet", f"a file of the whole run: {name} only says that it has samples")
        return
    rows = [row for row in evidence.rows if row.sample_name == file.sample_name]
    if not rows:
        yield Fact("sheet", f"no row of {name} version {sheet.version} names its sample")
    for row in rows:
        yield _row_fact(sheet, row)


def _row_fact(sheet: SampleSheet, row: SequencingSample) -> Fact:
    columns = (
        ("sample_id", row.sample_id),
        ("sample_name", row.sample_name),
        ("lane", row.lane),
        ("index", row.index),
        ("index2", row.index2),
        ("kit", row.enrichment_kit),
    )
    words = ", ".join(f"{name} {value}" for name, value in columns if value is not None)
    where = f"{shown(sheet.path)} version {sheet.version}, line {row.line}"
    return Fact("sheet", f"{where}: {shown(words)}")


def _seen_words(models: OpenModels, file: FileRow) -> str:
    if file.first_seen_scan_id is None:
        return "never, by any scan"
    numbers = (("first", file.first_seen_scan_id), ("last", file.last_seen_scan_id))
    scans = scans_by_id(models.session, [number for _, number in numbers if number is not None])
    times = [
        f"{word} scan {number} ({models.local(scans[number].as_of)})"
        for word, number in numbers
        if number is not None and number in scans
    ]
    where = f", at {shown(file.seen_path)}" if file.seen_path else ""
    return ", ".join(times) + where


def _candidate_facts(evidence: Evidence, file: FileRow, sample: ExpectedSample) -> Iterator[Fact]:
    """List the patterns in their order of preference: what each gives, and what was there."""
    file_type = evidence.type_for(sample, file.file_type)
    if file_type is None:
        return
    usable = {each.pattern: each for each in evidence.candidates(file_type, sample)}
    yield Fact("candidates", "in the order of the layout")
    patterns = tuple(usable) if file_type.conversions else file_type.patterns
    for number, pattern in enumerate(patterns, 1):
        yield Fact("", f"{number}. {pattern}")
        candidate = usable.get(pattern)
        if candidate is None:
            yield Fact("", f"   not usable: {_why_not_usable(pattern, sample)}")
        else:
            yield from _path_facts(evidence, file, candidate)


def _path_facts(evidence: Evidence, file: FileRow, candidate: Candidate) -> Iterator[Fact]:
    for each in candidate.paths:
        if each.slot == file.slot:
            chosen = ", chosen" if each.path == file.path else ""
            yield Fact("", f"   {shown(each.path)}: {evidence.presence(each.path)}{chosen}")


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
