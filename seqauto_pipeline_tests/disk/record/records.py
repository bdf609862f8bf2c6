"""Records for tests: of one run, or of anything that a disk could hold."""

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    InputRole,
    RootListing,
    RunListing,
    Scope,
    SmallInput,
    Unreadable,
)
from seqauto_pipeline.disk.record.packing import pack_run
from seqauto_pipeline.disk.record.parts import ScanHeader
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.writer import ScanRecordWriter

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.integers(-(2**70), 2**80)  # file systems hold years that 64 bits of ns do not
ENTRIES = st.builds(Entry, st.sampled_from(EntryKind), NUMBERS, NUMBERS)
REFUSALS = st.lists(st.builds(Unreadable, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple)
RUNS = st.builds(
    RunListing,
    root=TEXT,
    path=TEXT,
    is_named_like_a_run=st.booleans(),
    skip_reason=st.none() | TEXT,
    directories=st.dictionaries(
        TEXT,
        st.builds(DirectoryListing, NUMBERS, NUMBERS, st.dictionaries(TEXT, ENTRIES, max_size=3)),
        max_size=3,
    ),
    inputs=st.dictionaries(
        st.sampled_from(InputRole), st.builds(SmallInput, TEXT, st.binary(max_size=40), NUMBERS)
    ),
    unreadable=REFUSALS,
    passed_through=st.dictionaries(TEXT, NUMBERS, max_size=2),
    has_links=st.booleans(),
    used_sheets=st.dictionaries(TEXT, st.tuples(st.binary(max_size=40), NUMBERS), max_size=2).map(
        lambda found: {path: SmallInput(path, *content) for path, content in found.items()}
    ),
)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
ROOTS = st.builds(RootListing, TEXT, TEXT, TEXTS, TEXTS, REFUSALS, st.none() | TEXT)
HEADERS = st.builds(ScanHeader, TEXT, st.builds(Scope, TEXTS, TEXTS), TEXT, TEXT, TEXT)
IN_ONE_DIRECTORY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

HEADER = ScanHeader("2026-01-01T06:00:00+00:00", Scope(("/disk",), ("run",)), "0.1.0")
ROOT = RootListing("/disk", "tau", ("kit",), ("kit/run",), (), None)
RUN = RunListing(
    root="/disk",
    path="kit/run",
    is_named_like_a_run=False,
    skip_reason=None,
    directories={"": DirectoryListing(1, 2, {"done": Entry(EntryKind.FILE, 3, 4)})},
    inputs={InputRole.SAMPLE_SHEET: SmallInput("SampleSheet.csv", b"\xff\x00[Data]", 5)},
    unreadable=(Unreadable("/disk/kit/run/x", "EACCES", "why", "x"),),
)


def write(path: Path, *runs: RunListing, header: ScanHeader = HEADER) -> Path:
    with ScanRecordWriter(path, header) as record:
        record.add_root(ROOT)
        for run in runs:
            record.add_run(pack_run(run))
    return path


def seen(path: Path) -> tuple[object, ...]:
    record = ScanRecord(path)
    return record.header, record.roots(), tuple(record.runs())


def build_on(record: ScanRecord, path: Path) -> ScanRecord:
    """Write a record of the same runs, none of which has changed."""
    holder, sha256 = record.next_holder(lambda _: True)
    with ScanRecordWriter(path, replace(HEADER, holder=holder, holder_sha256=sha256)) as writer:
        for root in record.roots():
            writer.add_root(root)
        for run in record.recorded_runs():
            writer.copy_run(run, record)
    return ScanRecord(path)
