"""The limits of reading the content of files, and the version of what reads them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seqauto_pipeline.core.qc.limits import FigureLimit
from seqauto_pipeline.disk.interop import InteropLimits
from seqauto_pipeline.disk.lists.contents import ListedContents

if TYPE_CHECKING:
    from seqauto_pipeline.core.qc.gene_coverage import Keep

READER_VERSION = "1"  # a change of what the readers give makes every content new


@dataclass(frozen=True, slots=True)
class ContentOptions:
    max_bytes: int = 32 << 20
    max_decompressed_bytes: int = 32 << 20
    gene_rows: "Keep" = "gene_list"
    follow_links_out_of_root: bool = False
    seconds_per_file: float = 60
    threads: int = 1  # at most, of one process
    interop: InteropLimits = field(default_factory=InteropLimits)
    figure_limits: tuple[FigureLimit, ...] = ()  # those of the kit of the run that is read
    listed: ListedContents | None = None  # of the run that is read, where it is listed elsewhere
