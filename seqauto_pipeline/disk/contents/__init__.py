"""The content of found files: read when it is new or changed, and never otherwise.

`loading` is what reads, with every reader. It is not handed on here: most scans read nothing.
"""

from seqauto_pipeline.disk.contents.options import READER_VERSION, ContentOptions

__all__ = ["READER_VERSION", "ContentOptions"]
