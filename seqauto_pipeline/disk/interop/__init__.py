"""A run's figures from its InterOp folder: Illumina's library, in a process of its own.

The library is compiled code that reads what an instrument left. Whatever a damaged or hostile file
makes it do (crash, loop, ask for memory without end) ends that process and nothing else.
"""

from seqauto_pipeline.disk.interop.files import INTEROP_FOLDER, InteropFiles, interop_files
from seqauto_pipeline.disk.interop.process import InteropLimits, read_interop

__all__ = ["INTEROP_FOLDER", "InteropFiles", "InteropLimits", "interop_files", "read_interop"]
