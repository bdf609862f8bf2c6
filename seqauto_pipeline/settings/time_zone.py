"""Names of time zones, and the machine's own."""

import os
import zoneinfo
from collections.abc import Mapping
from pathlib import Path


def machine_time_zone(environ: Mapping[str, str] | None = None, etc: Path = Path("/etc")) -> str:
    """Name the machine's time zone: $TZ, the localtime link, the timezone file, else UTC."""
    environ = os.environ if environ is None else environ
    link, file = etc / "localtime", etc / "timezone"
    for candidate in (
        environ.get("TZ", "").removeprefix(":"),
        str(link.readlink()) if link.is_symlink() else "",
        file.read_text(errors="replace").strip() if file.is_file() else "",
    ):
        name = candidate.rpartition("zoneinfo/")[2]
        if is_zone(name):
            return name
    return "UTC"


def is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a plain name; a directory of zones
        return False
    return True
