"""A models database written by hand: few rows, and something of every kind."""

import datetime as dt
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    RunListing,
    Scope,
    Unreadable,
)
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    LoadedContent,
    Message,
    RunEvent,
    SampleSheet,
    Scan,
    SequencingRun,
    SequencingSample,
    UnexpectedFile,
)
from seqauto_pipeline.db.session import open_database, write_session
from seqauto_pipeline.disk.record.packing import pack_run
from seqauto_pipeline.disk.record.parts import ScanHeader
from seqauto_pipeline.disk.record.writer import ScanRecordWriter
from seqauto_pipeline_tests.models_database import Beginning, count_on, url_for

EXOME = "200920_NB501009_0410_AHNLYFBGXG"
MISEQ = "210101_M00123_0007_000000000-ABCDE"
TWICE = "201111_M00123_0006_000000000-ZZZZZ"
HOSTILE = "=2+5\x1b[31m[red]"  # a formula, a terminal escape and rich markup
NS = 1_767_225_600_123_456_789  # 2026-01-01T00:00:00.123456789Z
SHEET_1 = "[Data]\nSample_ID,index\nS1,ACGT\nS0,TTTT\n"
SHEET_2 = "[Data]\nLane,Sample_ID,index\n1,S1,ACGT\n2,S1,ACGT\n1,S2,GGGG\n"

Run = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class ModelsDb:
    home: Path
    root: str
    engine: Engine

    def folder(self, kit: str, name: str) -> str:
        return f"{self.root}/{kit}/{name}"

    @property
    def exome(self) -> str:
        return self.folder("idt_exome", EXOME)


@pytest.fixture
def seqauto(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    on_each_database: str,
) -> Run:
    """Run the command line in a home of its own, where no scan has run yet."""
    home = tmp_path / "home"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("SEQAUTO_TIME_ZONE", "Australia/Adelaide")
    monkeypatch.delenv("SEQAUTO_CONFIG", raising=False)
    monkeypatch.delenv("SEQAUTO_DATABASE_URL", raising=False)
    is_used = "models_db" in request.fixturenames
    if url := url_for(home, Beginning.MIGRATED if is_used else Beginning.NOTHING):
        monkeypatch.setenv("SEQAUTO_DATABASE_URL", url)

    def _seqauto(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return _seqauto


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once: a test starts from a copy."""
    path = tmp_path_factory.mktemp("empty") / "seqauto.db"
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def models_db(seqauto: Run, tmp_path: Path, empty_database: Path) -> Iterator[ModelsDb]:
    home = tmp_path / "home"
    root = str(tmp_path / "disk")
    home.mkdir()
    url = url_for(home)
    if url is None:
        shutil.copy(empty_database, home / "seqauto.db")
    engine = open_database(url or f"sqlite:///{home / 'seqauto.db'}")
    _fill(engine, home, root)
    yield ModelsDb(home, root, engine)
    engine.dispose()


@pytest.fixture
def models_on_postgres(
    models_db: ModelsDb, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Write the same models to PostgreSQL; calling it makes the commands read them there."""
    engine = open_database(postgres_url)
    upgrade(engine)
    _fill(engine, models_db.home, models_db.root)
    yield lambda: monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)
    engine.dispose()


def _fill(engine: Engine, home: Path, root: str) -> None:
    with write_session(engine) as session:
        for rows in (_scans(), _runs(root), _sheets(), _samples(), _files(), _events()):
            session.add_all(rows)
            session.flush()
        session.add_all(_about_runs())
        session.flush()
        count_on(session.connection())
    _write_record(home, root)


def _write_record(home: Path, root: str) -> None:
    """Keep what the last scan listed of the first run."""
    header = ScanHeader(started_at=scan_time(4).isoformat(), scope=Scope(), scanner="0")
    names = {
        "": ["SampleSheet.csv", "0_fastq", "1_bam"],
        "0_fastq": ["S1_R1.fastq.gz", "s1_S1_L001_R2_001.fastq.gz", "00S2_R1.fastq.gz"],
        "2_variants": ["00S2_R2.fastq.gz"],
    }
    listing = RunListing(
        root=root,
        path=f"idt_exome/{EXOME}",
        is_named_like_a_run=True,
        skip_reason=None,
        directories={
            path: DirectoryListing(NS, NS, {name: Entry(EntryKind.FILE, 9, NS) for name in inside})
            for path, inside in names.items()
        },
        inputs={},
        unreadable=(Unreadable(f"{root}/x/4_QC", "EACCES", "permission denied", "4_QC"),),
    )
    with ScanRecordWriter(home / "scans" / "record-4.jsonl.gz", header) as record:
        record.add_run(pack_run(listing))


def scan_time(number: int) -> dt.datetime:
    return dt.datetime(2026, 1, number, 6, 0, tzinfo=dt.UTC)


def _scans() -> list[Scan]:
    scopes = {3: {"roots": [], "runs": [MISEQ]}}
    return [
        Scan(
            id=number,
            dagster_run_id=f"{number}abc0000-0000-0000-0000-00000000000{number}",
            started_at=scan_time(number),
            record_id=f"record-{number}",
            as_of=scan_time(number),
            is_everything=number not in scopes,
            scope=scopes.get(number, {"roots": [], "runs": []}),
            is_full=True,
            applied_at=scan_time(number),
        )
        for number in range(1, 5)
    ]


def _runs(root: str) -> list[SequencingRun]:
    def run(number: int, kit: str, name: str, state: str, **facts: object) -> SequencingRun:
        values: dict[str, object] = {
            "layout": "tau",
            "enrichment_kit": kit,
            "facts": {},
            "has_basecalls": False,
            "has_interop": False,
            "legacy": False,
            "bad": False,
            "hidden": False,
            "gold_standard": False,
            "first_scan_id": 1,
        }
        place = {"id": number, "root": root, "path": f"{kit}/{name}", "name": name}
        return SequencingRun(**place, data_state=state, **(values | facts))

    return [
        run(
            1,
            "idt_exome",
            EXOME,
            "complete",
            date=dt.date(2020, 9, 20),
            sequencer="NB501009",
            sequencer_model="NextSeq 500/550",
            experiment="Exome_20_022",
            flowcell_id="AHNLYFBGXG",
            flowcell="HNLYFBGXG",
            side="A",
            run_number=410,
            run_info_id=EXOME,
            facts={
                "reads": [
                    {"number": 1, "cycles": 151, "is_index": False},
                    {"number": 2, "cycles": 8, "is_index": True},
                    {"number": 3, "cycles": 8, "is_index": True},
                    {"number": 4, "cycles": 151, "is_index": False},
                ],
                "lanes": 4,
                "chemistry": "NextSeq High",
            },
            has_basecalls=True,
            gold_standard=True,
        ),
        run(
            2,
            "idt_haem",
            MISEQ,
            "incomplete",
            state_reason="it lacks RTAComplete.txt",
            date=dt.date(2021, 1, 1),
            hidden=True,
        ),
        run(3, "idt_exome", TWICE, "error", state_reason="its sheet is a JPEG image"),
        run(4, "idt_haem", TWICE, "deleted", last_seen_scan_id=2),
    ]


def _sheets() -> list[SampleSheet]:
    return [
        SampleSheet(
            id=number,
            sequencing_run_id=1,
            version=number,
            is_current=number == 2,
            path="SampleSheet.csv",
            md5=str(number) * 32,
            format="iem_v1",
            facts={"encoding": "utf-8"},
            content=zlib.compress(text.encode()),
            first_scan_id=scan,
        )
        for number, text, scan in ((1, SHEET_1, 1), (2, SHEET_2, 4))
    ]


def _samples() -> list[SequencingSample]:
    def sample(number: int, sheet: int, row: int, name: str, **facts: object) -> SequencingSample:
        values: dict[str, object] = {
            "line": row + 2,
            "lane": None,
            "sample_id": name,
            "sample_name": name,
            "sample_project": None,
            "sample_number": row,
            "index": "ACGT",
            "index2": None,
            "is_control": False,
            "failed": False,
            "automatically_process": True,
            "enrichment_kit": "idt_exome",
            "processing": {},
            "extra": {},
        }
        return SequencingSample(id=number, sample_sheet_id=sheet, row=row, **(values | facts))

    return [
        sample(1, 1, 1, "S1"),
        sample(2, 1, 2, "S0", index="TTTT"),
        sample(3, 2, 1, "S1", lane=1, extra={"Operator": "ab"}),
        sample(4, 2, 2, "S1", lane=2, sample_number=1),
        sample(5, 2, 3, "S2", lane=1, sample_id="00S2", sample_number=2, index="GGGG"),
        sample(6, 2, 4, "NTC", is_control=True, sample_number=3),
        sample(7, 2, 5, HOSTILE, automatically_process=False, sample_number=4),
    ]


def _files() -> list[ExpectedFile]:
    def file(
        number: int, kind: str, sample: str | None, state: str, path: str, **facts: object
    ) -> ExpectedFile:
        values: dict[str, object] = {"retired": False}
        if state in {"complete", "error"}:
            values |= {"size": 100 + number, "modified_ns": NS, "first_seen_scan_id": 1}
        slot = f"{sample}/R{facts['read']}" if "read" in facts else sample or path
        return ExpectedFile(
            id=number,
            sequencing_run_id=1,
            file_type=kind,
            slot=slot,
            sample_name=sample,
            path=path,
            data_state=state,
            **(values | facts),
        )

    return [
        file(1, "fastq", "S1", "complete", "0_fastq/S1_R1.fastq.gz", read=1),
        file(2, "fastq", "S1", "non_existent", "0_fastq/S1_R2.fastq.gz", read=2),
        file(3, "fastq", "S2", "complete", "0_fastq/00S2_R1.fastq.gz", read=1),
        file(
            4,
            "fastq",
            "S2",
            "deleted",
            "0_fastq/00S2_R2.fastq.gz",
            read=2,
            size=104,
            modified_ns=NS,
            first_seen_scan_id=1,
            last_seen_scan_id=2,
        ),
        file(5, "fastq", "NTC", "skipped", "0_fastq/NTC_R1.fastq.gz", read=1),
        file(6, "bam", "S1", "complete", "1_BAM/S1.hg38.bam"),
        file(7, "bam", "S2", "error", "1_BAM/S2.hg38.bam", size=0, reason="EMPTY_FILE"),
        file(8, "bam", "S0", "complete", "1_BAM/S0.hg38.bam", retired=True),
        file(9, "vcf", "S1", "running", "2_variants/gatk_per_sample/S1.gatk.hg38.vcf.gz"),
        file(10, "vcf", HOSTILE, "non_existent", f"2_variants/{HOSTILE}.vcf.gz"),
        file(11, "exec_summary", "S1", "complete", "4_QC/exec_stats/S1_qc_summary.txt"),
        file(12, "joint_vcf", None, "complete", f"2_variants/{EXOME}.gatk.hg38.vcf.gz"),
    ]


def _events() -> list[FileEvent | RunEvent]:
    def event(
        number: int, file: int, scan: int, old: str | None, new: str, **facts: object
    ) -> FileEvent:
        return FileEvent(
            id=number, expected_file_id=file, scan_id=scan, old_state=old, new_state=new, **facts
        )

    seen = {"size": 104, "modified_ns": NS}
    return [
        event(1, 1, 1, None, "complete", size=101, modified_ns=NS),
        event(2, 2, 1, None, "non_existent"),
        event(3, 4, 1, None, "complete", **seen),
        event(4, 8, 1, None, "complete", size=108, modified_ns=NS),
        event(5, 1, 2, "complete", "deleted"),
        event(6, 1, 4, "deleted", "complete", size=101, modified_ns=NS),
        event(7, 4, 4, "complete", "deleted"),
        event(8, 7, 4, "complete", "error", size=0, modified_ns=NS),
        event(9, 8, 4, "complete", "retired"),
        RunEvent(id=1, sequencing_run_id=1, scan_id=1, old_state=None, new_state="complete"),
        RunEvent(
            id=2,
            sequencing_run_id=4,
            scan_id=4,
            old_state="error",
            new_state="deleted",
            detail="the run folder is gone",
        ),
    ]


def _about_runs() -> list[Message | UnexpectedFile | LoadedContent]:
    def message(number: int, code: str, severity: str, **facts: object) -> Message:
        values: dict[str, object] = {
            "sequencing_run_id": 1,
            "key": f"{code}:{number}",
            "text": f"text {number}",
            "fix": f"do {number}",
            "opened_scan_id": 1,
            "opened_at": scan_time(1),
        }
        return Message(id=number, code=code, severity=severity, **(values | facts))

    return [
        message(1, "READ_2_MISSING", "warning", path="0_fastq/S1_R1.fastq.gz"),
        message(2, "EMPTY_FILE", "error", path="1_BAM/S2.hg38.bam", text=f"of {HOSTILE}"),
        message(
            3,
            "SHEET_CHANGED",
            "warning",
            path="SampleSheet.csv",
            acknowledged_by="Ann",
            acknowledged_why="as ordered",
            acknowledged_at=scan_time(4),
        ),
        message(
            4, "SHEET_MISSING", "error", path="", closed_scan_id=2, closed_at=scan_time(2), line=3
        ),
        message(5, "RAGGED_ROW", "info", path="SampleSheet.csv", line=4, column="index"),
        message(6, "SHEET_NOT_A_SHEET", "error", sequencing_run_id=3, path="SampleSheet.csv"),
        message(7, "ROOT_UNAVAILABLE", "error", sequencing_run_id=None, path="/gone"),
        UnexpectedFile(
            sequencing_run_id=1,
            path="0_fastq/stray_R1.fastq.gz",
            size=7,
            modified_ns=NS,
            first_scan_id=1,
        ),
        LoadedContent(
            expected_file_id=11,
            signature="x",
            data={"values": {"Sample": "S1", "Mean": 42.5, "Reads": 7, "Q": None}},
        ),
        LoadedContent(expected_file_id=7, signature="y", data=None),
    ]
