"""Kill scans at random moments, scan again, and compare with models that no scan died on."""

import contextlib
import multiprocessing
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.one_scan import scan_once
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples

Facts = Mapping[str, tuple[tuple[object, ...], ...]]


@dataclass(frozen=True, slots=True)
class Killed:
    """One scan that died, and what the models say after the next."""

    after: float  # seconds from the start of the scan
    was_alive: bool  # False: it had ended before
    was_applied: bool  # False: the scan had not told that its last change was stored
    tables_that_differ: tuple[str, ...]


class KillingGround:
    """A disk in two states, and the models of one home that no scan died on."""

    def __init__(self, folder: Path, runs: int) -> None:
        self._folder = folder
        self._lab = Lab(folder)
        self._runs = [
            self._lab.run(number, f"kit_{number % 3}", samples("S1", "S2", "S3")).complete()
            for number in range(1, runs + 1)
        ]
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([scan_once.__module__])

    def first_scans(self, chance: random.Random, kills: int) -> Iterator[Killed]:
        """Kill first scans: each of a new database."""
        self._lab.scan()
        yield from self._killed(chance, kills, None)

    def rescans(self, chance: random.Random, kills: int) -> Iterator[Killed]:
        """Kill scans of the disk after much of it has changed."""
        before = self._folder / "before"
        shutil.copytree(self._lab.home, before)
        for run in self._runs:
            change(run)
        self._lab.scan()
        yield from self._killed(chance, kills, before)
        shutil.rmtree(before)

    def _killed(self, chance: random.Random, kills: int, basis: Path | None) -> Iterator[Killed]:
        wanted = self._lab.facts()
        self._time_of_one(basis)  # starts the server that forks, which imports everything once
        seconds = self._time_of_one(basis)
        for _ in range(kills):
            yield self._kill(chance.uniform(0, seconds), basis, wanted)

    def _time_of_one(self, basis: Path | None) -> float:
        with self._home(basis) as victim:
            started = time.monotonic()
            process = self._start(victim)
            process.join()
            assert process.exitcode == 0
            return time.monotonic() - started

    def _start(self, victim: Lab) -> ForkServerProcess:
        environ = {"DAGSTER_HOME": str(victim.home), **victim.environ}
        process = self._processes.Process(target=scan_once, args=(victim.home, environ))
        process.start()
        return process

    def _kill(self, after: float, basis: Path | None, wanted: Facts) -> Killed:
        with self._home(basis) as victim:
            process = self._start(victim)
            time.sleep(after)
            was_alive = process.is_alive()
            process.kill()
            process.join()
            was_applied = victim.applied_scans() > (0 if basis is None else 1)
            victim.scan()
            found = victim.facts()
        differing = tuple(table for table in wanted if wanted[table] != found[table])
        return Killed(after, was_alive, was_applied, differing)

    @contextlib.contextmanager
    def _home(self, basis: Path | None) -> Iterator[Lab]:
        """A home of its own, for the same disk; with the models of another, where one is given."""
        victim = Lab(self._folder, (), home="victim")
        victim.set_up_like(self._lab)
        if basis is not None:
            shutil.copytree(basis, victim.home, dirs_exist_ok=True)
        try:
            yield victim
        finally:
            shutil.rmtree(victim.home)


def change(run: RunFolder) -> None:
    """Change a run in one of the ways that runs change."""
    kind = int(run.name.split("_")[2]) % 8
    if kind == 0:
        run.write_sheet(samples("S1", "S4"))
    elif kind == 1:
        run.remove("bam", "S1")
    elif kind == 2:
        run.write("gene_list", "S2", data=b"BRCA1\nTP53\n")
    elif kind == 3:
        run.move(f"{run.kit}_new")
    elif kind == 4:
        run.sheet.unlink()
    elif kind == 5:
        run.write("vcf", "S3", data=b"")
    elif kind == 6:
        shutil.copytree(run.folder, run.root / "kit_copies" / run.name)
    else:
        run.put(f"{Path(run.relative('fastq', read=1)).parent}/stray.fastq.gz", b"stray")


def campaign(folder: Path, runs: int, kills: int, seed: int) -> Iterator[tuple[str, Killed]]:
    """Kill as many scans, half of them first ones; say of which kind each was."""
    chance, ground = random.Random(seed), KillingGround(folder, runs)
    for killed in ground.first_scans(chance, kills - kills // 2):
        yield "first scan", killed
    for killed in ground.rescans(chance, kills // 2):
        yield "rescan", killed
