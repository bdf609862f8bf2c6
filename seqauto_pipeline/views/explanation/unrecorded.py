"""Why no file is on record at a path, or of a sample and type."""

from collections.abc import Iterator, Sequence
from posixpath import basename, dirname

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.expectation.near_names import difference_words, nearest_names
from seqauto_pipeline.core.expectation.samples import ExpectedSample
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.db.queries.files import FileRow, file_types
from seqauto_pipeline.db.queries.runs import path_in_run
from seqauto_pipeline.views.explanation.elsewhere import layout_facts
from seqauto_pipeline.views.explanation.evidence import Evidence
from seqauto_pipeline.views.explanation.facts import (
    Explanation,
    Fact,
    run_state_facts,
    type_fact,
)
from seqauto_pipeline.views.explanation.last_look import is_on_disk, looked_facts
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.open_models import OpenModels


def explain_unexpected_path(
    models: OpenModels, evidence: Evidence, path: str, files: Sequence[FileRow]
) -> Explanation:
    """Explain a path at which no file is expected. ``files``: all those on record of its run."""
    title = path_in_run(evidence.run, path)
    facts = tuple(_path_facts(models, evidence, path, files))
    return Explanation(title, facts, has_record=False)


def _path_facts(
    models: OpenModels, evidence: Evidence, path: str, files: Sequence[FileRow]
) -> Iterator[Fact]:
    yield Fact("state", "not expected: no sheet row and pattern lead to this path")
    yield from run_state_facts(evidence)
    yield from _candidates_not_chosen(evidence, path)
    yield from looked_facts(models, evidence, path)
    if evidence.listing is not None:
        yield Fact("there", evidence.presence(path))
    yield from _unsearched_facts(evidence, path, files)
    expected = {basename(file.path): file for file in files if not file.retired}
    for near in nearest_names(basename(path), tuple(expected)):
        file = expected[near.name]
        before = f"{shown(file.path)} is "
        yield Fact("expected", f" ({difference_words(near)})", file.data_state, before)


def _unsearched_facts(evidence: Evidence, path: str, files: Sequence[FileRow]) -> Iterator[Fact]:
    """Look once at what scans do not search, and say what would make them find it."""
    if evidence.is_searched(dirname(path)) or not is_on_disk(evidence, path):
        return
    folder, name = dirname(path), basename(path)
    yield Fact("now", f"it is on the disk, in {shown(folder or 'the run folder itself')}")
    same = next((each for each in files if basename(each.path) == name), None)
    type_name = same.file_type if same else next(iter(evidence.type_names), None)
    yield from layout_facts(evidence, folder, type_name)


def _candidates_not_chosen(evidence: Evidence, path: str) -> Iterator[Fact]:
    """Find candidates that lead to a path, though another was chosen for their sample."""
    for sample in evidence.samples:
        for name in evidence.type_names:
            file_type = evidence.type_for(sample, name)
            for candidate in evidence.candidates(file_type, sample) if file_type else ():
                if any(each.path == path for each in candidate.paths):
                    yield Fact(
                        "candidate",
                        f"{candidate.pattern} gives it for {name} of sample "
                        f"{shown(sample.sample_name)}; another pattern was chosen there: "
                        f"seqauto explain {shown(sample.sample_name)} {name}",
                    )


def explain_missing_record(
    models: OpenModels, evidence: Evidence, names: Sequence[str], file_type: str
) -> Explanation:
    """Explain why a sample, by its names, has no record of a type."""
    _require_known_type(models, evidence, file_type)
    title = f"{names[0]} {file_type} in {evidence.run.name}"
    facts = tuple(_sample_facts(models, evidence, names, file_type))
    return Explanation(title, facts, has_record=False)


def _require_known_type(models: OpenModels, evidence: Evidence, file_type: str) -> None:
    if evidence.layout is not None and evidence.file_type(file_type) is None:
        listed = f"; it has {', '.join(evidence.type_names)}."
        hint = did_you_mean(file_type, evidence.type_names, listed)
        raise NotFoundError(
            f"Layout {evidence.run.layout} has no file type {shown(file_type)!r}{hint}"
        )
    if evidence.layout is None and file_type not in file_types(models.session):
        raise NotFoundError(f"No file of type {shown(file_type)!r} is known.")


def _sample_facts(
    models: OpenModels, evidence: Evidence, names: Sequence[str], file_type: str
) -> Iterator[Fact]:
    yield Fact("state", "no such file is on record")
    yield type_fact(evidence, file_type)
    yield from run_state_facts(evidence)
    for sample in (each for each in evidence.samples if each.sample_name in names):
        yield from _candidate_facts(evidence, sample, file_type)
    if evidence.sheet is not None and not any(row.sample_name in names for row in evidence.rows):
        version = evidence.sheet.version
        yield Fact("sheet", f"version {version}, the current one, does not name it")
    yield from looked_facts(models, evidence, "")


def _candidate_facts(evidence: Evidence, sample: ExpectedSample, file_type: str) -> Iterator[Fact]:
    if sample.skipped:
        yield Fact("sample", "a control, or failed: nothing is expected of it")
    if not sample.can_be_named:
        yield Fact("sample", "its id or name cannot stand safely in a path")
    found = evidence.type_for(sample, file_type)
    deleting = evidence.expecting.sheet.deleting_fastqs_of(sample.sample_id)
    if found and found.conversions and deleting:
        words = f"the sheet has {shown(', '.join(deleting))} delete its FASTQs (KeepFastq,FALSE)"
        yield Fact("sample", f"{words}: nothing is expected of it while none is there")
    if found and found.conversions and evidence.expecting.is_converted_in_cloud:
        words = "RunParameters says that the run is analysed in the cloud"
        yield Fact("sample", f"{words}: nothing is expected of it while no FASTQ is there")
    for candidate in evidence.candidates(found, sample) if found else ():
        for each in candidate.paths:
            yield Fact("candidate", f"{shown(each.path)}: {evidence.presence(each.path)}")
