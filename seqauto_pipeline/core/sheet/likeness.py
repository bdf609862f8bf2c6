"""What a file is that stands where a sample sheet should, for the message that refuses it."""

import re

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.sheet.text import SheetText

# The first bytes of formats that get copied over a sheet, from their specifications
_MAGIC = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (XLSX)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document (XLS, DOC)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a bitmap image"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"version https://git-lfs", "a Git LFS pointer instead of the file itself"),
)
_STARTS = (
    (re.compile(r"<!doctype html|<html", re.IGNORECASE), "an HTML page"),
    (re.compile(r"<\?xml|<[a-z][\w:.-]*[\s>/]", re.IGNORECASE), "an XML document"),
    (re.compile(r'\{\s*["}]|\[\s*(?:[\]{"]|\d+\s*,|$)'), "JSON"),
    (re.compile(r">\S"), "a FASTA file"),
    (re.compile(r"@[^\n]*\n[ACGTN]+\n\+"), "a FASTQ file"),
    (re.compile(r"##fileformat=VCF"), "a VCF file"),
)
_LOOKED_AT = 4096


def binary_kind(data: bytes) -> str | None:
    """Name the binary format, or the text format with a fixed start, that the bytes are."""
    for magic, name in _MAGIC:
        if data.startswith(magic) and (name != "a bitmap image" or b"\x00" in data[:64]):
            return name
    return None


def text_kind(text: SheetText) -> str:
    """Describe a text in which no sample sheet was found."""
    start = "\n".join(line[:_LOOKED_AT] for line in text.lines[:50]).strip()[:_LOOKED_AT]
    for pattern, name in _STARTS:
        if pattern.match(start):
            return name
    if _is_binary(start):
        return "binary data"
    first = next((line for line in text.lines if line.strip()), "")
    cells = first.split(text.delimiter, 5)
    if len(cells) > 1:
        return f"a table that starts with the columns {', '.join(map(quoted, cells[:4]))}"
    return f"text that starts with {quoted(first)}"


def _is_binary(start: str) -> bool:
    odd = sum(not character.isprintable() and character not in "\t\n" for character in start)
    return odd > 0.1 * len(start)
