"""One small installation that is put back as it was before each fault."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline_tests.faults.child import Child, command, forked, program
from seqauto_pipeline_tests.faults.server import Server, mount_small_disk
from seqauto_pipeline_tests.scan.lab import Cell, Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name, samples

RUNS = 6
_HOME_MB = 64
THEN = 1_600_000_000  # when all files of the template were written
_DAY = 86_400
_OTHER_RUN = 90
DATABASE, TEMPLATE = "work", "template_of_work"
ENDED = (ScanState.FINISHED, ScanState.ERROR, ScanState.CANCELLED)
Facts = Mapping[str, tuple[tuple[Cell, ...], ...]]
States = list[tuple[str, str]]  # of scans: what is said, and why
Change = Callable[["Bench"], tuple[Path, ...]]


@dataclass
class Bench:
    """Two disks of seven runs, a home that has scanned them once, and a copy of all."""

    folder: Path
    server: Server | None = None
    children: list[Child] = field(default_factory=list)
    is_mounted: bool = False
    _number: int = 0

    def __post_init__(self) -> None:
        self.home, self.disk = self.folder / "home", self.folder / "disk"
        self.other_disk = self.folder / "other-disk"
        self.spare, self._kept = self.folder / "spare", self.folder / "kept"
        for each in (self.home, self.disk, self.other_disk, self.spare, self._kept):
            each.mkdir(parents=True)
        self.is_mounted = mount_small_disk(self.home, _HOME_MB)
        self._configure()
        if self.server is not None:
            self.server.run(f"CREATE DATABASE {DATABASE} OWNER worker")
        for number in range(1, RUNS + 1):
            self.run(number).complete()
        RunFolder(self.other_disk, "kit_c", run_name(_OTHER_RUN), samples("S1")).complete()
        for disk in self.disks:
            set_times([disk, *disk.rglob("*")], THEN)
        self.spoil_nothing_and_scan()
        self._keep()

    @property
    def disks(self) -> tuple[Path, Path]:
        return self.disk, self.other_disk

    def _configure(self) -> None:
        self.configure(self.home, self.server.url(DATABASE) if self.server is not None else None)

    def configure(self, home: Path, url: str | None) -> None:
        """Make a directory the home of scans of these disks."""
        write_default_instance_config(home)
        roots = ", ".join(f'"{each}"' for each in self.disks)
        lines = [f"scan_roots = [{roots}]", "trust_directory_times = true"]
        if url is not None:
            lines.append(f'database_url = "{url}"')
        (home / "seqauto.toml").write_text("\n".join(lines) + "\n")

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {**kept, "DAGSTER_HOME": str(self.home), "SEQAUTO_TIME_ZONE": "UTC"}

    def run(self, number: int) -> RunFolder:
        kit = "kit_a" if number % 2 else "kit_b"
        return RunFolder(self.disk, kit, run_name(number), samples("S1", "S2"))

    def spoil_nothing_and_scan(self) -> None:
        child = self.scan()
        if child.wait(300) != 0:
            raise RuntimeError(child.said)

    def _keep(self) -> None:
        for source in (self.home, *self.disks):
            subprocess.run(["cp", "-a", str(source), str(self._kept / source.name)], check=True)
        if self.server is not None:
            self.server.run(_cut_off(DATABASE), f"CREATE DATABASE {TEMPLATE} TEMPLATE {DATABASE}")

    def put_back(self) -> None:
        """Make everything as it was after the first scan."""
        self.end_children()
        for folder in (self.home, *self.disks, self.spare):
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            if (kept := self._kept / folder.name).exists():
                subprocess.run(["cp", "-a", f"{kept}/.", str(folder)], check=True)
        if self.server is not None:
            self.server.start()
            self.server.run("ALTER ROLE worker LOGIN CONNECTION LIMIT -1")
            self.database_back()

    def database_back(self) -> None:
        """Put the database back as it was after the first scan, as a restored dump is.

        PostgreSQL sets the sequences of such a copy back when it crashes before a checkpoint.
        """
        if self.server is not None:
            self.server.run(
                _cut_off(DATABASE),
                f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
                f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} OWNER worker",
                "CHECKPOINT",
            )

    def change(self, number: int) -> None:
        """Change the disk, the same each time: what the next scan has to find."""
        touched = CHANGES[number](self)
        paths = {each for path in touched for each in (path, path.parent) if each.exists()}
        set_times(paths, THEN + _DAY * (number + 1))

    def scan(
        self, *options: str, prepare: Callable[[], None] = lambda: None, **environ: str
    ) -> Child:
        return self.command("scan", *options, prepare=prepare, **environ)

    def command(
        self, *arguments: str, prepare: Callable[[], None] = lambda: None, **environ: str
    ) -> Child:
        """Run `seqauto` with these arguments."""
        environ = {**self.environ, **environ}
        return self.started(command(arguments, environ, self._output(), prepare))

    def program(self, *arguments: str, **environ: str) -> Child:
        """Run a program that is no fork of this process."""
        return self.started(program(arguments, {**self.environ, **environ}, self._output()))

    def do(self, action: Callable[[], object]) -> None:
        """Do something with the environment of the home, in a process of its own."""

        def act() -> int:
            action()
            return 0

        child = self.started(forked(act, self.environ, self._output()))
        if child.wait(60) != 0:
            raise RuntimeError(child.said)

    def started(self, child: Child) -> Child:
        self.children.append(child)
        return child

    def _output(self) -> Path:
        self._number += 1
        return self._kept / f"output-{self._number}"

    def end_children(self) -> None:
        for child in self.children:
            child.end()
        self.children.clear()
        for path in self._kept.glob("output-*"):
            path.unlink()

    def states(self) -> States | None:
        """State and message of each scan as `seqauto scans` tells it; None where it cannot."""
        output = self._output()

        def ask() -> int:
            from seqauto_pipeline.orchestration.launch import page_of_scans  # noqa: PLC0415

            told = [
                (str(each.state), each.failure.message if each.failure else "")
                for each in page_of_scans(20, 0)
            ]
            output.with_suffix(".json").write_text(json.dumps(told))
            return 0

        child = self.started(forked(ask, self.environ, output))
        if child.wait(60) != 0:
            return None
        return [
            (state, message)
            for state, message in json.loads(output.with_suffix(".json").read_text())
        ]

    def facts(self) -> Facts:
        return Lab.there(self.folder).facts()  # its settings file names the database

    def close(self) -> None:
        self.end_children()
        if self.server is not None:
            self.server.close()
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.home)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def _cut_off(database: str) -> str:
    return (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    )


def set_times(paths: "list[Path] | set[Path]", seconds: int) -> None:
    for path in paths:
        os.utime(path, (seconds, seconds))


def _lose_a_file(bench: Bench) -> tuple[Path, ...]:
    path = bench.run(1).place("bam")
    path.unlink()
    return (path,)


def _write_a_run(bench: Bench) -> tuple[Path, ...]:
    run = bench.run(RUNS + 1).complete()
    return (run.folder, *run.folder.rglob("*"))


def _write_a_sheet(bench: Bench) -> tuple[Path, ...]:
    run = bench.run(2)
    run.write_sheet(samples("S1", "S2", "S3"))
    return (run.sheet,)


def _replace_files(bench: Bench) -> tuple[Path, ...]:
    places = [bench.run(number).place("bam", "S2") for number in (3, 4)]
    for place in places:
        place.write_bytes(b"another BAM")
    empty = bench.run(5).place("vcf")
    empty.write_bytes(b"")
    return (*places, empty)


CHANGES: tuple[Change, ...] = (_lose_a_file, _write_a_run, _write_a_sheet, _replace_files)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
