"""The files of one sequencing run: which, where by the layout, with what in them."""

import posixpath
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from seqauto_pipeline.core.expectation.paths import expand
from seqauto_pipeline.core.layout import Expect, FileType, Layout, Per
from seqauto_pipeline.core.metadata.instruments import completion_rule
from seqauto_pipeline.core.pattern import stem_of
from seqauto_pipeline.demo_disk.chance import seeded
from seqauto_pipeline.demo_disk.contents import (
    BAM_INDEX,
    INTEROP,
    Stock,
    run_file,
    sample_file,
    summary_values,
)
from seqauto_pipeline.demo_disk.metadata import run_info, run_parameters
from seqauto_pipeline.demo_disk.plan import DemoRow, DemoRun
from seqauto_pipeline.demo_disk.sheets import sheet_bytes
from seqauto_pipeline.demo_disk.trouble import Trouble, emptied_type

HOURS_OF_SEQUENCING = 30
_HOURS_PER_STEP = 3
_GARBAGE = b'<?xml version="1.0"?>\n<RunParameters>\n  <RunId>\x00\x8f\x8f not finished'


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file relative to its run folder; one that is left out is expected and not written."""

    path: str
    content: bytes
    hours: int  # after the run began
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Making:
    """What is the same for all runs of a disk."""

    layout: Layout
    stock: Stock
    skip_marker: str
    left_out: float


def directories_of(run: DemoRun, layout: Layout) -> tuple[str, ...]:
    """Name the directories that are there for themselves: those of the base calls."""
    lanes = range(1, run.instrument.lanes + 1)
    return tuple(
        pattern.replace("*", str(lane)) for pattern in layout.run.basecalls for lane in lanes
    )


def files_of(run: DemoRun, making: Making) -> Iterator[DemoFile]:
    yield from _parts(run, making.layout)
    if run.trouble is Trouble.SKIP_MARKER:
        yield DemoFile(making.skip_marker, b"", HOURS_OF_SEQUENCING)
    if run.trouble is Trouble.INCOMPLETE:
        return
    yield from _markers(run, making.layout)
    rng = seeded(run.run_id, run.kit)
    made: dict[str, list[tuple[DemoRow, DemoFile]]] = {}
    for step, file_type in enumerate(making.layout.types_for(run.kit)):
        if file_type.expect is Expect.IF_PRESENT and not run.has_extras:
            continue
        hours = HOURS_OF_SEQUENCING + (step + 2) * _HOURS_PER_STEP
        if file_type.per is Per.RUN:
            yield from _files_of_run(run, file_type, hours)
            continue
        made[file_type.name] = list(_files_of_samples(run, making, file_type, made, hours, rng))
        for row, file in made[file_type.name]:
            yield file
            yield from _companions(run, making, file_type, row, file)
        yield from _ends(run, file_type, [file for _, file in made[file_type.name]])
    yield from _unexpected(run, made, making.layout)


def _parts(run: DemoRun, layout: Layout) -> Iterator[DemoFile]:
    parts = layout.run
    if run.trouble is not Trouble.MISSING_SHEET:
        yield DemoFile(parts.sample_sheet[0], sheet_bytes(run), -20)
    if parts.run_info:
        yield DemoFile(parts.run_info[0], run_info(run), 0)
    if parts.run_parameters:
        garbage = run.trouble is Trouble.GARBAGE_RUN_PARAMETERS
        content = _GARBAGE if garbage else run_parameters(run)
        yield DemoFile(_named_as(run.instrument.run_parameters, parts.run_parameters), content, 0)
    for pattern in parts.interop:
        yield DemoFile(_metrics_name(pattern), INTEROP, HOURS_OF_SEQUENCING - 1)


def _named_as(name: str, paths: tuple[str, ...]) -> str:
    return next((path for path in paths if posixpath.basename(path) == name), paths[0])


def _metrics_name(pattern: str) -> str:
    """Turn ``Q*Metrics*.bin`` into the name that RTA gives: ``QMetricsOut.bin``."""
    before, _, after = pattern.rpartition("*")
    return f"{before.replace('*', '')}Out{after}" if before else pattern


def _markers(run: DemoRun, layout: Layout) -> Iterator[DemoFile]:
    names = layout.run.markers[:1]
    if layout.run.markers_by_instrument:
        rule = completion_rule(run.serial)
        names = (*rule.all_of, *rule.any_of[:1])
    for name in names:
        yield DemoFile(name, b"", HOURS_OF_SEQUENCING)


def _files_of_run(run: DemoRun, file_type: FileType, hours: int) -> Iterator[DemoFile]:
    patterns = file_type.patterns + (file_type.patterns_if_present if run.has_extras else ())
    for pattern in patterns:
        path = _expand(pattern, _fields_of_run(run))
        if path is not None:
            yield DemoFile(path, run_file(file_type, run), hours)


def _files_of_samples(
    run: DemoRun,
    making: Making,
    file_type: FileType,
    made: Mapping[str, list[tuple[DemoRow, DemoFile]]],
    hours: int,
    rng: random.Random,
) -> Iterator[tuple[DemoRow, DemoFile]]:
    """Give each path once: a sample in two lanes has one file where the layout has no lanes."""
    seen = set[str]()
    for row, path in _paths(run, file_type, made):
        if path in seen:
            continue
        seen.add(path)
        content = sample_file(making.stock, file_type, run, row, path)
        left_out = rng.random() < making.left_out and _may_be_left_out(run, file_type, row)
        file = DemoFile(path, content, hours, left_out)
        yield row, _troubled(run, making, file_type, row, file)


def _may_be_left_out(run: DemoRun, file_type: FileType, row: DemoRow) -> bool:
    """Keep what need not be there, and the first sample's files: trouble is made of those."""
    is_expected = file_type.expect is Expect.ALWAYS
    return is_expected and (run.trouble is None or row.sample_number > 1)


def _troubled(
    run: DemoRun, making: Making, file_type: FileType, row: DemoRow, file: DemoFile
) -> DemoFile:
    if run.trouble is Trouble.ARCHIVED_READS and file_type.per is Per.READ:
        return replace(file, left_out=True)
    is_emptied = file_type.name == emptied_type(making.layout.types_for(run.kit))
    if run.trouble is Trouble.EMPTY_FILE and is_emptied and row.sample_number == 1:
        return replace(file, content=b"")
    return file


def _paths(
    run: DemoRun, file_type: FileType, made: Mapping[str, list[tuple[DemoRow, DemoFile]]]
) -> Iterator[tuple[DemoRow, str]]:
    if file_type.of is not None:
        for row, file in made.get(file_type.of, []):
            path = _expand(file_type.patterns[0], {"stem": stem_of(file.path)})
            if path is not None and not file.left_out:
                yield row, path
        return
    reads = ("1", "2") if file_type.per is Per.READ else ("",)
    for row in run.rows:
        for read in reads if row.has_files else ():
            fields = {**_fields_of_row(run, row), "read": read}
            usable = [path for each in file_type.patterns if (path := _expand(each, fields))]
            yield row, usable[run.position % len(usable)]


def _companions(
    run: DemoRun, making: Making, file_type: FileType, row: DemoRow, file: DemoFile
) -> Iterator[DemoFile]:
    """Give what lies beside a file: the index of a BAM, the values of an exec summary."""
    if file.left_out:
        return
    is_bare = run.trouble is Trouble.MISSING_INDEX and row.sample_number == 1
    for suffix in () if is_bare else file_type.index_suffixes[:1]:
        yield DemoFile(file.path + suffix, BAM_INDEX, file.hours)
    if file_type.values:
        path = _expand(file_type.values, _fields_of_row(run, row))
        is_other = run.trouble is Trouble.OTHER_SAMPLES_SUMMARY and row.sample_number == 1
        name = f"{row.sample_name}X" if is_other else row.sample_name
        if path is not None:
            yield DemoFile(path, summary_values(making.stock, run, row, name), file.hours)


def _unexpected(
    run: DemoRun, made: Mapping[str, list[tuple[DemoRow, DemoFile]]], layout: Layout
) -> Iterator[DemoFile]:
    if run.trouble is not Trouble.UNEXPECTED_FILE:
        return
    name = next(each.name for each in layout.types_for(run.kit) if each.per is Per.READ)
    _, file = made[name][0]
    folder = posixpath.dirname(file.path)
    yield replace(file, path=f"{folder}/unlisted_sample_R1.fastq.gz", left_out=False)


def _ends(run: DemoRun, file_type: FileType, files: Sequence[DemoFile]) -> Iterator[DemoFile]:
    """Give what the instrument's analyses that made these files leave when they have ended."""
    for conversion in file_type.conversions:
        folders = tuple(_expand(each, _fields_of_run(run)) for each in conversion.directories)
        made = [
            file for file in files if file.path.startswith(tuple(f"{at}/" for at in folders if at))
        ]
        for marker in conversion.ended_by[:1] if made else ():
            path = _expand(marker, _fields_of_run(run))
            if path is not None:
                yield DemoFile(path, b"", made[0].hours)


def _fields_of_run(run: DemoRun) -> dict[str, str]:
    return {
        "sequencing_run": run.name,
        "flowcell": run.flowcell,
        "flowcell_id": run.flowcell_id,
        "enrichment_kit": run.kit,
        "newest": "1",
    }


def _fields_of_row(run: DemoRun, row: DemoRow) -> dict[str, str]:
    return {
        **_fields_of_run(run),
        "enrichment_kit": row.panel or run.kit,
        "sample_id": row.sample_id,
        "sample_name": row.sample_name,
        "sample_number": str(row.sample_number),
        "sample_project": run.project,
        "lane": "" if row.lane is None else str(row.lane),
        "lane_code": "" if row.lane is None else f"L{row.lane:03d}",
        "index": row.index,
        "index2": row.index2 or "",
    }


def _expand(pattern: str, fields: Mapping[str, str]) -> str | None:
    """Put values into a pattern; None when one of its fields has none, or the disk names a part."""
    known = {name: value for name, value in fields.items() if value}
    return None if set("*?") & set(pattern) else expand(pattern, known)
