"""The content of found files: read when it is new or changed, and never otherwise."""

from seqauto_pipeline.disk.contents.known import READER_VERSION
from seqauto_pipeline.disk.contents.options import ContentOptions
from seqauto_pipeline.disk.contents.request import ContentRequest

__all__ = ["READER_VERSION", "ContentOptions", "ContentRequest"]
