"""Run folders on a real tree, each file where a layout says."""

import gzip
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from seqauto_pipeline.core.expectation.paths import expand
from seqauto_pipeline.core.layout import Expect, FileType, Layout, Per
from seqauto_pipeline.core.metadata.instruments import completion_rule
from seqauto_pipeline.core.pattern import fields_of, stem_of
from seqauto_pipeline.layouts import load_layout

_QC = Path(__file__).parent.parent / "data" / "qc"
_READ = (
    "AACCGGTT", "ACGTACGT", "AGTCAGTC", "CATGCATG", "CTAGCTAG", "GATCGATC", "GGAATTCC", "TCGATCGA",
    "TTGGCCAA", "TGCATGCA", "GTACGTAC", "CCAAGGTT",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of a sheet. Further columns by name."""

    name: str
    index: str = _READ[0]
    lane: str | None = None
    sample_id: str | None = None
    more: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.name if self.sample_id is None else self.sample_id


def samples(*names: str) -> tuple[Sample, ...]:
    """Samples whose indexes are far from each other."""
    return tuple(Sample(name, _READ[number]) for number, name in enumerate(names))


def run_name(number: int) -> str:
    """Name a sequencing run that no other number has, with a flowcell of its own."""
    return f"200920_NB501009_{number:04d}_AH{number:05d}GXG"


@dataclass
class RunFolder:
    root: Path
    kit: str
    name: str
    samples: tuple[Sample, ...] = field(default_factory=lambda: samples("S1", "S2"))
    layout: Layout = field(default_factory=lambda: load_layout("tau"))
    experiment: str = "exome_410"
    reads: int = 2

    @property
    def path(self) -> str:
        """Path below the root, as the models have it."""
        return f"{self.kit}/{self.name}"

    @property
    def folder(self) -> Path:
        return self.root / self.kit / self.name

    def complete(self) -> "RunFolder":
        """Write everything that a whole run has."""
        self.begin()
        self.finish()
        for file_type in self.layout.file_types:
            if file_type.expect is Expect.ALWAYS:
                self.write_all(file_type.name)
        return self

    def begin(self) -> "RunFolder":
        """Write what is there before the instrument is done: the sheet and the metadata."""
        self.write_sheet(self.samples)
        self.write_metadata()
        for pattern in self.layout.run.basecalls:
            (self.folder / pattern.replace("*", "1")).mkdir(parents=True, exist_ok=True)
        return self

    def finish(self) -> None:
        """Write the completion marker."""
        for name in self.markers:
            self.put(name, b"")

    @property
    def markers(self) -> tuple[str, ...]:
        if not self.layout.run.markers_by_instrument:
            return self.layout.run.markers[:1]
        rule = completion_rule("NB501009")
        return (*rule.all_of, *rule.any_of[:1])

    @property
    def sheet(self) -> Path:
        return self.folder / self.layout.run.sample_sheet[0]

    @property
    def run_info(self) -> Path:
        return self.folder / self.layout.run.run_info[0]

    @property
    def run_parameters(self) -> Path:
        return self.folder / self.layout.run.run_parameters[0]

    def write_sheet(self, rows: Iterable[Sample] | bytes) -> None:
        """Write a sheet of these samples, or these bytes."""
        if isinstance(rows, bytes):
            self.put(self.layout.run.sample_sheet[0], rows)
            return
        self.samples = tuple(rows)
        self.put(self.layout.run.sample_sheet[0], sheet_text(self.samples).encode())

    def write_metadata(self) -> None:
        self.run_info.parent.mkdir(parents=True, exist_ok=True)
        self.run_info.write_text(run_info_text(self.name, self.reads))
        self.run_parameters.write_text(run_parameters_text(self.name, self.experiment))

    def file_type(self, kind: str) -> FileType:
        return next(each for each in self.layout.types_for(self.kit) if each.name == kind)

    def relative(self, kind: str, sample: str = "S1", read: int | None = None) -> str:
        """Path below the run folder: of the first pattern that has all it needs."""
        file_type = self.file_type(kind)
        values = self._values(sample, read)
        if file_type.per is Per.FILE and file_type.of is not None:
            values["stem"] = stem_of(self.relative(file_type.of, sample, read))
        paths = (_expand(pattern, values) for pattern in file_type.patterns)
        return next(path for path in paths if path is not None)

    def place(self, kind: str, sample: str = "S1", read: int | None = None) -> Path:
        return self.folder / self.relative(kind, sample, read)

    def values_of(self, kind: str, sample: str = "S1") -> Path:
        """Where the table beside a file stands."""
        path = _expand(self.file_type(kind).values or "", self._values(sample, None))
        assert path
        return self.folder / path

    def _values(self, sample: str, read: int | None) -> dict[str, str | None]:
        known = [each for each in self.samples if each.name == sample]
        row = known[0] if known else Sample(sample)
        ids = list(dict.fromkeys(each.id for each in self.samples))
        return {
            "sample_id": row.id,
            "sample_name": row.name,
            "sample_number": str(ids.index(row.id) + 1 if known else 99),
            "sample_project": None,
            "lane": row.lane,
            "lane_code": f"L{int(row.lane):03d}" if row.lane else None,
            "index": row.index,
            "index2": None,
            "read": None if read is None else str(read),
            "flowcell_id": self.name.rpartition("_")[2],
            "flowcell": self.name.rpartition("_")[2][1:],
            "sequencing_run": self.name,
            "enrichment_kit": self.kit,
        }

    def write_all(self, kind: str) -> None:
        """Write a type's file or files for every sample."""
        if self.file_type(kind).per is Per.RUN:
            self.write(kind)
            return
        for name in dict.fromkeys(sample.name for sample in self.samples):
            if "read" in fields_of(self.file_type(kind).patterns[0]):
                for read in range(1, self.reads + 1):
                    self.write(kind, name, read)
            else:
                self.write(kind, name)

    def write(
        self, kind: str, sample: str = "S1", read: int | None = None, data: bytes | None = None
    ) -> Path:
        """Write one file, with what lies beside it."""
        file_type = self.file_type(kind)
        path = self.relative(kind, sample, read)
        self.put(path, content_of(file_type.content, sample) if data is None else data)
        for suffix in file_type.index_suffixes[:1]:
            self.put(path + suffix, b"index")
        if file_type.values:
            self.values_of(kind, sample).write_bytes(values_text(sample).encode())
        return self.folder / path

    def put(self, relative: str, data: bytes) -> Path:
        """Write any file of the run folder."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def remove(self, kind: str, sample: str = "S1", read: int | None = None) -> None:
        self.place(kind, sample, read).unlink()

    def move(self, kit: str) -> None:
        """Move the folder to another kit."""
        old = self.folder
        self.kit = kit
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        old.rename(self.folder)

    def delete(self) -> None:
        shutil.rmtree(self.folder)


def _expand(pattern: str, values: dict[str, str | None]) -> str | None:
    """Put values into a pattern; None when a field of it has none."""
    known = {name: value for name, value in values.items() if value is not None}
    return None if "*" in pattern else expand(pattern, known)


def sheet_text(rows: Iterable[Sample]) -> str:
    """Write a sheet as the Illumina Experiment Manager does."""
    rows = tuple(rows)
    lanes = any(row.lane is not None for row in rows)
    more = tuple(dict.fromkeys(name for row in rows for name, _ in row.more))
    columns = (*(("Lane",) if lanes else ()), "Sample_ID", "Sample_Name", "index", *more)
    lines = [
        ",".join(
            (
                *((row.lane or "",) if lanes else ()),
                row.id,
                row.name,
                row.index,
                *(dict(row.more).get(name, "") for name in more),
            )
        )
        for row in rows
    ]
    head = "[Header]\nIEMFileVersion,5\n\n[Reads]\n151\n151\n\n[Data]\n"
    return head + "\n".join((",".join(columns), *lines, ""))


def run_info_text(name: str, reads: int = 2) -> str:
    date, instrument, number, flowcell = parts = name.split("_")[-4:]
    read = '<Read Number="{}" NumCycles="151" IsIndexedRead="N" />'
    index = '<Read Number="2" NumCycles="8" IsIndexedRead="Y" />'
    second = read.format(3) if reads == 2 else ""
    return (
        '<?xml version="1.0"?><RunInfo Version="4">'
        f'<Run Id="{"_".join(parts)}" Number="{int(number)}">'
        f"<Flowcell>{flowcell[1:]}</Flowcell><Instrument>{instrument}</Instrument>"
        f"<Date>{date}</Date><Reads>{read.format(1)}{index}{second}</Reads>"
        '<FlowcellLayout LaneCount="4" SurfaceCount="2" SwathCount="3" TileCount="12" />'
        "</Run></RunInfo>"
    )


def run_parameters_text(name: str, experiment: str) -> str:
    _, instrument, number, flowcell = parts = name.split("_")[-4:]
    return (
        '<?xml version="1.0"?><RunParameters><Setup>'
        "<ApplicationVersion>2.2.0.4</ApplicationVersion>"
        "<ApplicationName>NextSeq Control Software</ApplicationName></Setup>"
        f"<RunID>{'_'.join(parts)}</RunID><InstrumentID>{instrument}</InstrumentID>"
        f"<RunNumber>{int(number)}</RunNumber><RTAVersion>2.4.11</RTAVersion>"
        f"<FlowCellSerial>{flowcell[1:]}</FlowCellSerial>"
        f"<ExperimentName>{experiment}</ExperimentName></RunParameters>"
    )


_FIGURES = {
    "%ReadEnrich": "80.1",
    "MedianInsert": "210",
    "MeanDepth_Kit": "120.5",
    "MeanDepth_GOI": "130.5",
    "%Duplication": "10.0",
    "%UniformCov": "90.0",
}


def values_text(sample: str, **figures: str) -> str:
    """Write the values of an exec summary."""
    values = {"Sample": sample, **_FIGURES, **figures}
    return "Name\tValue\n" + "".join(f"{name}\t{value}\n" for name, value in values.items())


def content_of(content: str | None, sample: str) -> bytes:
    """Give a valid file of a content kind; of a type whose content is not read, any bytes."""
    if content == "exec_summary":
        return f"Version 0.1.0\nSample {sample}\n\n\tObserved\n".encode()
    names = {
        "gene_list": "gene_list.txt",
        "gene_coverage": "sample.per_gene_coverage.tsv",
        "fastqc": "fastqc_data.txt",
        "flagstat": "flagstat_1.17.txt",
        "illumina_qc": "illuminate_report.txt",
    }
    if content is None:
        return f"content of {sample}".encode()
    data = (_QC / names[content]).read_bytes()
    return gzip.compress(data, 1, mtime=0) if content == "gene_coverage" else data
