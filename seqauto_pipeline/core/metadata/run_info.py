"""RunInfo.xml, bytes to values: what the instrument set out to sequence."""

import datetime as dt
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # the type only, never a parser

from seqauto_pipeline.core.metadata.run_xml import (
    RUN_INFO,
    Reader,
    attribute,
    children,
    read_xml,
    text_at,
)
from seqauto_pipeline.core.problems import Problem, Severity

MAX_READS = 50  # real runs have four at most
MAX_LANES = 64  # real flowcells have eight at most; files are expected for each lane
_SIDES = {"1": "A", "2": "B"}
_YES = ("y", "yes", "true", "1")


@dataclass(frozen=True, slots=True)
class ReadInfo:
    """One read of the run, in the order of sequencing."""

    number: int
    cycles: int
    is_index: bool


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What RunInfo.xml says; None for what it leaves out or spoils."""

    version: str | None
    run_id: str | None
    run_number: int | None
    instrument: str | None
    flowcell: str | None  # without its side
    side: str | None  # A or B; NovaSeq 6000 only
    date: dt.date | None  # as written, whatever its zone
    reads: tuple[ReadInfo, ...]
    lanes: int | None
    surfaces: int | None  # per lane
    swaths: int | None  # per surface
    tiles: int | None  # per swath
    image_channels: tuple[str, ...]


def parse_run_info(data: bytes) -> tuple[RunInfo | None, tuple[Problem, ...]]:
    """Read RunInfo.xml of any version and list its problems. None when it is no RunInfo."""
    root, problems = read_xml(data, RUN_INFO)
    if root is None:
        return None, problems
    reader = Reader(RUN_INFO, list(problems))
    sequencing_run = next(iter(children(root, "Run")), None)
    if sequencing_run is None:
        reader.problems.append(_without_run())
        return None, tuple(reader.problems)
    info = _run_info(root, sequencing_run, reader)
    return info, tuple(reader.problems)


def reads_of(root: Element, path: tuple[str, ...], reader: Reader) -> tuple[ReadInfo, ...]:
    """Read the elements that have a number, cycles and an index flag, wherever they stand."""
    elements = children(root, *path)
    if len(elements) > MAX_READS:
        reader.warn("TOO_MANY_READS", f"{len(elements)} reads are listed, at most {MAX_READS} fit")
        return ()
    reads = (_read_info(position, element, reader) for position, element in enumerate(elements, 1))
    return tuple(read for read in reads if read is not None)


def _run_info(root: Element, sequencing_run: Element, reader: Reader) -> RunInfo:
    layout = next(iter(children(sequencing_run, "FlowcellLayout")), sequencing_run)

    def text(what: str) -> str | None:
        return reader.text(text_at(sequencing_run, what), what)

    def count(name: str) -> int | None:
        return reader.number(attribute(layout, name), name)

    return RunInfo(
        version=reader.text(attribute(root, "Version"), "Version"),
        run_id=reader.text(attribute(sequencing_run, "Id"), "Run Id"),
        run_number=reader.number(attribute(sequencing_run, "Number"), "Run Number"),
        instrument=text("Instrument"),
        flowcell=text("Flowcell"),
        side=_SIDES.get(attribute(layout, "FlowcellSide") or ""),
        date=reader.date(text("Date"), "Date"),
        reads=reads_of(sequencing_run, ("Reads", "Read"), reader),
        lanes=plausible_lanes(count("LaneCount") or _listed_lanes(sequencing_run), reader),
        surfaces=count("SurfaceCount"),
        swaths=count("SwathCount"),
        tiles=count("TileCount"),
        image_channels=_image_channels(sequencing_run),
    )


def _read_info(position: int, element: Element, reader: Reader) -> ReadInfo | None:
    cycles = reader.number(attribute(element, "NumCycles"), f"NumCycles of read {position}")
    if cycles is None:
        cycles = _cycles_of_span(element, reader)
    if cycles is None:
        reader.warn("READ_WITHOUT_CYCLES", f"read {position} has no count of cycles, NumCycles")
        return None
    number = reader.number(attribute(element, "Number"), f"Number of read {position}")
    return ReadInfo(position if number is None else number, cycles, _is_index(element))


def _cycles_of_span(element: Element, reader: Reader) -> int | None:
    """Count the cycles as the first versions wrote them, with no ``NumCycles``."""
    first = reader.number(attribute(element, "FirstCycle"), "FirstCycle")
    last = reader.number(attribute(element, "LastCycle"), "LastCycle")
    if first is None or last is None or last < first:
        return None
    return last - first + 1


def _is_index(element: Element) -> bool:
    flag = attribute(element, "IsIndexedRead")
    if flag is None:
        return bool(children(element, "Index"))
    return flag.casefold() in _YES


def plausible_lanes(count: int | None, reader: Reader) -> int | None:
    """Give the count back; None, with a problem, for one that no flowcell has."""
    if count is None or count <= MAX_LANES:
        return count
    reader.warn("TOO_MANY_LANES", f"the flowcell has {count} lanes, at most {MAX_LANES} fit")
    return None


def _listed_lanes(sequencing_run: Element) -> int | None:
    """Count the lanes as the first versions listed them."""
    return len(children(sequencing_run, "Tiles", "Lane")) or None


def _image_channels(sequencing_run: Element) -> tuple[str, ...]:
    names = (name.text or "" for name in children(sequencing_run, "ImageChannels", "Name"))
    return tuple(name.strip()[:20] for name in names)[:8]


def _without_run() -> Problem:
    message = "RunInfo.xml holds no <Run>, so it says nothing of the run"
    fix = "Copy RunInfo.xml from the instrument again."
    return RUN_INFO.problem("WITHOUT_RUN", Severity.ERROR, message, fix)
