"""Bytes of a text file -> its lines, within limits."""

import re
from collections.abc import Iterator

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.values import error

MAX_LINE_LENGTH = 1_000_000  # characters
MAX_LINES = 300_000
_PIECE_BYTES = 1 << 20  # decoded at once: a character may make text take four times the memory

# All but tab, line feed and carriage return. No QC writer uses any of them, binary data all do.
_CONTROL_BYTES = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"
_MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile(b"[" + re.escape(_CONTROL_BYTES) + b"]")
_SIGNATURES = (
    (b"\x1f\x8b", "gzip-compressed data inside"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)


def text_lines(data: bytes) -> list[str] | Problem:
    """Split into lines, without their ends; UTF-8 (byte order mark or not), else Windows-1252."""
    if len(data.translate(None, _CONTROL_BYTES)) != len(data):
        return _not_text(data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.count(b"\n") > MAX_LINES:
        return error(
            "QC_TOO_MANY_LINES",
            f"The file has more than {MAX_LINES:,} lines; no QC file of one sample is that long",
            "Check what wrote the file, and write it again.",
        )
    for encoding in ("utf-8", "cp1252"):
        try:
            lines = _decoded_lines(data, encoding)
        except UnicodeDecodeError:
            continue
        return lines if len(data) <= MAX_LINE_LENGTH else _too_long(lines) or lines
    return _not_text(data)


def _decoded_lines(data: bytes, encoding: str) -> list[str]:
    # Not splitlines(): it also splits at characters such as U+0085 that an editor does not count.
    if encoding == "utf-8":
        data = data.removeprefix(_MARK)
    if len(data) <= _PIECE_BYTES:
        return data.decode(encoding).split("\n")
    lines = [""]
    for piece in _pieces(data):
        lines[-1:] = piece.decode(encoding).split("\n")
    return lines


def _pieces(data: bytes) -> Iterator[bytes]:
    """Cut at line ends: in UTF-8 and Windows-1252 the byte of one is part of no other character."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE_BYTES) + 1 or len(data)
        yield data[start:end]
        start = end


def _not_text(data: bytes) -> Problem:
    found = next((name for start, name in _SIGNATURES if data.startswith(start)), "binary data")
    control = _CONTROL.search(data)
    return error(
        "QC_NOT_TEXT",
        f"Found {found}, expected plain text (UTF-8 or Windows-1252)",
        "Write the file again as plain text; if it was copied, compare it with the original.",
        line=data.count(b"\n", 0, control.start()) + 1 if control else None,
    )


def _too_long(lines: list[str]) -> Problem | None:
    if max(map(len, lines)) <= MAX_LINE_LENGTH:
        return None
    number, line = next(
        (number, line) for number, line in enumerate(lines, 1) if len(line) > MAX_LINE_LENGTH
    )
    return error(
        "QC_LINE_TOO_LONG",
        f"A line has {len(line):,} characters, expected at most {MAX_LINE_LENGTH:,}",
        "Check what wrote the file, and write it again.",
        line=number,
    )
