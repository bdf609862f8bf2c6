"""The instruments of the demo lab: what their metadata templates, names and sheets look like."""

import random
import string
from dataclasses import dataclass
from enum import StrEnum

_CHARACTERS = string.ascii_uppercase + string.digits


class SheetFamily(StrEnum):
    LEGACY_FCID = "legacy_fcid"
    IEM_V1 = "iem_v1"
    BCLCONVERT_V2 = "bclconvert_v2"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One model. Cycles, index lengths and lanes are those of its RunInfo template."""

    template: str  # first part of its templates' names
    model: str  # as a BCL Convert sheet writes it
    serials: tuple[str, ...]
    sheet: SheetFamily
    cycles: int  # of each of the two reads
    index_lengths: tuple[int, ...]  # one for a single index
    index_reads: tuple[int, ...]  # cycles, at least as many
    lanes: int
    flowcell: str  # "#" stands for a letter or digit, "%" for a digit
    has_lane_column: bool
    has_side: bool = True
    long_date: bool = False  # its run names begin with eight digits
    padding: int = 4  # digits of the run number in the name
    run_parameters: str = "RunParameters.xml"

    def new_flowcell(self, rng: random.Random) -> str:
        """Make up a flowcell id, without the side."""
        return "".join(_filled(character, rng) for character in self.flowcell)


def _filled(character: str, rng: random.Random) -> str:
    if character == "#":
        return rng.choice(_CHARACTERS)
    return rng.choice(string.digits) if character == "%" else character


NEXTSEQ_500 = Instrument(
    template="nextseq_500",
    model="NextSeq550",
    serials=("NB501009", "NDX550312"),
    sheet=SheetFamily.IEM_V1,
    cycles=151,
    index_lengths=(8, 8),
    index_reads=(8, 8),
    lanes=4,
    flowcell="H####BGXG",
    has_lane_column=False,
)
NOVASEQ_6000 = Instrument(
    template="novaseq_6000",
    model="NovaSeq6000",
    serials=("A01337",),
    sheet=SheetFamily.BCLCONVERT_V2,
    cycles=51,
    index_lengths=(8, 8),
    index_reads=(8, 8),
    lanes=2,
    flowcell="H####DRX5",
    has_lane_column=True,
)
MISEQ = Instrument(
    template="miseq",
    model="MiSeq",
    serials=("M02027",),
    sheet=SheetFamily.IEM_V1,
    cycles=151,
    index_lengths=(8, 8),
    index_reads=(8, 8),
    lanes=1,
    flowcell="000000000-L####",
    has_lane_column=True,
    has_side=False,
    run_parameters="runParameters.xml",
)
HISEQ_2500 = Instrument(
    template="hiseq_2500",
    model="HiSeq2500",
    serials=("D00418",),
    sheet=SheetFamily.LEGACY_FCID,
    cycles=151,
    index_lengths=(6,),
    index_reads=(7,),
    lanes=2,
    flowcell="H####BCX2",
    has_lane_column=True,
    run_parameters="runParameters.xml",
)
NOVASEQ_X = Instrument(
    template="novaseq_x",
    model="NovaSeqXPlus",
    serials=("LH00331",),
    sheet=SheetFamily.BCLCONVERT_V2,
    cycles=151,
    index_lengths=(10, 10),
    index_reads=(19, 10),
    lanes=8,
    flowcell="22####LT4",
    has_lane_column=True,
    long_date=True,
)
ISEQ_100 = Instrument(
    template="iseq_100",
    model="iSeq100",
    serials=("FS10002101",),
    sheet=SheetFamily.IEM_V1,
    cycles=151,
    index_lengths=(6,),
    index_reads=(6,),
    lanes=1,
    flowcell="BPL%%%%%-%%%%",
    has_lane_column=False,
    has_side=False,
    long_date=True,
    padding=1,
)
# The order in which the lab uses them, over and over.
ROTA = (
    NEXTSEQ_500,
    NOVASEQ_6000,
    MISEQ,
    HISEQ_2500,
    NOVASEQ_X,
    ISEQ_100,
    NEXTSEQ_500,
    NOVASEQ_6000,
    MISEQ,
    NEXTSEQ_500,
)
