"""What a scan costs: seconds, memory, SQL statements and system calls, on a disk made for it.

    .venv/bin/python benchmarks/scan.py --runs 10 100 1000 --samples 24 --latency-ms 1

All seconds are those of whole processes, medians of the repeats. What a scan costs beyond an empty
Dagster job is the difference to a job with as many steps that do nothing, run in the same way.
Disks of several sizes take turns, so that a machine whose pace changes slows them all down.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from demo_disks import demo_disk, make_cold, read_all
from sqlalchemy import create_engine, make_url, text

from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.settings import Settings

Stages: TypeAlias = dict[str, dict[str, float]]
Limit: TypeAlias = dict[str, float]  # what limit.py prints
Traced: TypeAlias = "tuple[int, int] | None"  # system calls, and bytes that they read

HERE = Path(__file__).parent
DAGSTER = Path(sys.executable).with_name("dagster")
SEQAUTO = Path(sys.executable).with_name("seqauto")
EMPTY_JOB = (DAGSTER, "job", "execute", "-f", HERE / "empty_job.py", "-j", "empty_job")
SCAN_JOB = (DAGSTER, "job", "execute", "-m", "seqauto_pipeline.definitions", "-j", "seqauto_scan")
LIMIT, LIMITS = "the limit", ("list", "read", "unpack", "insert")
ALL_HOT = {"SEQAUTO_COLD_AFTER_DAYS": "36500"}  # each run is listed again, as if it were new
FIND_ALL = ("-printf", "%p %s %T@\\n")
BLOCK = 512  # bytes, whatever the disk's own are: getrusage(2)
SYSCALLS = "%file,getdents64,fstat,read,pread64"  # those that can reach a file server


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    seconds: float
    cpu_seconds: float  # less moved than the clock by what else the machine does
    peak_megabytes: float  # of its largest process
    device_megabytes: float  # what the page cache did not hold; 0 on network file systems
    database_megabytes: float | None = None  # afterwards


Costs: TypeAlias = dict[str, list[Cost]]  # of each repeat, by kind of work


@dataclass(frozen=True, slots=True)
class Counts:
    """What no clock decides, by kind of scan."""

    stages: dict[str, Stages] = field(default_factory=dict)
    traced: dict[str, Traced] = field(default_factory=dict)
    slow: dict[str, Stages] = field(default_factory=dict)  # with latency, by what it is
    find_beside: float | None = None  # seconds of find -printf between full rescans


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; None where it was not measured."""

    runs: int
    work: str
    seconds: float
    beyond_empty_job: float | None = None
    cpu_beyond_empty_job: float | None = None
    peak_megabytes: float | None = None
    statements: int | None = None
    syscalls_per_run: float | None = None
    megabytes_read: float | None = None
    device_megabytes: float | None = None
    database_megabytes: float | None = None
    times_the_limit: float | None = None  # of a first scan, beside what it asks of the disk alone


@dataclass(frozen=True, slots=True)
class Bench:
    """A disk and a home for Dagster and the models."""

    disk: Path
    home: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        left_out = ("SEQAUTO_", "PYTHONDONTWRITEBYTECODE")  # compiling anew is not what is measured
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        return {
            **kept,
            "DAGSTER_HOME": str(self.home),
            "SEQAUTO_SCAN_ROOTS": str(self.disk),
            "SEQAUTO_DATABASE_URL": self.database_url,
            "SEQAUTO_BACKUP_HOURS": "0",  # made once a day: no part of each scan
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, command: Sequence[str | Path], **more: str) -> Cost:
        """Run a program to its end; one that fails ends the benchmark with what it said."""
        began = time.perf_counter()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=self.environment | more,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                output.seek(0)
                sys.exit(f"{command}: {output.read().decode(errors='replace')[-4000:]}")
        seconds = time.perf_counter() - began
        cpu_seconds = usage.ru_utime + usage.ru_stime
        return Cost(seconds, cpu_seconds, usage.ru_maxrss / 1024, usage.ru_inblock * BLOCK / 2**20)

    def limit(self) -> Limit | None:
        """Measure what a first scan of this disk costs at least; None with PostgreSQL."""
        if not self.database_url.startswith("sqlite"):
            return None
        command = (sys.executable, str(HERE / "limit.py"), str(self.disk), str(self._models))
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True)
        limit: Limit = json.loads(done.stdout)
        return limit

    @property
    def _models(self) -> Path:
        return self.home / "models.db"

    def stages(self, *options: str, prefix: Sequence[str] = (), **more: str) -> Stages:
        """Run the stages of a scan in one process of their own."""
        command = (*prefix, sys.executable, str(HERE / "stages.py"), *options)
        environment = self.environment | more
        done = subprocess.run(command, env=environment, check=True, capture_output=True)
        stages: Stages = json.loads(done.stdout)
        return stages

    def with_latency(self, milliseconds: float, library: Path) -> Stages:
        """Run the stages while each call on the disk takes longer, as over a network."""
        return self.stages(
            LD_PRELOAD=str(library),
            SLOW_DISK=str(self.disk),
            SLOW_DISK_US=str(round(milliseconds * 1000)),
        )

    def trace(self) -> Traced:
        """Count the system calls of a scan that name or hold something on the disk."""
        if shutil.which("strace") is None:
            return None
        with tempfile.NamedTemporaryFile() as trace:
            strace = ("strace", "-f", "-y", "-qq", "-e", f"trace={SYSCALLS}", "-o", trace.name)
            self.stages(prefix=strace)
            with Path(trace.name).open(errors="replace") as lines:
                calls = [line for line in lines if str(self.disk) in line]
        return len(calls), sum(map(_bytes_read, calls))

    def database_megabytes(self) -> float:
        if self.database_url.startswith("sqlite"):
            files = self.home.glob("models.db*")
            return sum(path.stat().st_size for path in files) / 2**20
        engine = create_engine(self.database_url)
        with engine.connect() as connection:
            size = connection.scalar(text("SELECT pg_database_size(current_database())"))
        engine.dispose()
        return float(size or 0) / 2**20


def _bytes_read(call: str) -> int:
    found = re.search(r" p?read(?:64)?\(.* = (\d+)$", call.rstrip())
    return int(found[1]) if found else 0


@contextmanager
def fresh_bench(directory: Path, disk: Path, server_url: str | None) -> Iterator[Bench]:
    """Give a home that Dagster has used once and an empty database; both go when it ends."""
    home = Path(tempfile.mkdtemp(prefix="home-", dir=directory))
    write_default_instance_config(home)
    with _empty_database(home, server_url) as url:
        bench = Bench(disk, home, url)
        bench.run(EMPTY_JOB)
        yield bench
    shutil.rmtree(home)


@contextmanager
def _empty_database(home: Path, server_url: str | None) -> Iterator[str]:
    if server_url is None:
        yield f"sqlite:///{home / 'models.db'}"
        return
    name = f"seqauto_benchmark_{os.getpid()}"
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    try:
        engine = open_database(url)
        upgrade(engine)
        engine.dispose()
        yield url
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def change_some_runs(disk: Path, share: float, turn: int) -> int:
    """Remove, add and rewrite files in a share of the runs, others at each turn."""
    runs = sorted(path for path in disk.glob("*/*") if any(path.glob("*/*.bam")))
    count = max(1, round(len(runs) * share))
    for run in runs[turn * count : (turn + 1) * count]:
        bams = sorted(run.glob("*/*.bam"))
        bams[0].unlink()
        bams[0].with_name("unlisted.bam").write_bytes(b"new")
        values = next(path for path in sorted(run.rglob("*_stats.tsv")))
        values.write_text(values.read_text() + "Nb_rewritten\t1\n")
    return count


def measure(options: argparse.Namespace, directory: Path) -> dict[int, list[Row]]:
    """Measure all work on disks of each size, which are made where there are none."""
    disks = {runs: _disk(directory, runs, options) for runs in options.runs}
    found = {runs: list(_find(disk, runs, options.repeat)) for runs, disk in disks.items()}
    sqlite = options.database == "sqlite"
    given = Settings.model_validate({"database_url": options.database} if not sqlite else {})
    server_url = given.database_url.get_secret_value() if given.database_url else None
    costs: dict[int, Costs] = {runs: {} for runs in disks}
    for turn in range(options.repeat):
        for runs, disk in disks.items():
            make_cold(disk)
            if options.warm:
                read_all(disk)
            with fresh_bench(directory, disk, server_url) as bench:
                for work, cost in _repeat(bench, turn):
                    costs[runs].setdefault(work, []).append(cost)
                    print(f"turn {turn + 1}, {runs} runs, {work}: {cost}", file=sys.stderr)
    counted = {
        runs: _counts(directory, disk, server_url, options)
        for runs, disk in disks.items()
        if runs <= options.count_up_to
    }
    return {
        runs: [*found[runs], *_rows_of(costs[runs], counted.get(runs, Counts()), runs)]
        for runs in disks
    }


def _disk(directory: Path, runs: int, options: argparse.Namespace) -> Path:
    disk = directory / f"disk-{runs}"
    if not disk.exists():
        made = demo_disk(disk, runs, options.samples, options.seed)
        print(f"{runs} runs x {options.samples} samples: {made.files} files", file=sys.stderr)
    return disk


def _repeat(bench: Bench, turn: int) -> Iterator[tuple[str, Cost]]:
    yield "empty job", bench.run(EMPTY_JOB)
    first = bench.run(SCAN_JOB)
    yield "first scan", replace(first, database_megabytes=bench.database_megabytes())
    limit = bench.limit()
    if limit is not None:
        for part in LIMITS:
            yield f"{LIMIT}: {part}", Cost(limit[part], limit[part], 0, 0)
        seconds = sum(limit[part] for part in LIMITS)
        yield LIMIT, Cost(seconds, limit["cpu"], 0, 0)
    yield "find -printf beside it", bench.run(("find", bench.disk, *FIND_ALL))
    yield "rescan, unchanged", bench.run(SCAN_JOB)
    yield "rescan, unchanged, all hot", bench.run(SCAN_JOB, **ALL_HOT)
    change_some_runs(bench.disk, 0.01, turn)
    yield "rescan, 1 % changed", bench.run(SCAN_JOB)
    yield "seqauto scan, unchanged", bench.run((SEQAUTO, "scan"))
    yield "seqauto --help", bench.run((SEQAUTO, "--help"))
    yield "seqauto runs", bench.run((SEQAUTO, "runs"))


def _counts(
    directory: Path, disk: Path, server_url: str | None, options: argparse.Namespace
) -> Counts:
    """Count once what no clock decides: statements, system calls, size of the database."""
    stages: dict[str, Stages] = {}
    make_cold(disk)
    if options.warm:
        read_all(disk)
    with fresh_bench(directory, disk, server_url) as bench:
        stages["first scan"] = bench.stages()
        stages["rescan, unchanged"] = bench.stages()
        beside, full = [], []
        for _ in range(options.repeat):
            beside.append(_seconds_of_find(disk, FIND_ALL))
            full.append(bench.stages("--full"))
        stages["full rescan"] = min(full, key=lambda each: _middle(each, full))
        traced = {"rescan, unchanged": bench.trace()}
        slow = {
            f"rescan, unchanged, {_more(each)}": bench.with_latency(each, bad_disk(directory))
            for each in options.latency_ms
        }
        change_some_runs(disk, 0.01, options.repeat)
        stages["rescan, 1 % changed"] = bench.stages()
    with fresh_bench(directory, disk, server_url) as bench:
        traced["first scan"] = bench.trace()
    for each in options.latency_ms:
        with fresh_bench(directory, disk, server_url) as bench:
            slow[f"first scan, {_more(each)}"] = bench.with_latency(each, bad_disk(directory))
    return Counts(stages, traced, slow, statistics.median(beside))


def _more(milliseconds: float) -> str:
    return f"{milliseconds:g} ms more each call"


def _middle(stages: Stages, of: Sequence[Stages]) -> float:
    """Tell how far the listing of one repeat is from the median."""
    median = statistics.median(each["scan_files"]["seconds"] for each in of)
    return abs(stages["scan_files"]["seconds"] - median)


def bad_disk(directory: Path) -> Path:
    """Compile the library that can make calls on a disk slow."""
    library = directory / "bad_disk.so"
    source = str(HERE / "bad_disk.c")
    subprocess.run(("gcc", "-shared", "-fPIC", "-o", str(library), source, "-ldl"), check=True)
    return library


def _find(disk: Path, runs: int, repeat: int) -> Iterator[Row]:
    for name, words in (("find -type f", ("-type", "f")), ("find -printf '%p %s %T@'", FIND_ALL)):
        seconds = [_seconds_of_find(disk, words) for _ in range(repeat + 1)]
        yield Row(runs, name, statistics.median(seconds[1:]))  # the first one warms the cache


def _seconds_of_find(disk: Path, words: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(("find", disk, *words), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _rows_of(costs: Costs, counts: Counts, runs: int) -> Iterator[Row]:
    empty = statistics.median(cost.seconds for cost in costs["empty job"])
    limit = [cost.seconds for cost in costs.get(LIMIT, ())]
    empty_cpu = statistics.median(cost.cpu_seconds for cost in costs["empty job"])
    for work, each in costs.items():
        seconds = statistics.median(cost.seconds for cost in each)
        cpu_seconds = statistics.median(cost.cpu_seconds for cost in each)
        counted = counts.stages.get(work, {}).values()
        traced = counts.traced.get(work)
        yield Row(
            runs,
            work,
            seconds,
            seconds - empty if "scan" in work else None,
            cpu_seconds - empty_cpu if "scan" in work else None,
            max(cost.peak_megabytes for cost in each),
            sum(int(stage["statements"]) for stage in counted) if counted else None,
            traced[0] / runs if traced else None,
            traced[1] / 2**20 if traced else None,
            statistics.median(cost.device_megabytes for cost in each),
            each[0].database_megabytes,
            _times_the_limit(each, limit) if work == "first scan" else None,
        )
    for work, measured in counts.stages.items():
        for stage, cost in measured.items():
            alone = f"{work}: {stage} alone"
            yield Row(runs, alone, cost["seconds"], statements=int(cost["statements"]))
    if counts.find_beside is not None:
        yield Row(runs, "find -printf between the full rescans", counts.find_beside)
    for work, measured in counts.slow.items():
        yield Row(runs, f"{work}: stages alone", sum(cost["seconds"] for cost in measured.values()))
        for stage, cost in measured.items():
            yield Row(runs, f"{work}: {stage} alone", cost["seconds"])


def _times_the_limit(scans: Sequence[Cost], limits: Sequence[float]) -> float | None:
    """Hold each first scan against the limit of the same minute."""
    if not limits:
        return None
    return statistics.median(
        scan.seconds / limit for scan, limit in zip(scans, limits, strict=True)
    )


def table(rows: Sequence[Row]) -> str:
    """Write the rows as a Markdown table."""
    head = (
        "runs",
        "work",
        "s",
        "beyond empty job, s",
        "CPU beyond, s",
        "peak MB",
        "SQL",
        "syscalls / run",
        "MB read",
        "MB from device",
        "database MB",
        "times the limit",
    )
    return _markdown(head, (tuple(asdict(row).values()) for row in rows))


def growth(measured: dict[int, list[Row]]) -> str:
    """Write as a Markdown table how much more work costs on a disk than on the next smaller one."""
    head = (
        "from",
        "to",
        "work",
        "times the runs",
        "times the s",
        "... beyond empty job",
        "... CPU",
    )
    rows = []
    for small, large in pairwise(sorted(measured)):
        smaller = {row.work: row for row in measured[small]}
        rows += [
            (
                small,
                large,
                row.work,
                large / small,
                row.seconds / smaller[row.work].seconds,
                _times(row.beyond_empty_job, smaller[row.work].beyond_empty_job),
                _times(row.cpu_beyond_empty_job, smaller[row.work].cpu_beyond_empty_job),
            )
            for row in measured[large]
            if row.work in smaller
        ]
    return _markdown(head, rows)


def _times(large: float | None, small: float | None) -> float | None:
    return large / small if large is not None and small is not None and small > 0 else None


def _markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, *([_cell(value) for value in row] for row in rows)]
    texts = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join((texts[0], "|" + "---|" * len(head), *texts[1:]))


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def machine() -> str:
    """Name the machine as far as it decides the seconds."""
    python = platform.python_version()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {python}"
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {system}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[200], help="one disk for each")
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, nargs="*", default=[], help="needs gcc")
    parser.add_argument(
        "--database", default="sqlite", help="sqlite, or the URL of a PostgreSQL server"
    )
    parser.add_argument(
        "--directory", type=Path, help="where disks are used again; default: a temporary one"
    )
    parser.add_argument(
        "--warm", action="store_true", help="read all files of a disk before it is scanned first"
    )
    parser.add_argument(
        "--count-up-to",
        type=int,
        default=1000,
        help="runs above which only whole processes are measured: strace takes hours there",
    )
    parser.add_argument("--json", type=Path, help="file to write the figures to, for plot.py")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seqauto-") as temporary:
        directory = options.directory or Path(temporary)
        by_runs = measure(options, directory)
    rows = [row for rows in by_runs.values() for row in rows]
    print(f"{options.samples} samples in each run; {machine()}\n\n{table(rows)}")
    if len(by_runs) > 1:
        print(f"\n{growth(by_runs)}")
    if options.json is not None:
        measured = {"machine": machine(), "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
