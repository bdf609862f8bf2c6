"""What the worst files of a disk cost a scan in memory."""

import gzip
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder

MOST_MB = 200  # more than a scan without the file
_HEAD = b"Name\tSize\tMean\tStdDev\tMax\tMin\t% >=20X\n"
_SCAN = f"import sys; from {__name__} import scan_in; scan_in(sys.argv[1])"


def bomb_of_members(run: RunFolder) -> None:
    """4 GB of NULs in 64 gzip members."""
    run.place("gene_coverage").write_bytes(gzip.compress(bytes(64 << 20), 1) * 64)


def bomb_of_one_member(run: RunFolder) -> None:
    """As much in one: a flushed part of a stream can be repeated."""
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = packer.compress(b"Name") + packer.flush(zlib.Z_FULL_FLUSH)
    part = packer.compress(bytes(64 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    run.place("gene_coverage").write_bytes(head + part * 64 + packer.flush())


def rows(count: int, cells: bytes) -> bytes:
    return _HEAD + b"".join(b"GENE%d;NM_%d\t%b\n" % (n, n, cells) for n in range(count))


def many_rows(run: RunFolder) -> None:
    """430 MB of rows."""
    part = gzip.compress(rows(300_000, b"100\t31.5\t3.2\t60\t1\t99.5"), 1)
    run.place("gene_coverage").write_bytes(part * 32)


def rows_up_to_the_limit(run: RunFolder) -> None:
    data = rows(210_000, b"100\t31.5\t3.2\t60\t1\t99.5")
    run.place("gene_coverage").write_bytes(gzip.compress(data + b" " * 900_000, 1))


def cells_that_are_no_numbers(run: RunFolder) -> None:
    data = rows(210_000, b"x\tNotAvail\tx\tx\tx\tx")
    run.place("gene_coverage").write_bytes(gzip.compress(data, 1))


def wide_characters(run: RunFolder) -> None:
    line = "\U0001f9ec".encode() + b"A" * 100 + b"\n"
    run.place("gene_coverage").write_bytes(gzip.compress(_HEAD + line * 290_000, 1))


def one_line(run: RunFolder) -> None:
    run.place("gene_list").write_bytes(b"A" * (31 << 20))


def sheet_of_nuls(run: RunFolder) -> None:
    run.write_sheet(bytes(15_000_000))


def sheet_of_rows(run: RunFolder) -> None:
    lines = b"\n".join(b"S%d,ACGT" % n for n in range(1_200_000))
    run.write_sheet(b"[Data]\nSample_ID,index\n" + lines)


def xml_of_attributes(run: RunFolder) -> None:
    attributes = b" ".join(b'a%d="1"' % n for n in range(1_000_000))
    run.run_info.write_bytes(b"<RunInfo><Run " + attributes + b"/></RunInfo>")


WORST: dict[str, Callable[[RunFolder], None]] = {
    each.__name__: each
    for each in (
        bomb_of_members,
        bomb_of_one_member,
        many_rows,
        rows_up_to_the_limit,
        cells_that_are_no_numbers,
        wide_characters,
        one_line,
        sheet_of_nuls,
        sheet_of_rows,
        xml_of_attributes,
    )
}


def scan_in(folder: str) -> None:
    """Scan a laboratory that is there, and print the most memory that it took, in MB."""
    lab = Lab.there(Path(folder))
    outcome = lab.scan()
    assert outcome.summary.changes.failed_runs == []
    # Not ru_maxrss, which begins with what the process had that started this one.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    sys.stdout.write(str(int(found[1]) // 1024))


def memory_of_a_scan(folder: Path, spoil: Callable[[RunFolder], None] | None = None) -> int:
    lab = Lab(folder)
    run = lab.run().complete()
    if spoil is not None:
        spoil(run)
    scan = subprocess.run(
        [sys.executable, "-c", _SCAN, str(folder)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert scan.returncode == 0, scan.stderr.decode()
    return int(scan.stdout)


@pytest.fixture(scope="module")
def memory_of_none(tmp_path_factory: pytest.TempPathFactory) -> int:
    return memory_of_a_scan(tmp_path_factory.mktemp("none"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", WORST)
def test_the_worst_file_costs_little_more_memory_than_none(
    kind: str, memory_of_none: int, tmp_path: Path
) -> None:
    assert memory_of_a_scan(tmp_path, WORST[kind]) - memory_of_none <= MOST_MB
