"""The rules for OverrideCycles: does it add up to the run, and is each read used as is allowed.

Source: Illumina, "BCL Convert", "Sample Sheet": as many parts as reads, as many cycles in each as
the read has, at most one Y or I in each, I in index reads and Y in the others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from seqauto_pipeline.core.display import counted, quoted
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.judged_sheet import (
    BASES,
    FlowcellFacts,
    JudgedSheet,
    one_for_each_cycles,
)
from seqauto_pipeline.core.sheet.override_cycles import (
    INDEX,
    SEQUENCE,
    OverrideCycles,
    ReadCycles,
    Unreadable,
    parse_override_cycles,
    read_names,
)
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet, SheetFormat, SheetSample
from seqauto_pipeline.core.sheet.words import word

_MOST_COMPARED = 1000  # pairs of OverrideCycles and lengths; no sheet in order comes near
_READS = 2  # of a paired run, without the index reads


@dataclass(frozen=True, slots=True)
class _Reads:
    """The reads of the run, as far as they are known."""

    names: tuple[str, ...]  # R1, I1, I2, R2
    cycles: Mapping[str, int]  # by name
    source: str  # RunInfo.xml or [Reads]
    complete: bool  # False: real sheets leave index reads out of [Reads]


@dataclass(frozen=True, slots=True)
class _Stated:
    """One text of OverrideCycles, where it stands first."""

    text: str
    line: int
    column: str | None


def override_cycles_problems(
    sheet: SampleSheet, judged: JudgedSheet, flowcell: FlowcellFacts | None
) -> Iterator[Problem]:
    """Judge each text of OverrideCycles that the sheet has, once."""
    reads = None if sheet.setting("OverrideReads") else _reads(sheet, flowcell)
    for stated in _texts(sheet, judged):
        cycles = parse_override_cycles(stated.text)
        if isinstance(cycles, Unreadable):
            message = f"OverrideCycles {quoted(stated.text)} {cycles.reason}"
            yield found("INVALID_OVERRIDE_CYCLES", message, stated.line, stated.column)
            continue
        for reason in _misused(cycles, reads):
            message = f"OverrideCycles {quoted(stated.text)} {reason}"
            yield found("INVALID_OVERRIDE_CYCLES", message, stated.line, stated.column)
        for reason in _different(cycles, reads) if reads else ():
            message = f"OverrideCycles {quoted(stated.text)} {reason}"
            yield found("OVERRIDE_CYCLES_TOTAL", message, stated.line, stated.column)


def index_cycles_problems(sheet: SampleSheet, judged: JudgedSheet) -> Iterator[Problem]:
    """Compare the length of each index with the cycles that OverrideCycles uses for it."""
    known: dict[tuple[str | None, int, int], str | None] = {}
    for sample in sheet.samples:
        lengths = _length(sample.index), _length(sample.index2)
        key = (sample.override_cycles, *lengths)
        if key not in known and len(known) < _MOST_COMPARED:
            known[key] = _other_length(sheet, sample, lengths)
        message = known.get(key)
        if message is not None:
            message = f"The sample {quoted(sample.sample_id)} {message}"
            column = judged.column("override_cycles", "index")
            yield found("OVERRIDE_CYCLES_INDEX", message, sample.line, column)


def settings_without_read(sheet: SampleSheet, flowcell: FlowcellFacts | None) -> Iterator[Problem]:
    """Find settings of a second read, or a second index, in a v2 sheet of a run that has none.

    Sources: Illumina, "DRAGEN 4.2", "Sample Sheet", of adapters; of mismatches GenomiqueENS/aozan,
    IlluminaSampleSheetConverter, while instruments were seen to take them.
    """
    reads = _reads(sheet, flowcell)
    if reads is None or sheet.format is not SheetFormat.BCLCONVERT_V2:
        return
    has_indexes = reads.complete or any(name.startswith("I") for name in reads.names)
    for name, read, is_known in (
        ("AdapterRead2", "R2", True),
        ("BarcodeMismatchesIndex2", "I2", has_indexes),
    ):
        row = next((row for row in sheet.setting_rows if word(row.name) == word(name)), None)
        if row is None or not _is_stated(row.value) or not is_known or read in reads.names:
            continue
        message = f"{quoted(row.name)} is stated, and {reads.source} lists no {read}"
        problem = found("SETTING_WITHOUT_READ", message, row.line)
        yield problem if read == "R2" else replace(problem, severity=Severity.INFO)


def _length(index: str | None) -> int:
    return len(index) if index and BASES.fullmatch(index) else 0


def _other_length(sheet: SampleSheet, sample: SheetSample, lengths: tuple[int, int]) -> str | None:
    cycles = sheet.cycles_of(sample)
    used = _index_cycles(cycles) if cycles else ()
    for field, length, number in zip(("index", "index2"), lengths, used, strict=False):
        if length and number and length != number:
            return (
                f"has an {field} of {counted(length, 'base')}, and OverrideCycles uses "
                f"{counted(number, 'cycle')} for it"
            )
    return None


def _index_cycles(cycles: OverrideCycles) -> tuple[int, ...]:
    """Count the cycles of each index, in the order of the index reads; none where * stands."""
    reads = sorted(cycles.reads, key=lambda read: read.name or "")
    used = [
        [span.cycles for span in read.spans if span.letter == INDEX]
        for read in reads
        if read.has(INDEX)
    ]
    return tuple(0 if None in spans else sum(each or 0 for each in spans) for spans in used)


def _texts(sheet: SampleSheet, judged: JudgedSheet) -> Iterator[_Stated]:
    for row in sheet.setting_rows:
        if word(row.name) == "overridecycles" and _is_stated(row.value):
            yield _Stated(row.value, row.line, None)
    for sample in one_for_each_cycles(sheet.samples):
        text = sample.override_cycles
        if text is not None and _is_stated(text):
            yield _Stated(text, sample.line, judged.column("override_cycles"))


def _is_stated(text: str) -> bool:
    return word(text) not in ("", "na")


def _reads(sheet: SampleSheet, flowcell: FlowcellFacts | None) -> _Reads | None:
    if flowcell is not None and flowcell.reads:
        names = read_names([is_index for is_index, _ in flowcell.reads])
        cycles = [cycles for _, cycles in flowcell.reads]
        return _Reads(names, dict(zip(names, cycles, strict=True)), "RunInfo.xml", complete=True)
    if not sheet.reads or (len(sheet.reads) > _READS and not sheet.index_cycles):
        return None  # or all reads of a v1 sheet are listed, with the index reads among them
    first, *others = (f"R{number}" for number in range(1, len(sheet.reads) + 1))
    indexes = [f"I{number}" for number in range(1, len(sheet.index_cycles) + 1)]
    cycles_of = {
        **dict(zip((first, *others), sheet.reads, strict=True)),
        **dict(zip(indexes, sheet.index_cycles, strict=True)),
    }
    return _Reads((first, *indexes, *others), cycles_of, "[Reads]", complete=False)


def _named(cycles: OverrideCycles, reads: _Reads | None) -> Iterator[tuple[str, ReadCycles]]:
    """Give each part the name of its read, where that is known."""
    if cycles.by_name or reads is None:
        yield from ((read.name, read) for read in cycles.reads if read.name)
    elif len(cycles.reads) == len(reads.names):
        yield from zip(reads.names, cycles.reads, strict=True)
    elif len(cycles.reads) > len(reads.names) and not reads.complete:
        last = sum(name.startswith("R") for name in reads.names) - 1
        ahead = len(reads.names) - last  # the first read, and the index reads behind it
        yield from zip(reads.names[:ahead], cycles.reads, strict=False)
        if last:
            yield from zip(reads.names[ahead:], cycles.reads[-last:], strict=True)


def _misused(cycles: OverrideCycles, reads: _Reads | None) -> Iterator[str]:
    if cycles.delimiter != ";":
        yield f"separates the reads by {quoted(cycles.delimiter)}, expected semicolons"
    for place, read in enumerate(cycles.reads, 1):
        used = [span.letter for span in read.spans if span.letter in (SEQUENCE, INDEX)]
        if len(used) > 1:
            yield f"has {' and '.join(used)} in part {place}, expected at most one of Y and I"
    for name, read in _named(cycles, reads):
        other = SEQUENCE if name.startswith("I") else INDEX
        if read.has(other):
            what = "the index read" if other == SEQUENCE else "the read"
            yield f"uses {other} in {what} {name}"


def _different(cycles: OverrideCycles, reads: _Reads) -> Iterator[str]:
    """Compare with the reads that are known; those that [Reads] leaves out can be index reads."""
    expected = f"{reads.source} lists {counted(len(reads.names), 'read')}"
    if cycles.by_name:
        for name in (str(read.name) for read in cycles.reads):
            if name not in reads.cycles and (reads.complete or name.startswith("R")):
                yield f"names the read {name}, and {expected}"
    elif len(cycles.reads) < len(reads.names) or (
        reads.complete and len(cycles.reads) > len(reads.names)
    ):
        yield f"has {counted(len(cycles.reads), 'part')}, and {expected}"
    for name, read in _named(cycles, reads):
        has, available = read.cycles, reads.cycles.get(name)
        if available is not None and has is not None and has != available:
            yield f"gives {name} {counted(has, 'cycle')}, and {reads.source} has {available}"
