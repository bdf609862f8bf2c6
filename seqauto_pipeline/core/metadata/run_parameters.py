"""RunParameters.xml (MiSeq and HiSeq: runParameters.xml), bytes to values.

Each family of instruments has its own tags; the paths below are tried in order. They are those of
the public files that `docs/run_metadata.md` lists, family by family.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from xml.etree.ElementTree import Element  # the type only, never a parser

from seqauto_pipeline.core.metadata.run_info import ReadInfo, plausible_lanes, reads_of
from seqauto_pipeline.core.metadata.run_xml import (
    RUN_PARAMETERS,
    Reader,
    attribute,
    children,
    read_xml,
    text_at,
    texts_below,
)
from seqauto_pipeline.core.problems import Problem

_PATHS = {
    "instrument": (
        "InstrumentSerialNumber",  # NextSeq 1000/2000, NovaSeq X, MiSeq i100
        "InstrumentID",  # NextSeq 500/550, MiniSeq, iSeq
        "ScannerID",  # MiSeq
        "Setup/ScannerID",  # HiSeq
        "InstrumentName",  # NovaSeq 6000
    ),
    "instrument_type": ("InstrumentType", "PlatformType"),
    "run_id": ("RunID", "Setup/RunID"),
    "run_number": ("RunNumber", "Setup/ScanNumber", "RunCounter"),
    "experiment": ("ExperimentName", "Setup/ExperimentName"),
    "application": ("ApplicationName", "Application", "Setup/ApplicationName"),
    "application_version": (
        "ApplicationVersion",
        "Setup/ApplicationVersion",
        "SystemSuiteVersion",  # NovaSeq X has no other
    ),
    "rta_version": ("RTAVersion", "Setup/RTAVersion"),
    "chemistry": ("Chemistry", "Setup/ChemistryVersion", "ChemistryVersion", "Setup/Chemistry"),
    "flowcell": (
        "RfidsInfo/FlowCellSerialBarcode",  # NovaSeq 6000
        "FlowCellRfidTag/SerialNumber",  # MiSeq, NextSeq 500/550, MiniSeq
        "FlowcellEEPROMTag/SerialNumber",  # iSeq
        "FlowCellSerialNumber",  # NextSeq 1000/2000
        "FlowCellSerial",
        "Setup/Barcode",  # HiSeq
        "Barcode",
    ),
    "flowcell_type": (
        "FlowCellName",  # NovaSeq X
        "FlowCellType",
        "RfidsInfo/FlowCellMode",  # NovaSeq 6000
        "FlowCellMode",
        "Setup/Flowcell",  # HiSeq
    ),
    "reagent_kit": (
        "RfidsInfo/SbsSerialBarcode",  # NovaSeq 6000
        "ReagentKitBarcode",  # MiSeq
        "ReagentKitSerial",  # NextSeq 500/550, MiniSeq
        "ReagentKitRfidTag/SerialNumber",  # iSeq
        "CartridgeSerialNumber",  # NextSeq 1000/2000
    ),
    "reagent_kit_type": ("ReagentKitVersion", "Setup/Sbs"),
    "side": ("Side", "Setup/FCPosition"),
    "start_date": (
        "RunStartDate",
        "Setup/RunStartDate",
        "RunStartTime",
        "RunStartTimeStamp",
        "RunStartTimestamp",
    ),
    "workflow_type": ("WorkflowType",),
    "secondary_analysis": ("SecondaryAnalysisMode",),  # NextSeq 1000/2000, NovaSeq X
    "lanes": ("Setup/NumLanes", "NumLanes"),
}
_LISTED_READS = (("Reads", "RunInfoRead"), ("Reads", "Read"), ("Setup", "Reads", "Read"))
# Cycles by place: read 1, index 1, index 2, read 2. What was planned comes before what was set up.
_PLACED_READS = (
    ("PlannedCycles/Read1", "PlannedCycles/Index1", "PlannedCycles/Index2", "PlannedCycles/Read2"),
    (
        "PlannedRead1Cycles",
        "PlannedIndex1ReadCycles",
        "PlannedIndex2ReadCycles",
        "PlannedRead2Cycles",
    ),
    (
        "Read1NumberOfCycles",
        "IndexRead1NumberOfCycles",
        "IndexRead2NumberOfCycles",
        "Read2NumberOfCycles",
    ),
    ("Setup/Read1", "Setup/IndexRead1", "Setup/IndexRead2", "Setup/Read2"),
    ("Setup/Read1", "Setup/Index1Read", "Setup/Index2Read", "Setup/Read2"),
)
_PARENTS = frozenset(
    path.partition("/")[0].casefold()
    for path in chain.from_iterable((*_PATHS.values(), *_PLACED_READS))
    if "/" in path
)
# Types of consumables, folded: FlowCell and Reagent of the NovaSeq X, FlowCell_1 of the MiSeq i100.
_FLOWCELLS = frozenset({"flowcell", "flowcell_1"})
_REAGENTS = frozenset({"reagent"})
# The first NovaSeq 6000 wrote Left and Right: miso-lims/runscanner, DefaultIllumina.
_SIDES = {"a": "A", "b": "B", "left": "A", "right": "B"}
_IS_INDEX = (False, True, True, False)
_READ_NAMES = {"read1": 0, "index1": 1, "index2": 2, "read2": 3}


@dataclass(frozen=True, slots=True)
class RunParameters:
    """What RunParameters.xml says; None for what it leaves out or spoils."""

    instrument: str | None
    instrument_type: str | None
    run_id: str | None
    run_number: int | None
    experiment: str | None
    application: str | None
    application_version: str | None
    rta_version: str | None  # as written: NovaSeq 6000 puts a v before it
    chemistry: str | None
    flowcell: str | None  # without its side
    flowcell_type: str | None
    reagent_kit: str | None  # serial number
    reagent_kit_type: str | None
    side: str | None  # A or B
    start_date: dt.date | None
    workflow_type: str | None
    secondary_analysis: str | None  # as written: Cloud, None
    lanes: int | None
    reads: tuple[ReadInfo, ...]


def parse_run_parameters(data: bytes) -> tuple[RunParameters | None, tuple[Problem, ...]]:
    """Read the file of any family and list its problems. None when it is something else."""
    root, problems = read_xml(data, RUN_PARAMETERS)
    if root is None:
        return None, problems
    reader = Reader(RUN_PARAMETERS, list(problems))
    parameters = _run_parameters(root, reader)
    return parameters, tuple(reader.problems)


def _run_parameters(root: Element, reader: Reader) -> RunParameters:
    texts = texts_below(root, _PARENTS)

    def text(fact: str) -> str | None:
        return reader.text(_first(texts, _PATHS[fact]), fact)

    return RunParameters(
        instrument=text("instrument"),
        instrument_type=text("instrument_type"),
        run_id=text("run_id"),
        run_number=reader.number(text("run_number"), "RunNumber"),
        experiment=text("experiment"),
        application=text("application"),
        application_version=text("application_version"),
        rta_version=text("rta_version"),
        chemistry=text("chemistry"),
        flowcell=reader.text(_consumable(root, _FLOWCELLS, "SerialNumber"), "flowcell")
        or text("flowcell"),
        flowcell_type=text("flowcell_type"),
        reagent_kit=text("reagent_kit")
        or reader.text(_consumable(root, _REAGENTS, "SerialNumber"), "reagent_kit"),
        reagent_kit_type=text("reagent_kit_type")
        or reader.text(_consumable(root, _REAGENTS, "Name"), "reagent_kit_type"),
        side=_side(text("side")),
        start_date=reader.date(text("start_date"), "RunStartDate"),
        workflow_type=text("workflow_type"),
        secondary_analysis=text("secondary_analysis"),
        lanes=plausible_lanes(reader.number(text("lanes"), "NumLanes"), reader),
        reads=_reads(root, texts, reader),
    )


def _first(texts: Mapping[str, str], paths: Iterable[str]) -> str | None:
    return next((text for path in paths if (text := texts.get(path.casefold()))), None)


def _consumable(root: Element, kinds: frozenset[str], fact: str) -> str | None:
    """Find a fact of a NovaSeq X or MiSeq i100 consumable."""
    for consumable in children(root, "ConsumableInfo", "ConsumableInfo"):
        if (text_at(consumable, "Type") or "").casefold() in kinds:
            return text_at(consumable, fact)
    return None


def _side(text: str | None) -> str | None:
    return _SIDES.get((text or "").casefold())


def _reads(root: Element, texts: Mapping[str, str], reader: Reader) -> tuple[ReadInfo, ...]:
    for path in _LISTED_READS:
        if reads := reads_of(root, path, reader):
            return reads
    if cycles := _named_cycles(root, reader):
        return _numbered(cycles)
    for places in _PLACED_READS:
        stated = [texts.get(place.casefold()) for place in places]
        if any(stated):
            return _numbered(
                tuple(
                    reader.number(text, place) or 0
                    for text, place in zip(stated, places, strict=True)
                )
            )
    return ()


def _named_cycles(root: Element, reader: Reader) -> tuple[int, ...]:
    """Read the cycles per place of a NovaSeq X or MiSeq i100; empty when it names none."""
    cycles = [0, 0, 0, 0]
    for read in children(root, "PlannedReads", "Read"):
        name = (attribute(read, "ReadName") or "").casefold()
        if name in _READ_NAMES:
            cycles[_READ_NAMES[name]] = reader.number(attribute(read, "Cycles"), "Cycles") or 0
    return tuple(cycles) if any(cycles) else ()


def _numbered(cycles: tuple[int, ...]) -> tuple[ReadInfo, ...]:
    """Number the reads that have cycles, in the order of sequencing, as RunInfo would."""
    real = [pair for pair in zip(cycles, _IS_INDEX, strict=True) if pair[0]]
    return tuple(ReadInfo(number, *pair) for number, pair in enumerate(real, 1))
