"""What an instrument's serial number and model tell: data, with its sources, and two lookups."""

import re
from dataclasses import dataclass

MANUFACTURER = "Illumina"  # of all families below
RTA_COMPLETE = "RTAComplete.txt"
RTA_COMPLETE_XML = "RTAComplete.xml"
COPY_COMPLETE = "CopyComplete.txt"


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """Marker files that an instrument leaves at the top of its run folder when it has ended.

    A run folder is whole when each name of ``all_of`` is there and, where ``any_of`` has names, one
    of those too. ``informative`` markers may be there and decide nothing.
    """

    all_of: tuple[str, ...]
    any_of: tuple[str, ...]
    informative: tuple[str, ...]
    source: str

    def lacking(self, present: frozenset[str]) -> tuple[str, ...]:
        """Name the markers still to come; alternatives are joined by `` or ``."""
        missing = [name for name in self.all_of if name not in present]
        if self.any_of and not any(name in present for name in self.any_of):
            missing.append(" or ".join(self.any_of))
        return tuple(missing)


@dataclass(frozen=True, slots=True)
class InstrumentFamily:
    """One model, the letters its serial numbers begin with, and the shape of its run names."""

    model: str
    prefixes: tuple[str, ...]
    has_side: bool  # its run folder names carry A or B before the flowcell
    completion: CompletionRule
    names_cartridge: bool = False  # and not the flowcell, which only the files tell


_RTA = CompletionRule(
    (RTA_COMPLETE,),
    (),
    (),
    "Illumina, MiSeq System Guide and HiSeq System Guide, output files: Real-Time Analysis writes "
    "RTAComplete.txt when it has ended",
)
_NEXTSEQ_500 = CompletionRule(
    (),
    (RTA_COMPLETE, RTA_COMPLETE_XML),
    (),
    "Illumina, NextSeq 550/500 online help, Sequencing Output Folder Structure: RTAComplete.xml; "
    "later versions of the software write RTAComplete.txt",
)
_MINISEQ = CompletionRule(
    (),
    (RTA_COMPLETE, RTA_COMPLETE_XML),
    (),
    "dnanexus-archive/dx-streaming-upload, issue 21: RTAComplete.xml; RTAComplete.txt as the "
    "NextSeq 550/500, whose software it shares",
)
_NEXTSEQ_2000 = CompletionRule(
    (COPY_COMPLETE,),
    (),
    (RTA_COMPLETE,),
    "Illumina Knowledge 2443, File paths on the NextSeq 1000/2000: flag files",
)
_ISEQ = CompletionRule(
    (COPY_COMPLETE,),
    (),
    (RTA_COMPLETE,),
    "Illumina, iSeq 100 System Guide, output folder: CopyComplete.txt follows the copy",
)
_NOVASEQ_6000 = CompletionRule(
    (COPY_COMPLETE,),
    (),
    (RTA_COMPLETE, "SequenceComplete.txt"),
    "Illumina Knowledge 2426, NovaSeq 6000 File paths; NovaSeq 6000 System Guide, output files",
)
_NOVASEQ_X = CompletionRule(
    (COPY_COMPLETE,),
    (),
    (RTA_COMPLETE,),
    "Illumina, NovaSeq X Series online help, Output Folder Structure",
)
_HISEQ_4000 = CompletionRule(
    (RTA_COMPLETE,),
    (),
    ("SequencingComplete.txt",),
    "Illumina, HiSeq 3000/HiSeq 4000 System Guide, output files",
)

# Letters of serial numbers: SACGF/variantgrid, seqauto/illumina/illumina_sequencers.py, and the
# names of public run folders. ``HWI-`` is what the first HiSeq and MiSeq computers put before them.
# HiSeq 1500 and Genome Analyzer IIx: nickp60/fcid, fcid/run.py; fls-bioinformatics-core/genomics,
# bcftbx/platforms.py.
FAMILIES: tuple[InstrumentFamily, ...] = (
    InstrumentFamily("MiSeq", ("M", "HWI-M"), has_side=False, completion=_RTA),
    InstrumentFamily("MiniSeq", ("MN",), has_side=True, completion=_MINISEQ),
    # The name ends in the dry cartridge (ASC2177698-SC3), RunInfo has the flowcell (BXA99715-2010):
    # NationalGenomicsInfrastructure/demux_realm, run folder and RunInfo.xml of its tests.
    InstrumentFamily("MiSeq i100", ("SH",), has_side=True, completion=_RTA, names_cartridge=True),
    InstrumentFamily("iSeq 100", ("FS",), has_side=False, completion=_ISEQ),
    InstrumentFamily(
        "NextSeq 500/550", ("NS", "NB", "NDX"), has_side=True, completion=_NEXTSEQ_500
    ),
    InstrumentFamily("NextSeq 1000/2000", ("VH", "VL"), has_side=False, completion=_NEXTSEQ_2000),
    InstrumentFamily(
        "Genome Analyzer IIx",
        ("ILLUMINA-", "HWUSI-EAS", "HWI-EAS"),
        has_side=False,
        completion=_RTA,
    ),
    InstrumentFamily("HiSeq 1500", ("C", "HWI-C"), has_side=True, completion=_RTA),
    InstrumentFamily("HiSeq 2000", ("SN", "HWI-ST"), has_side=True, completion=_RTA),
    InstrumentFamily("HiSeq 2500", ("D", "HWI-D"), has_side=True, completion=_RTA),
    InstrumentFamily("HiSeq 3000", ("J",), has_side=True, completion=_RTA),
    InstrumentFamily("HiSeq 4000", ("K",), has_side=True, completion=_HISEQ_4000),
    InstrumentFamily("HiSeq X", ("E", "ST-E"), has_side=True, completion=_RTA),
    InstrumentFamily("NovaSeq 6000", ("A",), has_side=True, completion=_NOVASEQ_6000),
    InstrumentFamily("NovaSeq X", ("LH",), has_side=True, completion=_NOVASEQ_X),
)
_BY_PREFIX = {prefix: family for family in FAMILIES for prefix in family.prefixes}
_SERIAL = re.compile(r"([A-Z]+(?:-[A-Z]+)?)\d+", re.ASCII)
_COMPUTER = re.compile(r"(ILLUMINA-)[0-9A-F]{5,6}", re.ASCII)  # a Genome Analyzer's


def family_of(instrument: str) -> InstrumentFamily | None:
    """Find the family by all the letters before the digits: ``MN00123`` is not a MiSeq."""
    serial = _SERIAL.fullmatch(instrument) or _COMPUTER.fullmatch(instrument)
    return _BY_PREFIX.get(serial[1]) if serial else None


def model_of(instrument: str) -> str | None:
    """Name the model, such as ``NextSeq 500/550``; None for a serial number of no known shape."""
    family = family_of(instrument)
    return family.model if family else None


def completion_rule(instrument: str | None) -> CompletionRule:
    """Give the markers to wait for; an unknown instrument is held to RTAComplete.txt."""
    family = family_of(instrument) if instrument else None
    return family.completion if family else _RTA


MARKER_NAMES = frozenset(
    name
    for family in FAMILIES
    for name in (
        *family.completion.all_of,
        *family.completion.any_of,
        *family.completion.informative,
    )
)
