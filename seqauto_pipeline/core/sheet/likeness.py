"""What a file is that stands where a sample sheet should, for the message that refuses it."""

import re
from collections.abc import Collection, Iterable

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.sheet.text import SheetText

# The first bytes of formats that get copied over a sheet, from their specifications
_MAGIC = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
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
_ZIP = b"PK\x03\x04"
_ZIPPED = (  # names that the first entries of an archive have
    (b"opendocument.spreadsheet", "a LibreOffice workbook (ODS)"),
    (b"xl/", "an Excel workbook (XLSX)"),
    (b"[Content_Types].xml", "an Excel workbook or another Office document"),
    (b"Index/", "a Numbers workbook of a Mac"),
)
# Run plans and tables of other programs: the words of their sections or columns (see ``word``)
_BY_SECTIONS = (
    ("geneexpression", "the configuration of 10x Genomics' cellranger multi"),
    ("libraries", "the configuration of 10x Genomics' cellranger multi"),
    ("runsettings smrtcellsettings", "a run design of PacBio's SMRT Link"),
    ("samples", "an Element AVITI run manifest"),
    ("probes targets", "an Illumina manifest of amplicons"),
)
_BY_COLUMNS = (
    ("lane sample index", "the simple CSV of 10x Genomics' cellranger mkfastq"),
    ("fastqs sample librarytype", "the libraries CSV of 10x Genomics' cellranger"),
    ("sampleid moleculeh5", "the CSV of 10x Genomics' cellranger aggr"),
    ("id read pattern sequence", "a feature reference of 10x Genomics"),
    ("samplename index1", "the samples of an Element AVITI run manifest"),
    ("experimentid kit", "a sample sheet of Oxford Nanopore's MinKNOW"),
    ("flowcellid positionid", "a sample sheet of Oxford Nanopore's MinKNOW"),
    ("barcode alias", "a sample sheet of Oxford Nanopore's MinKNOW"),
    ("rgid rgsm read1file", "the fastq_list.csv that BCL Convert writes"),
    ("sampleid perfectindexreads", "the Demultiplex_Stats.csv that BCL Convert writes"),
    ("samplesheet flowcell", "the input table of nf-core/demultiplex"),
    ("sample fastq1", "a table of FASTQ files for an nf-core pipeline"),
)


def plan_with_sections(words: Collection[str]) -> str | None:
    """Name the run plan of another program by the words of its sections."""
    return _named(_BY_SECTIONS, words)


def table_with_columns(words: Collection[str]) -> str | None:
    """Name the table of another program by the words of its columns."""
    return _named(_BY_COLUMNS, words)


def _named(kinds: Iterable[tuple[str, str]], words: Collection[str]) -> str | None:
    return next((name for needed, name in kinds if set(needed.split()).issubset(words)), None)


def binary_kind(data: bytes) -> str | None:
    """Name the binary format, or the text format with a fixed start, that the bytes are."""
    if data.startswith(_ZIP):
        ends = data[:_LOOKED_AT] + data[-_LOOKED_AT:]
        names = (name for mark, name in _ZIPPED if mark in ends)
        return next(names, "a ZIP archive or an Excel workbook (XLSX)")
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
