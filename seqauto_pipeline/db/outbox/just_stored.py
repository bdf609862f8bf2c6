"""What receivers may be told of runs that a scan has just stored: from its rows, not read again."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any

import msgspec

from seqauto_pipeline.db.outbox.load import (
    FILE_COLUMNS,
    READ_TYPES,
    SAMPLE_COLUMNS,
    TOLD_TYPES,
    RunParts,
)
from seqauto_pipeline.db.outbox.values import RunToTell, StoredFile, StoredSample
from seqauto_pipeline.db.store.batch import Batch
from seqauto_pipeline.db.store.rows import NEW_FILE_COLUMNS

_columns_of_sample = itemgetter(*SAMPLE_COLUMNS)
_columns_of_file = itemgetter(*map(NEW_FILE_COLUMNS.index, FILE_COLUMNS))
_what_decides = itemgetter(
    *map(NEW_FILE_COLUMNS.index, ("id", "sequencing_run_id", "file_type", "retired"))
)


def new_runs(batch: Batch, twice: Collection[str]) -> dict[int, RunToTell]:
    """Give the runs of a batch that are new, by their ids: all that is stored of them is in it."""
    ids = {row["id"] for row in batch.new_runs}
    files, read = _files(batch, ids)
    sheets = {
        row["sequencing_run_id"]: (row["id"], row["md5"], row["path"])
        for row in batch.sheets
        if row["sequencing_run_id"] in ids
    }
    contents = _contents(batch, read)
    return RunParts(batch.new_runs, sheets, _samples(batch), files, contents).put_together(twice)


def _samples(batch: Batch) -> dict[int, list[StoredSample]]:
    found: dict[int, list[StoredSample]] = defaultdict(list)
    for row in map(StoredSample._make, map(_columns_of_sample, batch.samples)):
        found[row.sheet_id].append(row)
    return found


def _files(
    batch: Batch, run_ids: Collection[int]
) -> tuple[dict[int, list[StoredFile]], dict[int, int]]:
    """Give the files by run, and the run of each file whose content is told of."""
    found: dict[int, list[StoredFile]] = defaultdict(list)
    read: dict[int, int] = {}
    for row in batch.new_files:
        file_id, run_id, file_type, is_retired = _what_decides(row)
        if file_type not in TOLD_TYPES or is_retired or run_id not in run_ids:
            continue
        found[run_id].append(StoredFile._make(_columns_of_file(row)))
        if file_type in READ_TYPES:
            read[file_id] = run_id
    return found, read


def _contents(batch: Batch, read: Mapping[int, int]) -> dict[int, dict[int, Mapping[str, Any]]]:
    found: dict[int, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for file_id, _, data, _ in batch.contents:
        if data is not None and file_id in read:
            found[read[file_id]][file_id] = msgspec.json.decode(data.encode())
    return found
