"""Run folder names, read into what Illumina wrote in them."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from seqauto_pipeline.core.metadata.instruments import family_of, model_of
from seqauto_pipeline.core.metadata.run_date import parse_run_date

# A prefix can look like the start of the name, so matches may overlap: the name is a lookahead.
_CANDIDATE = re.compile(
    r"(?:^|(?<=[_. -]))(?=(?P<date>\d{6}|\d{8})_(?P<instrument>[A-Za-z][A-Za-z0-9-]*)"
    r"_(?P<run_number>\d{1,9})_(?P<flowcell_id>[A-Za-z0-9-]+)(?=[_. ]|\Z))",
    re.ASCII,
)
_SIDED_OF_UNKNOWN_MODEL = re.compile(r"[AB][A-Za-z0-9]{9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RunFolderName:
    """The parts of a run folder's name."""

    date: dt.date  # local to the instrument
    instrument: str
    run_number: int  # zero padding dropped
    flowcell_id: str  # as written, side letter included: what file names carry
    side: str | None  # A or B
    flowcell: str  # without its side, as RunInfo has it
    prefix: str  # the lab's text before Illumina's part, without the separator
    suffix: str  # and after it
    illumina_name: str  # Illumina's part alone: the run id


@lru_cache(maxsize=1024)  # asked several times of each run, one run after the other
def parse_run_folder_name(name: str) -> RunFolderName | None:
    """Read ``<date>_<instrument>_<run number>_[<side>]<flowcell>`` out of a folder name.

    The date is YYMMDD or YYYYMMDD. Text around Illumina's part is the lab's. Where two places could
    be that part, the one with an instrument of a known model is. Any other name gives None.
    """
    starts = [
        (match, date)
        for match in _CANDIDATE.finditer(name)
        if (date := parse_run_date(match["date"])) is not None
    ]
    known = [start for start in starts if model_of(start[0]["instrument"])]
    chosen = next(iter(known or starts), None)
    return _run_folder_name(name, *chosen) if chosen else None


def flowcell_id_of(name: str) -> str | None:
    """Give the flowcell as the folder's name has it; of an unlike name, its last ``_`` part."""
    parts = parse_run_folder_name(name)
    return parts.flowcell_id if parts else name.rpartition("_")[2] or None


def _run_folder_name(name: str, match: re.Match[str], date: dt.date) -> RunFolderName:
    side, flowcell = split_side(match["instrument"], match["flowcell_id"])
    end = match.end("flowcell_id")
    return RunFolderName(
        date=date,
        instrument=match["instrument"],
        run_number=int(match["run_number"]),
        flowcell_id=match["flowcell_id"],
        side=side,
        flowcell=flowcell,
        prefix=name[: max(match.start("date") - 1, 0)],
        suffix=name[end + 1 :],
        illumina_name=name[match.start("date") : end],
    )


def split_side(instrument: str, flowcell_id: str) -> tuple[str | None, str]:
    """Part ``AHNLYFBGXG`` into side A and flowcell HNLYFBGXG, where the model has sides.

    A MiSeq, iSeq or NextSeq 2000 flowcell may begin with A or B by itself. Of an unknown model only
    the usual shape is parted: a letter and nine characters.
    """
    family = family_of(instrument)
    if family is None:
        sided = _SIDED_OF_UNKNOWN_MODEL.fullmatch(flowcell_id) is not None
    else:
        sided = family.has_side and len(flowcell_id) > 1 and flowcell_id[0] in "AB"
    return (flowcell_id[0], flowcell_id[1:]) if sided else (None, flowcell_id)
