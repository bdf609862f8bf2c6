"""A file of the disk that is to be uploaded: the one that was scanned, or none."""

import os
from collections.abc import Mapping
from io import BufferedReader
from typing import Any

from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.disk.read import ReadRefused, open_file


def open_scanned(body: Mapping[str, Any], root: str) -> BufferedReader | str:
    """Open the file that an upload is about; or say why it is not the one that was scanned."""
    path = str(body["path"])
    try:
        handle = open_file(path, path, root=unescape_name(root))
    except ReadRefused as refused:
        return f"{path} cannot be read: {refused.refusal.reason}"
    facts = os.fstat(handle)
    if (facts.st_size, facts.st_mtime_ns) != (body["size"], body["modified_ns"]):
        os.close(handle)
        return f"{path} changed since it was scanned"
    return os.fdopen(handle, "rb")
