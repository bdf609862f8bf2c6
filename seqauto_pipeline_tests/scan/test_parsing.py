"""Sheets and metadata parsed in one process or in two: the same runs, the same figures."""

import sys
from subprocess import check_output

import pytest

from seqauto_pipeline.disk.record.parsed_runs import PackedParsed
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan import parsing
from seqauto_pipeline.scan.counters import SheetCounter
from seqauto_pipeline.scan.parsing import ChangedRun, parsed_runs
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import scan_setup
from seqauto_pipeline.scan.steps import scan_files
from seqauto_pipeline.scan.summaries import SheetsSummary
from seqauto_pipeline_tests.scan.lab import Lab

RUNS, SKIPPED = 30, 7


@pytest.fixture
def record(lab: Lab) -> ScanRecord:
    for number in range(1, RUNS + 1):
        run = lab.run(number).begin()
        if number % 3 == 0:
            (run.folder / "SampleSheet.csv").write_text("no sheet")
    scan_files(lab.settings, lab.home, "scan", ScanRequest())
    return ScanRecord(record_path(lab.home, "scan"))


def parsed(lab: Lab, record: ScanRecord) -> tuple[list[PackedParsed], SheetsSummary]:
    """Parse all runs, one of which a person skips."""
    changed = (
        ChangedRun(entry, f"fingerprint {number}", "broken" if number == SKIPPED else None)
        for number, entry in enumerate(record.index)
    )
    rules, counter = scan_setup(lab.settings, lab.home).parsing, SheetCounter()
    return list(parsed_runs(record, changed, rules, counter)), counter.summary()


def test_two_processes_parse_what_one_parses_in_the_same_order(
    lab: Lab, record: ScanRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = parsed(lab, record)
    monkeypatch.setattr(parsing, "_RUNS_WORTH_A_PROCESS", 20)
    monkeypatch.setattr(parsing, "_RUNS_PER_REQUEST", 3)

    together = parsed(lab, record)

    assert together == alone
    packed, summary = alone
    assert [each.fingerprint for each in packed] == [f"fingerprint {n}" for n in range(RUNS)]
    assert (summary.runs, summary.sheets, summary.notes) == (RUNS, 20 - 1, ())


def test_the_second_process_imports_no_settings_and_no_database() -> None:
    module = "seqauto_pipeline.scan.parsing"
    show = f"import sys, {module}, seqauto_pipeline.core.verdict.run_parsing; print(*sys.modules)"

    imported = check_output([sys.executable, "-c", show], text=True).split()

    assert module in imported
    assert not {"sqlalchemy", "pydantic", "seqauto_pipeline.settings", "seqauto_pipeline.db"} & set(
        imported
    )
