"""One fault: put in, ended, and what became of the records."""

import random
import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from seqauto_pipeline_tests.faults.bench import CHANGES, ENDED, Bench, Facts, States, until
from seqauto_pipeline_tests.faults.child import Child
from seqauto_pipeline_tests.scan.lab import Cell

PATIENCE = 120.0
MESSAGES = ("message",)
LEDGERS = ("file_event", "run_event", *MESSAGES)
SHEETS = (*LEDGERS, "sample_sheet", "sequencing_sample")  # with the versions of sheets
_PLAIN = (
    (re.compile(r"faults-[a-z0-9_]{8}"), "TMP"),  # the directory of the campaign
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8}\b"), "ID"),
    (re.compile(rf"\b{re.escape(socket.gethostname())}\b"), "HOST"),
    (re.compile(r"\d+ (?:min|h) \d+ (?:s|min)|\d+(?:\.\d+)? s\b"), "SECONDS"),
    (re.compile(r"\d+"), "N"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: ``inject`` begins the scan and returns when the fault has ended."""

    name: str
    inject: Callable[["Trial"], None]
    needs: str = ""  # what `campaign.possible` asks for
    aside: tuple[str, ...] = ()  # ledgers in which a scan rightly records it: not compared
    every: int = 1  # rounds of the campaign between two: those that last long are rarer


@dataclass(frozen=True, slots=True)
class Injection:
    """What one fault did, as a line of the campaign's output."""

    number: int
    seed: int
    kind: str
    database: str
    seconds: float  # from the end of the fault to the right status
    lost: int  # records that a scan without the fault has
    wrong: int  # and those that it has not
    next_code: int | None
    message: str
    took: float

    @property
    def trial(self) -> tuple[int, int, str, str]:
        """Tell it from all others, but not from itself when it was put in again."""
        return self.seed, self.number, self.kind, self.database

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.wrong or self.next_code) and self.seconds <= 60

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Trial:
    """What a fault acts on."""

    bench: Bench
    chance: random.Random
    scan_seconds: float  # that a scan takes here

    def start(self, prepare: Callable[[], None] = lambda: None, **environ: str) -> Child:
        return self.bench.scan(prepare=prepare, **environ)

    def ends(self, seconds: float = 120) -> None:
        """Wait until all that was started has ended."""
        for child in tuple(self.bench.children):
            child.wait(seconds)

    def moment(self) -> None:
        """Wait until some moment of the scan."""
        time.sleep(self.chance.uniform(0.05, 1.0) * self.scan_seconds)

    def pause(self, seconds: float = 1.5) -> None:
        """Let the fault last."""
        time.sleep(seconds)

    def begun(self) -> Child:
        """Begin a scan, and come back at some moment of it."""
        child = self.start()
        self.moment()
        return child


class Campaign:
    """Faults one after the other on one bench, each compared with a scan that never saw it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._wanted: dict[int, Facts] = {}
        self._scan_seconds = 1.0

    def _wanted_after(self, change: int) -> Facts:
        if change not in self._wanted:
            self.bench.put_back()
            self.bench.change(change)
            begin = time.monotonic()
            self.bench.spoil_nothing_and_scan()
            self._scan_seconds = time.monotonic() - begin
            self._wanted[change] = self.bench.facts()
        return self._wanted[change]

    def inject(self, number: int, fault: Fault, seed: int) -> Injection:
        chance = random.Random(f"{seed}/{number}")
        begin = time.monotonic()
        change = chance.randrange(len(CHANGES))
        wanted = self._wanted_after(change)
        bench = self.bench
        bench.put_back()
        bench.change(change)
        fault.inject(Trial(bench, chance, self._scan_seconds))
        seconds, states = self._until_right()
        message = self._message(states)
        after = bench.scan()
        code = after.wait(PATIENCE)
        lost, wrong = _differences(wanted, bench.facts(), fault.aside)
        return Injection(
            number,
            seed,
            fault.name,
            "sqlite" if bench.server is None else "postgres",
            round(seconds, 2),
            lost,
            wrong,
            code,
            message if code == 0 else f"{message} | {self._plain(after.said)}",
            round(time.monotonic() - begin, 1),
        )

    def _until_right(self) -> tuple[float, States]:
        """Wait until no scan is said to go on that does not; tell what is said of each."""
        begin = time.monotonic()
        bench = self.bench
        scans = tuple(bench.children)
        told: States = []

        def is_right() -> bool:
            if any(child.poll() is None for child in scans):
                return False
            states = bench.states()
            told[:] = states or ()
            return states is not None and all(state in ENDED for state, _ in states)

        return time.monotonic() - begin if until(is_right, PATIENCE) else PATIENCE, told

    def _message(self, states: States) -> str:
        """What a person reads: of the scan on the terminal, and in the list of scans."""
        texts = [child.said for child in self.bench.children[:3]]
        lines = [line for text in texts for line in text.splitlines() if _tells(line)]
        lines += [f"{state}: {message}" for state, message in states[:2] if message]
        return " | ".join(dict.fromkeys(self._plain(line) for line in lines))

    def _plain(self, text: str) -> str:
        """Leave out what differs from one time to the next."""
        text = text.replace(str(self.bench.folder), "SITE")
        for pattern, word in _PLAIN:
            text = pattern.sub(word, text)
        return text[:1000]


_TELLING = ("Error", "failed", "Log:", "Metrics:", "Retention:", "Interrupted", "Traceback")


def _tells(line: str) -> bool:
    return any(word in line for word in _TELLING)


def _differences(wanted: Facts, found: Facts, aside: tuple[str, ...]) -> tuple[int, int]:
    """Count records that are lost, and those that should not be there."""
    lost = wrong = 0
    for table, rows in wanted.items():
        if table in aside:
            continue
        before, after = Counter(rows), Counter(found[table])
        if aside == SHEETS and table == "expected_file":  # what a version of a sheet asked for
            before, after = _without_retired(before), _without_retired(after)
        lost += (before - after).total()
        wrong += (after - before).total()
    return lost, wrong


def _without_retired(rows: "Counter[tuple[Cell, ...]]") -> "Counter[tuple[Cell, ...]]":
    return Counter({row: count for row, count in rows.items() if not row[-1]})
