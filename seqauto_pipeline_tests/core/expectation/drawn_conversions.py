"""Sequencing runs and sheets drawn at random, with what each converter makes of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from hypothesis import assume
from hypothesis import strategies as st

from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.expectation.converters import (
    Bcl2fastq,
    BclConvert,
    Casava,
    Converter,
    Mkfastq,
    OnBoardMiSeq,
    Read,
    Row,
    Run,
    Use,
    undetermined,
)

BASE_CALLS = "Data/Intensities/BaseCalls"
NOVASEQ, NOVASEQ_X = "260105_A01234_0105_AHF05DRX5", "20260105_LH00999_0005_B22F05XLT4"
NEXTSEQ_2000, MISEQ_I100 = "260107_VH00123_8_AAAF07BM5", "20260107_SH00123_0008_ASC2177698-SC3"
MISEQ, ISEQ = "260120_M01234_0120_000000000-LR200", "20260120_FS10001234_12_BPL20001-1234"
HISEQ = "260124_SN999_0384_BC99YYACXX"
ILLUMINA = load_layout("illumina")


plain_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9]{0,6}(-[A-Za-z0-9]{1,3})?", fullmatch=True)
# Names that look like parts of FASTQ names, or like the start of another sample's.
tricky_ids = st.sampled_from(
    ["RU", "RU_S2_L001", "RU_01_rep", "A_S1", "A", "A_R1", "S1", "L001", "A_S1_L001_R1", "x_1"]
)
names = st.one_of(plain_ids, tricky_ids)
projects = st.sampled_from(["PrA", "PrB", "P_26-01"])
shapes = st.sampled_from(
    [
        (Read(151, is_index=False),),
        (Read(76, is_index=False), Read(8, is_index=True)),
        (Read(151, is_index=False), Read(8, is_index=True), Read(151, is_index=False)),
        (
            Read(151, is_index=False),
            Read(8, is_index=True),
            Read(8, is_index=True),
            Read(151, is_index=False),
        ),
        (
            Read(28, is_index=False),
            Read(10, is_index=True),
            Read(10, is_index=True),
            Read(90, is_index=False),
        ),
    ]
)
runs = st.builds(Run, lanes=st.sampled_from([1, 2, 4, 8]), reads=shapes)


@dataclass(frozen=True, slots=True)
class Made:
    """A run folder in which a converter has worked."""

    name: str
    run: Run
    sheet: str
    directory: str  # of the converter's output
    paths: frozenset[str]  # of the samples' files, below the run folder
    beside: frozenset[str] = frozenset()  # what else it left
    possible: frozenset[frozenset[str]] = frozenset()  # sets that some converter would make of it


def identity(row: Row) -> tuple[str, str]:
    return row.sample_name, row.project


@st.composite
def rows(
    draw: st.DrawFn, run: Run, *, with_names: bool = True, with_projects: bool | None = None
) -> list[Row]:
    """Draw the rows of a sheet that a converter accepts: a sample has one name and one project."""
    ids = draw(st.lists(names, min_size=1, max_size=5, unique_by=str.casefold))
    has_lanes = draw(st.booleans())
    has_projects = draw(st.booleans()) if with_projects is None else with_projects
    made: list[Row] = []
    for number, sample_id in enumerate(ids):
        name = draw(st.sampled_from(["", sample_id, f"n{sample_id}"])) if with_names else ""
        row = Row(
            sample_id,
            name,
            draw(projects) if has_projects else "",
            index="ACGT"[number % 4] + "ACGTACG",
            index2="ACGT"[number % 4] + "TTGGCCA",
        )
        lanes: Sequence[int | None] = [None]
        if has_lanes:
            lanes = draw(
                st.lists(
                    st.integers(1, run.lanes), min_size=1, max_size=min(3, run.lanes), unique=True
                )
            )
        made += [replace(row, lane=lane) for lane in lanes]
    return draw(st.permutations(made))


def run_info(name: str, run: Run) -> str:
    reads = "".join(
        f'<Read Number="{number}" NumCycles="{read.cycles}" IsIndexedRead="{"NY"[read.is_index]}"/>'
        for number, read in enumerate(run.reads, 1)
    )
    parts = name.split("_")
    flowcell = parts[3] if parts[1].startswith(("VH", "M0", "SH")) else parts[3][1:]
    return (
        f'<RunInfo Version="2"><Run Id="{name}" Number="{int(parts[2])}">'
        f"<Flowcell>{flowcell}</Flowcell><Instrument>{parts[1]}</Instrument>"
        f"<Date>{parts[0]}</Date><Reads>{reads}</Reads>"
        f'<FlowcellLayout LaneCount="{run.lanes}" SurfaceCount="2" SwathCount="1" TileCount="14"/>'
        "</Run></RunInfo>"
    )


def v1_sheet(rows: Sequence[Row], run: Run, settings: Sequence[str] = ()) -> str:
    lengths = "\n".join(str(read.cycles) for read in run.reads if not read.is_index)
    columns = ("Sample_ID,Sample_Name,index,index2,Sample_Project", sheet_rows(rows, _v1_cells))
    return (
        f"[Header]\nIEMFileVersion,4\n\n[Reads]\n{lengths}\n\n[Settings]\n"
        + "".join(f"{line}\n" for line in settings)
        + f"\n[Data]\n{_with_lane(rows, *columns)}"
    )


def v2_sheet(rows: Sequence[Row], settings: Sequence[str]) -> str:
    columns = "Sample_ID,Sample_Name,Index,Index2,Sample_Project,OverrideCycles"
    return (
        "[Header]\nFileFormatVersion,2\n\n[BCLConvert_Settings]\nSoftwareVersion,4.4.6\n"
        + "".join(f"{line}\n" for line in settings)
        + f"\n[BCLConvert_Data]\n{_with_lane(rows, columns, sheet_rows(rows, _v2_cells))}"
    )


def _v1_cells(row: Row) -> str:
    return f"{row.sample_id},{row.sample_name},{row.index},{row.index2},{row.project}"


def _v2_cells(row: Row) -> str:
    return f"{_v1_cells(row)},{row.override_cycles}"


def sheet_rows(rows: Sequence[Row], cells: Callable[[Row], str]) -> list[str]:
    return [("" if row.lane is None else f"{row.lane},") + cells(row) for row in rows]


def _with_lane(rows: Sequence[Row], columns: str, lines: Sequence[str]) -> str:
    has_lanes = any(row.lane is not None for row in rows)
    head = ("Lane," if has_lanes else "") + columns
    return "\n".join([head, *lines]) + "\n"


def made_by(
    converter: Converter,
    rows: Sequence[Row],
    *,
    name: str,
    run: Run,
    sheet: str,
    directory: str,
    beside: Sequence[str] = (),
) -> Made:
    paths = converter.paths(rows, run)
    split = not getattr(converter, "no_lane_splitting", False)
    rest = set() if isinstance(converter, Casava) else undetermined(run, paths, split=split)
    return Made(
        name,
        run,
        sheet,
        directory,
        frozenset(f"{directory}/{path}" for path in paths),
        frozenset({*(f"{directory}/{path}" for path in rest), *beside}),
        frozenset(possible_sets(converter, rows, run, {BASE_CALLS, directory})),
    )


def possible_sets(
    converter: Converter, rows: Sequence[Row], run: Run, directories: set[str]
) -> Iterator[frozenset[str]]:
    """Give what converters would make of the sheet, over what the sheet leaves open."""
    for each in might_be_used(converter):
        for directory in directories:
            yield frozenset(f"{directory}/{path}" for path in each.paths(rows, run))


def might_be_used(converter: Converter) -> Iterator[Converter]:
    if isinstance(converter, BclConvert):
        for in_projects, by_name in product((False, True), repeat=2):
            if in_projects or not by_name:
                yield replace(converter, project_directories=in_projects, name_column=by_name)
    elif isinstance(converter, Casava):
        yield converter
    else:
        index_files = isinstance(converter, Bcl2fastq) and converter.index_files
        yield Bcl2fastq(index_files=index_files)
        yield BclConvert(index_files=index_files)
        yield OnBoardMiSeq()


@st.composite
def of_bcl2fastq(draw: st.DrawFn) -> Made:
    run = draw(runs)
    drawn = draw(rows(run))
    mask = tuple(
        draw(st.sampled_from([Use.INDEX, Use.SEQUENCE])) if read.is_index else Use.SEQUENCE
        for read in run.reads
    )
    index_files = draw(st.booleans())
    converter = Bcl2fastq(
        no_lane_splitting=draw(st.booleans()),
        index_files=index_files,
        mask=draw(st.sampled_from([(), mask])),
        lanes_first=draw(st.booleans()),
    )
    sheet = v1_sheet(drawn, run, ["CreateFastqForIndexReads,1"] if index_files else ())
    return made_by(converter, drawn, name=NOVASEQ, run=run, sheet=sheet, directory=BASE_CALLS)


@st.composite
def masks(draw: st.DrawFn, run: Run) -> str:
    """Draw OverrideCycles of either syntax; the first read keeps its cycles."""
    parts = []
    for position, read in enumerate(run.reads):
        cycles = read.cycles
        if read.is_index:
            choices = [f"I{cycles}", f"I{cycles - 2}N2", f"U{cycles}", f"N{cycles}"]
        else:
            choices = [f"Y{cycles}", f"U3N2Y{cycles - 5}", f"Y{cycles - 1}N1"]
            choices += [f"N{cycles}"] if position else []
        parts.append(draw(st.sampled_from(choices)))
    index_parts = [part for read, part in zip(run.reads, parts, strict=True) if read.is_index]
    for letters in ("I", ("I", "U")):  # a UMI makes a file where it is not trimmed
        made = [part.startswith(letters) for part in index_parts]
        assume(made == sorted(made, reverse=True))  # what I2 is called without an I1 no source says
    counts = {"R": 0, "I": 0}
    named = []
    for read, part in zip(run.reads, parts, strict=True):
        letter = "I" if read.is_index else "R"
        counts[letter] += 1
        named.append(f"{letter}{counts[letter]}:{part}")
    return ";".join(draw(st.sampled_from([parts, named])))


PLACES = [
    (NOVASEQ, BASE_CALLS, ()),
    (
        NOVASEQ_X,
        "Analysis/1/Data/BCLConvert/fastq",
        ("Analysis/1/Data/Secondary_Analysis_Complete.txt", "Analysis/1/CopyComplete.txt"),
    ),
    (
        NEXTSEQ_2000,
        "Analysis/1/Data/fastq",
        ("Analysis/1/Data/Secondary_Analysis_Complete.txt", "Analysis/1/CopyComplete.txt"),
    ),
    (
        MISEQ_I100,
        "Analysis/1/Data/BCLConvert/fastq",
        ("Analysis/1/Data/Secondary_Analysis_Complete.txt", "Analysis/1/CopyComplete.txt"),
    ),
]


@st.composite
def of_bcl_convert(draw: st.DrawFn) -> Made:
    run = draw(runs)
    name, directory, beside = draw(st.sampled_from(PLACES))
    by_hand = directory == BASE_CALLS
    project_directories = by_hand and draw(st.booleans())
    drawn = draw(rows(run, with_projects=project_directories or None))
    compression = "gzip"  # where a NextSeq 1000/2000 writes ORA no source says
    if name != NEXTSEQ_2000:
        compression = draw(st.sampled_from(["gzip", "gzip", "dragen"]))
    converter = BclConvert(
        no_lane_splitting=draw(st.booleans()),
        index_files=draw(st.booleans()),
        trim_umi=draw(st.booleans()),
        override_cycles=draw(st.one_of(st.just(""), masks(run))),
        compression=compression,
        project_directories=project_directories,
        name_column=project_directories and draw(st.booleans()),
    )
    if draw(st.booleans()):
        by_id = {row.sample_id: draw(st.one_of(st.just(""), masks(run))) for row in drawn}
        drawn = [replace(row, override_cycles=by_id[row.sample_id]) for row in drawn]
    settings = [f"CreateFastqForIndexReads,{int(converter.index_files)}"]
    settings += [f"NoLaneSplitting,{str(converter.no_lane_splitting).lower()}"]
    settings += [f"TrimUMI,{int(converter.trim_umi)}"]
    settings += [f"FastqCompressionFormat,{compression}"]
    settings += [f"OverrideCycles,{converter.override_cycles}"] if converter.override_cycles else []
    if compression == "dragen" and not by_hand:
        directory = re.sub("fastq$", "ora_fastq", directory)
    sheet = v2_sheet(drawn, settings)
    return made_by(
        converter, drawn, name=name, run=run, sheet=sheet, directory=directory, beside=beside
    )


@st.composite
def of_mkfastq(draw: st.DrawFn) -> Made:
    run = draw(runs)
    drawn = [replace(row, sample_name=row.sample_id) for row in draw(rows(run, with_projects=True))]
    return made_by(
        Mkfastq(), drawn, name=NOVASEQ, run=run, sheet=v1_sheet(drawn, run), directory=BASE_CALLS
    )


@st.composite
def of_the_miseq(draw: st.DrawFn) -> Made:
    run = replace(draw(runs), lanes=1)
    drawn = [replace(row, lane=None) for row in draw(rows(run))]
    drawn = list({row.sample_id: row for row in drawn}.values())
    written = [re.sub(r"[^A-Za-z0-9]+", "-", row.sample_name or row.sample_id) for row in drawn]
    directory, beside = draw(
        st.sampled_from(
            [
                (BASE_CALLS, ()),
                (
                    "Alignment_1/20260120_120702/Fastq",
                    ("Alignment_1/20260120_120702/CompletedJobInfo.xml",),
                ),
            ]
        )
    )
    assert len(written) == len(drawn)
    return made_by(
        OnBoardMiSeq(),
        drawn,
        name=MISEQ,
        run=run,
        sheet=v1_sheet(drawn, run),
        directory=directory,
        beside=beside,
    )


@st.composite
def of_casava(draw: st.DrawFn) -> Made:
    run = replace(draw(runs), lanes=8)
    drawn = draw(rows(run, with_names=False, with_projects=True))
    drawn = [replace(row, lane=row.lane or 1, index2="") for row in drawn]
    lines = "".join(
        f"C99YYACXX,{row.lane},{row.sample_id},,{row.index},,N,,,{row.project}\n" for row in drawn
    )
    head = "FCID,Lane,SampleID,SampleRef,Index,Description,Control,Recipe,Operator,SampleProject\n"
    return made_by(Casava(), drawn, name=HISEQ, run=run, sheet=head + lines, directory="Unaligned")
