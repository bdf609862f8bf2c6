"""People read words in what a step found; programs read their own back."""

from collections import Counter

import dagster as dg
import pytest
from dagster._serdes import deserialize_value, serialize_value

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.orchestration.events import to_metadata
from seqauto_pipeline.orchestration.step_tables import (
    figure_for_programs,
    key_of,
    rows_for_programs,
    stored_table,
)
from seqauto_pipeline.scan.changes import ChangedFile, Changes
from seqauto_pipeline.scan.summaries import FilesSummary, ModelsSummary, SheetsSummary

_CHANGES = Changes(
    runs=1,
    file_states=Counter({("my_own type", "retired"): 1}),
    listed=[ChangedFile("kit/run", "joint_vcf", "2/a_b.vcf", "", "non_existent")],
)
SUMMARIES = (
    FilesSummary("id", unavailable_roots=("/data_1",), unknown_runs=("a_b",), notes=("one_note",)),
    SheetsSummary(1, 1, 1, 0, {("error", "DUPLICATE_INDEX"): 2}),
    ModelsSummary(
        scan_id=1,
        as_of="2026-01-01T06:00:00.727489+00:00",
        runs={state.value: 1 for state in RunState},
        files={("joint_vcf", state.value): 3 for state in DataState},
        messages={("error", "EMPTY_FILE"): 2},
        changes=_CHANGES,
        held=("kit_1",),
    ),
)


@pytest.mark.parametrize("summary", SUMMARIES)
def test_what_a_program_reads_is_what_the_step_said(
    summary: FilesSummary | SheetsSummary | ModelsSummary,
) -> None:
    stored = deserialize_value(serialize_value(to_metadata(summary, 1.5)), dict)
    found = {
        key_of(name): rows_for_programs(value)
        for name, value in stored.items()
        if isinstance(value, dg.TableMetadataValue)
    }

    said = {name: tuple(rows) for name, rows in summary.tables().items() if rows}
    figures = summary.metadata()
    numbers = {key_of(name): figure_for_programs(value) for name, value in stored.items()}
    assert {key: numbers[key] for key in figures} == figures
    assert found == {
        f"{name}_in_detail" if name in figures else name: rows for name, rows in said.items()
    }
    for name, rows in found.items():
        of_step = said[name.removesuffix("_in_detail")]
        assert [list(row) for row in rows] == [list(row) for row in of_step]
    assert {key_of(name) for name in stored} == {*figures, *found, "seconds"}


def test_people_read_words_in_heads_and_cells() -> None:
    stored = to_metadata(SUMMARIES[-1], 1.5)

    assert not [name for name in stored if "_" in name]
    assert isinstance(stored["as of"], dg.TimestampMetadataValue)  # shown in the reader's zone
    assert _seen(stored["files"])[:2] == [
        ["file type", "state", "count"],
        ["joint VCF", "there", 3],
    ]
    assert ["joint VCF", "missing", 3] in _seen(stored["files"])
    assert ["gone", 1] in _seen(stored["runs in detail"])
    assert _seen(stored["changes"])[1] == ["my own type", "no longer asked for", 1]
    assert _seen(stored["changed files"]) == [
        ["run", "file type", "path", "old", "new"],
        ["kit/run", "joint VCF", "2/a_b.vcf", "new", "missing"],
    ]


def test_what_was_stored_before_there_were_words_is_read_as_it_stands() -> None:
    old = dg.MetadataValue.table([dg.TableRecord({"file_type": "bam", "state": "non_existent"})])

    assert rows_for_programs(old) == ({"file_type": "bam", "state": "non_existent"},)


def test_numbers_are_numbers_for_the_web_ui() -> None:
    schema = stored_table("files", [{"file_type": "bam", "state": "error", "count": 2}]).schema

    assert [column.type for column in schema.columns] == ["string", "string", "int"]


def _seen(table: dg.MetadataValue) -> list[list[object]]:
    """The head and the rows that the web UI shows: the columns of the schema, nothing else."""
    assert isinstance(table, dg.TableMetadataValue)
    names = [column.name for column in table.schema.columns]
    return [[*names], *([row.data[name] for name in names] for row in table.records)]
