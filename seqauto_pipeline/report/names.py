"""The names of the report's files: nothing of a disk decides more than a harmless part of one."""

import hashlib
import re

RUNS = "runs"  # directories of the report
QC = "qc"
ASSETS = "assets"
DATA = "data"

_HARMLESS = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_PART = 60  # characters
_HASH_BYTES = 5
OWN_FILE = re.compile(rf"[A-Za-z0-9_-]*-[0-9a-f]{{{2 * _HASH_BYTES}}}\.(html|js|css)")


def slug(name: str, *what: str) -> str:
    """Make a file name, without its suffix: what is harmless of a name, and a hash of ``what``."""
    readable = _HARMLESS.sub("_", name)[:_LONGEST_PART]
    digest = hashlib.blake2b(
        "\0".join(what).encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES
    )
    return f"{readable}-{digest.hexdigest()}"


def run_page_name(name: str, root: str, path: str) -> str:
    """Name the page of a sequencing run, below the report: by its place, which is its own."""
    return f"{RUNS}/{slug(name, root, path)}.html"


def qc_slug(kind: str, name: str) -> str:
    """Name the page of a kit's or sequencer's QC, without directory and suffix."""
    return slug(f"{kind}_{name}", kind, name)
