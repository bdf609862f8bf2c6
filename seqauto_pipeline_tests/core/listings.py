"""Run folders as a walk would list them, written by hand."""

from collections.abc import Mapping, Sequence
from posixpath import dirname

from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun, LaneRow
from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    InputRole,
    RunListing,
    SmallInput,
    Unreadable,
)
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.layouts.parse import parse_layout

RUN = "200920_NB501009_0410_AHNLYFBGXG"
NS = 1_600_000_000_000_000_000
_CYCLES = ((151, False), (8, True), (8, True), (151, False))
READS = tuple(
    ReadInfo(number, cycles, is_index)
    for number, (cycles, is_index) in enumerate(
        [(151, False), (8, True), (8, True), (151, False)], 1
    )
)
DIRECTORY = Entry(EntryKind.DIRECTORY, 0, NS)


def file_of(size: int = 10, modified_ns: int = NS) -> Entry:
    return Entry(EntryKind.FILE, size, modified_ns)


def run_listing(
    files: Mapping[str, Entry] | Sequence[str] = (),
    *,
    unreadable: Sequence[Unreadable] = (),
    inputs: Mapping[InputRole, SmallInput] | None = None,
    path: str = f"idt_exome/{RUN}",
    skip_reason: str | None = None,
) -> RunListing:
    """List these files; the directories on their way are listed with them."""
    entries = files if isinstance(files, Mapping) else dict.fromkeys(files, file_of())
    directories: dict[str, dict[str, Entry]] = {"": {}}
    for each, entry in entries.items():
        _put(directories, each, entry)
    return RunListing(
        root="/disk",
        path=path,
        is_named_like_a_run=True,
        skip_reason=skip_reason,
        directories={
            each: DirectoryListing(NS, NS, content) for each, content in directories.items()
        },
        inputs=inputs or {},
        unreadable=tuple(unreadable),
    )


def _put(directories: dict[str, dict[str, Entry]], path: str, entry: Entry) -> None:
    folder = dirname(path)
    if folder not in directories:
        directories[folder] = {}
        _put(directories, folder, DIRECTORY)
    directories[folder].setdefault(path.rpartition("/")[2], entry)


def refusal(below: str, errno_name: str = "EACCES") -> Unreadable:
    path = f"/disk/idt_exome/{RUN}/{below}".rstrip("/")
    return Unreadable(path, errno_name, "user seqauto may not read it", below)


def layout(file_types: str, *, top: str = "", run: str = 'markers = ["done"]') -> Layout:
    """Give a layout of these file types, in TOML."""
    text = f'name = "small"\n{top}\n[run]\nsample_sheet = ["SampleSheet.csv"]\n{run}\n{file_types}'
    return parse_layout(text, "small.toml")


def sample(
    name: str, number: int = 1, *, lanes: Sequence[int | None] = (None,), **facts: object
) -> ExpectedSample:
    values: dict[str, object] = {
        "slot": name,
        "sample_id": name,
        "sample_name": name,
        "sample_number": number,
        "sample_project": None,
        "enrichment_kit": "idt_exome",
        "rows": tuple(
            LaneRow(lane, "ACGT", "TTGG", facts.get("sample_project"))  # type: ignore[arg-type]
            for lane in lanes
        ),
    }
    return ExpectedSample(**(values | facts))  # type: ignore[arg-type]


def expecting(**facts: object) -> ExpectingRun:
    values: dict[str, object] = {
        "name": RUN,
        "enrichment_kit": "idt_exome",
        "flowcell_id": "AHNLYFBGXG",
        "flowcell": "HNLYFBGXG",
        "lanes": 4,
        "reads": READS,
    }
    return ExpectingRun(**(values | facts))  # type: ignore[arg-type]
