import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.cli.scans.scan import ProgressLines
from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline_tests.orchestration.conftest import RUN, SCAN, Lab, home_begun, lab

__all__ = ["home_begun", "lab"]  # fixtures


def _seqauto(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


ScanNow = Callable[..., tuple[int, str]]


@pytest.fixture
def scan(lab: Lab, capfd: pytest.CaptureFixture[str]) -> ScanNow:
    """Scan in this process; give the exit code, and all that was said."""

    def _scan(*options: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["scan", *options])
        return int(ended.value.code or 0), "".join(reversed(capfd.readouterr()))

    return _scan


def test_a_scan_ends_with_what_it_found_changed_and_what_is_wrong(lab: Lab) -> None:
    process = lab.start(*SCAN)
    output = process.communicate(timeout=120)[0]

    assert process.returncode == 0
    assert "Found 1 run folder with " in output
    assert "Changed: " in output
    assert "  bam " in output
    assert "`seqauto messages` tells what to do about each." in output
    assert "finished after" in output
    assert "DEBUG" not in output


def test_a_scan_of_an_unchanged_disk_says_that_nothing_changed(scan: ScanNow) -> None:
    scan()

    assert "Nothing changed." in scan()[1]


def test_a_scan_that_was_asked_for_what_is_not_known_says_so_and_exits_with_2(
    scan: ScanNow,
) -> None:
    code, output = scan("--root", "/etc")
    of_a_run, about_run = scan("--run", f"{RUN}x")

    assert (code, of_a_run) == (2, 2)
    assert f"did you mean {RUN}?" in about_run
    assert "'/etc' is not a configured root; configured are: " in output
    assert "`seqauto scans show " in output


def test_a_scan_that_failed_exits_with_1(lab: Lab, scan: ScanNow) -> None:
    (lab.home / "seqauto.toml").write_text("enabled = false\n")

    code, output = scan()

    assert code == 1
    assert "SEQAUTO_ENABLED is false" in output


def test_a_run_that_was_asked_for_and_is_nowhere_is_named_beside_the_others(scan: ScanNow) -> None:
    asked = ("--run", RUN.rpartition("/")[2], "--run", "no_such_run")
    line = "No sequencing run below the scan roots is called no_such_run: it was left out."

    planned = scan("--dry-run", *asked)
    code, output = scan(*asked)
    shown = _seqauto("scans", "show", "latest").output

    assert planned[0] == code == 0
    assert line in planned[1]
    assert "Found 1 run folder with " in output
    assert line in output
    assert "unknown runs:\n    run\n    no_such_run\n" in shown


def test_a_run_that_vanished_is_no_unknown_one(lab: Lab, scan: ScanNow) -> None:
    scan()
    (lab.root / RUN).rename(lab.root.parent / "elsewhere")
    (lab.root / "idt_haem" / "another").mkdir()

    assert "is called" not in scan("--run", RUN)[1]


def test_a_scan_told_not_to_wait_gives_up_at_once(lab: Lab, scan: ScanNow) -> None:
    lock = scan_lock(lab.database_url, "another")
    lock.take()

    code, output = scan("--no-wait")
    lock.close()

    assert code == 1
    assert "Another scan is running: another." in output


def test_a_dry_run_shows_the_changes_and_writes_nothing(lab: Lab, scan: ScanNow) -> None:
    before = sorted(path.name for path in lab.home.iterdir())

    code, output = scan("--dry-run")

    assert code == 0
    assert f"{lab.root}/{RUN}/1_BAM/S1.hg38.bam: new -> complete" in output
    assert "This was a dry run: nothing was written." in output
    assert sorted(path.name for path in lab.home.iterdir()) == before


def test_a_dry_run_refuses_roots_that_are_not_configured_too(scan: ScanNow) -> None:
    code, output = scan("--dry-run", "--root", "/etc")

    assert code == 2
    assert output.startswith("Error: '/etc' is not a configured root")


def test_an_earlier_file_list_can_be_used_again(lab: Lab, scan: ScanNow) -> None:
    scan()
    (lab.root / RUN / "1_BAM/S1.hg38.bam").unlink()

    code, output = scan("--reuse-prev-scan-id", "latest")

    assert code == 0
    assert "Nothing changed." in output


def test_a_dry_run_of_an_earlier_file_list_is_a_usage_error(lab: Lab) -> None:
    result = _seqauto("scan", "--dry-run", "--reuse-prev-scan-id", "latest")

    assert result.exit_code == 2
    assert "--dry-run looks at the disks" in result.output


def test_a_terminal_gets_a_progress_bar(lab: Lab) -> None:
    controller, terminal = pty.openpty()

    process = subprocess.Popen(SCAN, stdout=terminal, stderr=terminal, env=os.environ)
    os.close(terminal)
    output = _read_all(controller)

    assert process.wait(timeout=60) == 0
    assert "\x1b[" in output
    assert "1/1" in output
    assert "finished after" in output


def test_progress_elsewhere_is_a_line_for_each_stage(tmp_path: Path) -> None:
    path = tmp_path / "progress"

    with path.open("w") as stream:
        show = ProgressLines(stream)
        for stage, done, total in (
            ("scan files", 1, 10_000),
            ("scan files", 2, 10_000),
            ("parse\x1b[31m", 3, None),
            ("create models", 0, None),
        ):
            show(stage, done, total)

    assert path.read_text().splitlines() == [
        "scan files",
        "parse\\x1b[31m",
        "create models",
    ]


def _read_all(descriptor: int) -> str:
    chunks = []
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # the other end of a terminal is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(descriptor)
    return b"".join(chunks).decode()


def test_a_full_scan_says_so_in_its_record(lab: Lab, scan: ScanNow) -> None:
    scan()
    scan()

    code, _ = scan("--full")

    engine = open_database(lab.database_url)
    with engine.connect() as connection:
        kinds = connection.scalars(select(Scan.is_full).order_by(Scan.id)).all()
    engine.dispose()
    assert code == 0
    assert kinds == [True, False, True]


def test_a_full_scan_of_an_earlier_file_list_is_a_usage_error(lab: Lab) -> None:
    result = _seqauto("scan", "--full", "--reuse-prev-scan-id", "latest")

    assert result.exit_code == 2
    assert "--full looks at the disks; leave out --reuse-prev-scan-id." in result.output
