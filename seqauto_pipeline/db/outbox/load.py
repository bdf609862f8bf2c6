"""What receivers may be told of some runs: a handful of queries, without mapped objects."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    String,
    cast,
    func,
    select,
    type_coerce,
)

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.db.models import (
    ExpectedFile,
    LoadedContent,
    SampleSheet,
    SequencingRun,
    SequencingSample,
)
from seqauto_pipeline.db.outbox.values import RunToTell, StoredFile, StoredSample

# What layouts call the files that receivers are told of.
FASTQ, BAM, VCF, JOINT_VCF = "fastq", "bam", "vcf", "joint_vcf"
EXEC_SUMMARY, GENE_LIST, GENE_COVERAGE = "exec_summary", "gene_list", "gene_coverage"

TOLD_TYPES = (FASTQ, BAM, VCF, JOINT_VCF, EXEC_SUMMARY, GENE_LIST, GENE_COVERAGE)
READ_TYPES = (EXEC_SUMMARY, GENE_LIST)
RUN_COLUMNS = (
    *("id", "root", "path", "name", "data_state", "date", "sequencer", "sequencer_model"),
    *("experiment", "enrichment_kit", "has_basecalls", "has_interop"),
    *("bad", "hidden", "gold_standard"),
)
SAMPLE_COLUMNS = tuple(
    {"sheet_id": "sample_sheet_id", "i7": "index", "i5": "index2"}.get(name, name)
    for name in StoredSample._fields
)
FILE_COLUMNS = tuple({"run_id": "sequencing_run_id"}.get(name, name) for name in StoredFile._fields)
_NOT_THERE = (RunState.DELETED.value, RunState.SKIPPED.value)
_NO_SHEET = (0, None, "")


@dataclass(frozen=True, slots=True)
class RunParts:
    """What is stored of some runs, as it lies in the tables."""

    runs: Sequence[Mapping[str, Any] | RowMapping]  # with the columns above, at least
    sheets: Mapping[int, tuple[int, str | None, str]]  # id, MD5 and path, by run
    samples: Mapping[int, Sequence[StoredSample]]  # by sheet
    files: Mapping[int, Sequence[StoredFile]]  # by run
    contents: Mapping[int, Mapping[int, Mapping[str, Any]]]  # by run and file

    def put_together(self, twice: Collection[str]) -> dict[int, RunToTell]:
        """Give the runs by their ids. ``twice``: names that several run folders have."""
        return {row["id"]: self._run(row, twice) for row in self.runs}

    def _run(self, row: Mapping[str, Any] | RowMapping, twice: Collection[str]) -> RunToTell:
        number = row["id"]
        sheet_id, md5, path = self.sheets.get(number, _NO_SHEET)
        return RunToTell(
            **{name: row[name] for name in RUN_COLUMNS},
            is_in_two_places=row["name"] in twice and row["data_state"] not in _NOT_THERE,
            sheet_md5=md5,
            sheet_path=path,
            samples=tuple(self.samples.get(sheet_id, ())),
            files=tuple(self.files.get(number, ())),
            contents=self.contents.get(number, {}),
        )


def load_runs(connection: Connection, run_ids: Collection[int]) -> dict[int, RunToTell]:
    """Give what receivers may be told of some runs, by their ids."""
    runs = SequencingRun.__table__
    query = select(*(runs.c[name] for name in RUN_COLUMNS)).where(runs.c.id.in_(run_ids))
    rows = connection.execute(query.order_by(runs.c.id)).mappings().all()
    sheets = _current_sheets(connection, run_ids)
    samples = _samples(connection, [sheet_id for sheet_id, *_ in sheets.values()])
    files, contents = _files(connection, run_ids), _contents(connection, run_ids)
    twice = names_in_two_places(connection, {row["name"] for row in rows})
    return RunParts(rows, sheets, samples, files, contents).put_together(twice)


def names_in_two_places(
    connection: Connection, names: Collection[str] | None = None
) -> frozenset[str]:
    """Find the names that several run folders have that are there. ``names`` None: of all."""
    runs = SequencingRun.__table__
    query = select(runs.c.name).where(runs.c.data_state.not_in(_NOT_THERE))
    if names is not None:
        query = query.where(runs.c.name.in_(names))
    query = query.group_by(runs.c.name).having(func.count() > 1)
    return frozenset(connection.scalars(query))


def _current_sheets(
    connection: Connection, run_ids: Collection[int]
) -> dict[int, tuple[int, str | None, str]]:
    """Give id, MD5 and path of each run's current sheet."""
    sheets = SampleSheet.__table__
    query = select(sheets.c.sequencing_run_id, sheets.c.id, sheets.c.md5, sheets.c.path).where(
        sheets.c.sequencing_run_id.in_(run_ids), sheets.c.is_current.is_(True)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in connection.execute(query)}


def _samples(connection: Connection, sheet_ids: Collection[int]) -> dict[int, list[StoredSample]]:
    samples = SequencingSample.__table__
    columns = [samples.c[name] for name in SAMPLE_COLUMNS]
    query = select(*columns).where(samples.c.sample_sheet_id.in_(sheet_ids))
    found: dict[int, list[StoredSample]] = {}
    rows = connection.execute(query.order_by(samples.c.sample_sheet_id, samples.c.row)).all()
    for row in map(StoredSample._make, rows):
        found.setdefault(row.sheet_id, []).append(row)
    return found


def _files(connection: Connection, run_ids: Collection[int]) -> dict[int, list[StoredFile]]:
    files = ExpectedFile.__table__
    columns = [files.c[name] for name in FILE_COLUMNS]
    query = select(*columns).where(
        files.c.sequencing_run_id.in_(run_ids),
        files.c.retired.is_(False),
        files.c.file_type.in_(TOLD_TYPES),
    )
    found: dict[int, list[StoredFile]] = defaultdict(list)
    # All at once: one by one they take twice as long.
    for row in map(StoredFile._make, connection.execute(query).all()):
        found[row.run_id].append(row)
    for rows in found.values():
        rows.sort()  # by their ids, which come first
    return found


def _contents(
    connection: Connection, run_ids: Collection[int]
) -> dict[int, dict[int, Mapping[str, Any]]]:
    """Give what was read of exec summaries and gene lists, by run and file."""
    files, contents = ExpectedFile.__table__, LoadedContent.__table__
    # As text: the column's own decoder takes three times as long.
    is_sqlite = connection.dialect.name == "sqlite"
    data: ColumnElement[str] = (
        type_coerce(contents.c.data, String) if is_sqlite else cast(contents.c.data, String)
    )
    query = (
        select(files.c.sequencing_run_id, files.c.id, data)
        .join(files, files.c.id == contents.c.expected_file_id)
        .where(
            files.c.sequencing_run_id.in_(run_ids),
            files.c.file_type.in_(READ_TYPES),
            contents.c.data.is_not(None),
        )
    )
    found: dict[int, dict[int, Mapping[str, Any]]] = {}
    for run_id, file_id, text in connection.execute(query).all():
        found.setdefault(run_id, {})[file_id] = msgspec.json.decode(text)
    return found
