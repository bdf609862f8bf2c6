"""Rescans back to back in one process, with random changes and faults, each looked at."""

import gc
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from seqauto_pipeline_tests.faults.bench import THEN, Bench, set_times
from seqauto_pipeline_tests.faults.campaign import possible
from seqauto_pipeline_tests.faults.child import Child, forked
from seqauto_pipeline_tests.faults.history import History, Told, told_by
from seqauto_pipeline_tests.faults.trial import Fault, Trial
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import samples

KEEP_SCANS = 50
_PATIENCE = 180
_MB = 1 << 20
# Faults after which nothing has to be mended by hand, and that pass quickly.
_FAULTS = ("process: SIG", "process: Ctrl", "process: killed", "process: two scans", "root: ")
_RUNS = 10  # of the disk, at most
_COLD_SECONDS = 30 * 86_400
_AS_ALWAYS, _FULL = b"s", b"f"  # orders


@dataclass(frozen=True, slots=True)
class Sample:
    """What is measured after one rescan."""

    number: int
    fault: str
    memory_mb: float  # resident, of the process that scans again and again
    descriptors: int  # that it has open
    database_mb: float
    home_mb: float
    open_messages: int
    differing: tuple[str, ...]  # what is said and not so, or so and not said
    finished: bool

    @property
    def is_good(self) -> bool:
        return self.finished and not self.differing

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class Worker:
    """One process that scans whenever it is told to, as a server would."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        ours, theirs = os.pipe(), os.pipe()
        self._tell, self._told = ours[1], theirs[0]

        def serve() -> int:
            os.close(ours[1])
            os.close(theirs[0])
            return _serve(ours[0], theirs[1])

        self.child: Child = forked(serve, bench.environ, bench.folder / "worker.log")
        os.close(ours[0])
        os.close(theirs[1])
        self._answers = os.fdopen(self._told)

    def scan(self, *, full: bool = False) -> tuple[bool, float, int]:
        """Give whether a scan finished, and the memory (MB) and descriptors of the process."""
        os.write(self._tell, _FULL if full else _AS_ALWAYS)
        finished, memory, descriptors = json.loads(self._answers.readline())
        return bool(finished), float(memory), int(descriptors)

    def close(self) -> None:
        os.close(self._tell)
        self._answers.close()
        self.child.end()


def _serve(orders: int, answers: int) -> int:
    from seqauto_pipeline.orchestration.history import ScanState  # noqa: PLC0415
    from seqauto_pipeline.orchestration.launch import execute_scan  # noqa: PLC0415
    from seqauto_pipeline.scan.request import ScanRequest  # noqa: PLC0415

    while order := os.read(orders, 1):
        story = execute_scan(ScanRequest(full=order == _FULL), lambda *_: None)
        gc.collect()  # scans collect rarely, as each has a process of its own: only leaks are left
        used = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        opened = len(list(Path("/proc/self/fd").iterdir()))
        finished = story.state is ScanState.FINISHED
        os.write(answers, f"{json.dumps([finished, used / _MB, opened])}\n".encode())
    return 0


def soak(bench: Bench, count: int, seed: int) -> Iterator[Sample]:
    """Change, now and then put a fault in, scan, measure and compare."""
    with (bench.home / "seqauto.toml").open("a") as settings:
        settings.write(f"keep_scans = {KEEP_SCANS}\n")
    chance = random.Random(seed)
    faults = possible(bench, _FAULTS)
    history = History()
    history.add(told_by(bench.home))
    worker = Worker(bench)
    try:
        for number in range(1, count + 1):
            needs_full = _change(bench, chance)
            fault = chance.choice(faults) if chance.random() < 0.1 else None
            if fault is not None:
                _inject(bench, fault, chance)
            yield _sample(bench, history, (number, fault), worker.scan(full=needs_full))
    finally:
        worker.close()


def _inject(bench: Bench, fault: Fault, chance: random.Random) -> None:
    fault.inject(Trial(bench, chance, 1.0))
    for child in bench.children:
        child.wait(_PATIENCE)
    bench.end_children()


def _sample(
    bench: Bench, history: History, which: tuple[int, Fault | None], scan: tuple[bool, float, int]
) -> Sample:
    number, fault = which
    finished, memory, opened = scan
    stored, fresh = told_by(bench.home), _told_by_a_fresh_home(bench)
    history.add(fresh)
    return Sample(
        number,
        fault.name if fault is not None else "",
        round(memory, 1),
        opened,
        round(_size(bench.home, "seqauto.db*") / _MB, 2),
        round(_size(bench.home, "**/*") / _MB, 2),
        stored.messages.total(),
        history.differences(stored, fresh),
        finished,
    )


def _change(bench: Bench, chance: random.Random) -> bool:
    """Do to the disk what instruments, pipelines and people do.

    Tell whether only a full scan sees it: what is written in place in a run that did not change for
    long (docs/performance.md).
    """
    run = bench.run(chance.randrange(1, _RUNS + 1))
    if not run.folder.exists():
        run.complete()
        return False
    was_cold, kinds = _is_cold(run.folder), ("bam", "vcf", "flagstat")
    match chance.randrange(6):
        case 0:
            run.place(chance.choice(kinds), chance.choice(("S1", "S2"))).unlink(missing_ok=True)
        case 1:
            run.write_all(chance.choice(kinds))
            return was_cold
        case 2:
            run.write(chance.choice(kinds), "S1", data=chance.randbytes(chance.randrange(40)))
            return was_cold
        case 3:
            run.write_sheet(samples(*(f"S{n}" for n in range(1, chance.randrange(2, 5)))))
        case 4:
            (run.place("bam").parent / f"odd-{chance.randrange(3)}.txt").write_text("odd")
            return was_cold  # it may have been there
        case _:
            set_times([run.folder, *run.folder.rglob("*")], THEN)  # as a restored copy has them
    return False


def _is_cold(folder: Path) -> bool:
    newest = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    return newest < time.time() - _COLD_SECONDS


def _told_by_a_fresh_home(bench: Bench) -> Told:
    """What a home that never scanned before makes of the disk."""
    folder = bench.folder / "fresh"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "home").mkdir()
    lab = Lab.there(folder)
    lab.roots = bench.disks
    lab.environ = {"SEQAUTO_SCAN_ROOTS": ":".join(map(str, bench.disks))}

    def scan() -> int:
        return 0 if lab.scan().error is None else 1

    child = forked(scan, {**bench.environ, **lab.environ}, folder / "output")
    if child.wait(_PATIENCE) != 0:
        raise RuntimeError((folder / "output").read_text())
    return told_by(lab.home)


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())
