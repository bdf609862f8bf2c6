"""Load some runs with all that hangs on them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from seqauto_pipeline.core.expectation.samples import SheetFacts
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample
from seqauto_pipeline.core.verdict.reconcile import FileKey, FileRecord
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry
from seqauto_pipeline.db.models import (
    ExpectedFile,
    LoadedContent,
    Message,
    SampleSheet,
    SequencingRun,
    SequencingSample,
    UnexpectedFile,
)
from seqauto_pipeline.db.store.rows import (
    file_record,
    open_message,
    open_messages_query,
    problem_from_json,
    run_record,
)
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.db.stored_facts import reads_in, sheet_facts_in
from seqauto_pipeline.db.stored_samples import judged_sample

# The reads, the number of lanes, and the mode of the secondary analysis
_Told = tuple[tuple[ReadInfo, ...] | None, int | None, str | None]


class RunLoader:
    """Loads some runs with all that hangs on them: one query a table."""

    def __init__(self, connection: Connection, run_ids: Collection[int]) -> None:
        self._connection, self._ids = connection, tuple(run_ids)

    def load(self) -> dict[int, LoadedRun]:
        loaded, current = self._loaded(None)
        sheet_facts = self._sheet_facts(current)
        signatures, problems, genes = self._contents()
        messages, unexpected = self._messages(), self._unexpected()
        return {
            run_id: replace(
                run,
                stored=replace(
                    run.stored,
                    signatures=signatures.get(run_id, {}),
                    content_problems=problems.get(run_id, {}),
                    messages=tuple(messages.get(run_id, ())),
                    unexpected=unexpected.get(run_id, {}),
                    genes=genes.get(run_id, {}),
                    sheet=sheet_facts.get(run_id, SheetFacts()),
                ),
            )
            for run_id, run in loaded.items()
        }

    def load_files(self, types: Collection[str]) -> dict[int, LoadedRun]:
        """Load the same runs with their samples and the files of some types only."""
        return self._loaded(types)[0]

    def _loaded(
        self, types: Collection[str] | None
    ) -> tuple[dict[int, LoadedRun], Mapping[int, int]]:
        """Load runs, samples and files of some types, or of all; and the ids of current sheets."""
        records, told = self._records()
        samples, md5s, sheet_ids, current = self._sheets()
        files, file_ids = self._files(types)
        return {
            run_id: LoadedRun(
                id=run_id,
                stored=StoredRun(
                    record=record,
                    samples=tuple(samples.get(run_id, ())),
                    sheet_md5=md5s.get(run_id),
                    files=files.get(run_id, {}),
                    reads=told[run_id][0],
                    lanes=told[run_id][1],
                    secondary_analysis=told[run_id][2],
                ),
                file_ids=file_ids.get(run_id, {}),
                sheet_ids=sheet_ids.get(run_id, {}),
                current_sheet_id=current.get(run_id),
            )
            for run_id, record in records.items()
        }, current

    def _rows(self, table: Any, column: str) -> Iterator[Row[Any]]:
        yield from self._connection.execute(select(table).where(table.c[column].in_(self._ids)))

    def _records(
        self,
    ) -> tuple[dict[int, RunRecord], dict[int, _Told]]:
        """Give the runs, and what each one's metadata told."""
        records, told = {}, {}
        for row in self._rows(SequencingRun.__table__, "id"):
            records[row.id] = run_record(row._mapping)
            facts = row.facts
            mode = facts.get("secondary_analysis")
            told[row.id] = (reads_in(facts), facts.get("lanes"), mode)
        return records, told

    def _sheets(
        self,
    ) -> tuple[
        dict[int, list[JudgedSample]], dict[int, str], dict[int, dict[str, int]], dict[int, int]
    ]:
        table = SampleSheet.__table__
        columns = (table.c.id, table.c.sequencing_run_id, table.c.md5, table.c.is_current)
        query = select(*columns).where(table.c.sequencing_run_id.in_(self._ids))
        md5s: dict[int, str] = {}
        sheet_ids: dict[int, dict[str, int]] = {}
        current: dict[int, int] = {}
        for sheet_id, run_id, md5, is_current in self._connection.execute(query):
            sheet_ids.setdefault(run_id, {})[md5] = sheet_id
            if is_current:
                md5s[run_id], current[run_id] = md5, sheet_id
        return self._samples(current), md5s, sheet_ids, current

    def _sheet_facts(self, current: Mapping[int, int]) -> dict[int, SheetFacts]:
        """Give what the current sheets tell of the conversion."""
        run_of = {sheet_id: run_id for run_id, sheet_id in current.items()}
        if not run_of:
            return {}
        table = SampleSheet.__table__
        query = select(table.c.id, table.c.format, table.c.facts).where(table.c.id.in_(run_of))
        return {
            run_of[sheet_id]: sheet_facts_in(form, facts)
            for sheet_id, form, facts in self._connection.execute(query)
        }

    def _samples(self, current: Mapping[int, int]) -> dict[int, list[JudgedSample]]:
        run_of = {sheet_id: run_id for run_id, sheet_id in current.items()}
        if not run_of:
            return {}
        table = SequencingSample.__table__
        query = select(table).where(table.c.sample_sheet_id.in_(run_of))
        samples: dict[int, list[JudgedSample]] = {}
        for row in self._connection.execute(query.order_by(table.c.sample_sheet_id, table.c.row)):
            samples.setdefault(run_of[row.sample_sheet_id], []).append(judged_sample(row._mapping))
        return samples

    def _files(
        self, types: Collection[str] | None
    ) -> tuple[dict[int, dict[FileKey, FileRecord]], dict[int, dict[FileKey, int]]]:
        files: dict[int, dict[FileKey, FileRecord]] = {}
        ids: dict[int, dict[FileKey, int]] = {}
        table = ExpectedFile.__table__
        query = select(table).where(table.c.sequencing_run_id.in_(self._ids))
        if types is not None:
            query = query.where(table.c.file_type.in_(types))
        for row in self._connection.execute(query):
            record = file_record(row._mapping)
            files.setdefault(row.sequencing_run_id, {})[record.key] = record
            ids.setdefault(row.sequencing_run_id, {})[record.key] = row.id
        return files, ids

    def _contents(
        self,
    ) -> tuple[
        dict[int, dict[FileKey, str]],
        dict[int, dict[FileKey, tuple[Problem, ...]]],
        dict[int, dict[str, frozenset[str]]],
    ]:
        table = LoadedContent.__table__
        query = (
            select(
                ExpectedFile.sequencing_run_id,
                ExpectedFile.file_type,
                ExpectedFile.slot,
                table.c.signature,
                table.c.problems,
                LoadedContent.data["genes"].label("genes"),
            )
            .join(ExpectedFile, ExpectedFile.id == table.c.expected_file_id)
            .where(ExpectedFile.sequencing_run_id.in_(self._ids))
        )
        signatures: dict[int, dict[FileKey, str]] = {}
        problems: dict[int, dict[FileKey, tuple[Problem, ...]]] = {}
        genes: dict[int, dict[str, frozenset[str]]] = {}
        for run_id, file_type, slot, signature, found, listed in self._connection.execute(query):
            signatures.setdefault(run_id, {})[file_type, slot] = signature
            if found:
                each = tuple(problem_from_json(problem) for problem in found)
                problems.setdefault(run_id, {})[file_type, slot] = each
            if isinstance(listed, list):
                genes.setdefault(run_id, {})[slot] = frozenset(listed)
        return signatures, problems, genes

    def _messages(self) -> dict[int, list[OpenMessage]]:
        query = open_messages_query().where(Message.sequencing_run_id.in_(self._ids))
        found: dict[int, list[OpenMessage]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.sequencing_run_id, []).append(open_message(row))
        return found

    def _unexpected(self) -> dict[int, dict[str, UnexpectedEntry]]:
        found: dict[int, dict[str, UnexpectedEntry]] = {}
        for row in self._rows(UnexpectedFile.__table__, "sequencing_run_id"):
            entry = UnexpectedEntry(row.path, row.size, row.modified_ns)
            found.setdefault(row.sequencing_run_id, {})[row.path] = entry
        return found
