"""Hypothesis strategies for the values that the package reads."""

from dataclasses import dataclass

from hypothesis import strategies as st

NAMES = st.text("ABCXYZabc0123456789_-", min_size=1, max_size=12)
BASES = st.text("ACGT", min_size=6, max_size=10)


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A row of a sheet, as it should come out."""

    lane: int
    sample_id: str
    sample_name: str
    project: str
    index: str
    index2: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How somebody's program wrote the sheet."""

    family: str  # legacy, v1 or v2
    delimiter: str
    line_end: str
    encoding: str
    quotes: bool
    padding: str
    trailing: int  # delimiters at the end of every line
    comments: bool
    section_after: bool


SAMPLES = st.lists(
    st.builds(DrawnSample, st.integers(1, 8), NAMES, NAMES, NAMES, BASES, BASES),
    min_size=1,
    max_size=12,
)
DIALECTS = st.builds(
    Dialect,
    st.sampled_from(["legacy", "v1", "v2"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"]),
    st.booleans(),
    st.sampled_from(["", " ", "\xa0"]),
    st.integers(0, 4),
    st.booleans(),
    st.booleans(),
)
_COLUMNS = {
    "legacy": ["FCID", "Lane", "SampleID", "SampleRef", "Index", "Index2", "SampleProject"],
    "v1": ["Lane", "Sample_ID", "Sample_Name", "index", "index2", "Sample_Project"],
    "v2": ["Lane", "Sample_ID", "Sample_Name", "Index", "Index2", "Sample_Project"],
}
_ABOVE = {
    "legacy": [],
    "v1": [["[Header]"], ["Description", "Grüße"], ["[Reads]"], ["151"], ["[Data]"]],
    "v2": [["[Header]"], ["FileFormatVersion", "2"], ["[BCLConvert_Data]"]],
}


def written(samples: list[DrawnSample], dialect: Dialect) -> bytes:
    """Write the samples as a sheet of the dialect."""
    columns = _COLUMNS[dialect.family]
    rows = [*_ABOVE[dialect.family], columns]
    rows += [[_cell(sample, column) for column in columns] for sample in samples]
    if dialect.comments:
        rows.insert(len(rows) - 1, ["# not a sample", "x"])
        rows.append([])
    if dialect.section_after and dialect.family != "legacy":
        rows += [["[Cloud_Data]"], ["Sample_ID", "LibraryName"], ["other", "x"]]
    lines = [_line(row, dialect) for row in rows]
    return dialect.line_end.join(lines).encode(dialect.encoding)


def _line(cells: list[str], dialect: Dialect) -> str:
    is_section = bool(cells) and cells[0].startswith("[")
    if dialect.quotes and not is_section:
        cells = [f'"{cell}"' for cell in cells]
    if not is_section:
        cells = [f"{dialect.padding}{cell}{dialect.padding}" for cell in cells]
    return dialect.delimiter.join(cells) + dialect.delimiter * dialect.trailing


def _cell(sample: DrawnSample, column: str) -> str:
    values = {
        "FCID": "HFLOWCELL",
        "SampleRef": "hg38",
        "Lane": str(sample.lane),
        "SampleID": sample.sample_id,
        "Sample_ID": sample.sample_id,
        "Sample_Name": sample.sample_name,
        "Index": sample.index,
        "index": sample.index,
        "Index2": sample.index2,
        "index2": sample.index2,
        "SampleProject": sample.project,
        "Sample_Project": sample.project,
    }
    return values[column]
