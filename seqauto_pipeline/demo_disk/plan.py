"""What the demo disk will hold: sequencing runs, their samples and their trouble."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.demo_disk.chance import seeded
from seqauto_pipeline.demo_disk.instruments import (
    NEXTSEQ_500,
    NOVASEQ_6000,
    ROTA,
    Instrument,
    SheetFamily,
)
from seqauto_pipeline.demo_disk.trouble import Trouble, kinds_for

Pools: TypeAlias = Mapping[int, tuple[str, ...]]  # index sequences by their length

LAST_DAY = dt.date(2026, 5, 28)  # fixed: the same seed gives the same disk on any day
SPAN_DAYS = 730
MAX_SAMPLES = 384
CONTROL_PREFIX = "NTC"
INDEX_POOL = 48  # sequences that differ from each other in three places, of each length
_KITS = ("idt_exome", "idt_haem", "medical_exome", "roche_kidney")
_PREFIXES = {"idt_exome": "Exome", "idt_haem": "Haem"}
_FIRST_NUMBERS = {"NB501009": 410, "NDX550312": 88, "M02027": 196, "FS10002101": 41}
# A kind of trouble that only some sheets can have.
_NEEDED = {
    Trouble.CONTROL_AND_FAILED: NEXTSEQ_500,
    Trouble.RAGGED_ROW: NEXTSEQ_500,
    Trouble.WINDOWS_1252_SHEET: NEXTSEQ_500,
    Trouble.SAMPLE_IN_TWO_LANES: NOVASEQ_6000,
}


@dataclass(frozen=True, slots=True)
class DemoOptions:
    runs: int
    samples: int  # of each run, at most MAX_SAMPLES
    seed: int = 1
    trouble: bool = True
    left_out: float = 0.05  # share of the expected files


@dataclass(frozen=True, slots=True)
class DemoRow:
    """One row of a sample sheet."""

    sample_id: str
    sample_name: str
    sample_number: int
    lane: int | None
    index: str
    index2: str | None
    panel: str | None = None  # a kit that overrides the directory's
    is_control: bool = False
    failed: bool = False

    @property
    def has_files(self) -> bool:
        return not (self.is_control or self.failed)


@dataclass(frozen=True, slots=True)
class DemoRun:
    position: int  # 0 is the oldest
    kit: str
    instrument: Instrument
    serial: str
    number: int
    date: dt.date
    flowcell: str  # without its side
    side: str  # A, B or empty
    prefix: str  # the lab's, with its separator
    rows: tuple[DemoRow, ...]
    trouble: Trouble | None = None

    @property
    def flowcell_id(self) -> str:
        return self.side + self.flowcell

    @property
    def run_id(self) -> str:
        date = f"{self.date:%Y%m%d}" if self.instrument.long_date else f"{self.date:%y%m%d}"
        number = f"{self.number:0{self.instrument.padding}d}"
        return f"{date}_{self.serial}_{number}_{self.flowcell_id}"

    @property
    def name(self) -> str:
        return self.prefix + self.run_id

    @property
    def experiment(self) -> str:
        return f"{self.kit}_{self.number}"

    @property
    def project(self) -> str:
        return f"{self.kit.partition('_')[0]}_{self.date:%Y}"

    @property
    def has_extras(self) -> bool:
        """Whether the optional files were made for it."""
        return self.position % 16 == 0


def plan_runs(options: DemoOptions, layout: Layout) -> tuple[DemoRun, ...]:
    """Plan the runs, oldest first. The same options and layout give the same plan."""
    kinds = _placed_trouble(options, layout)
    instruments = _instruments(options, kinds)
    lengths = {length for each in ROTA for length in each.index_lengths}
    pools = {length: index_pool(length) for length in lengths}
    turns, kit_turns = Counter[str](), Counter[str]()
    runs: list[DemoRun] = []
    for position, instrument in enumerate(instruments):
        rng = seeded(options.seed, position)
        kit = _KITS[(position + position // len(ROTA)) % len(_KITS)]
        serial = instrument.serials[turns[instrument.template] % len(instrument.serials)]
        turns.update((instrument.template, serial))
        date = _date(position, options.runs, rng)
        kit_turns[f"{kit}{date:%y}"] += 1
        run = DemoRun(
            position=position,
            kit=kit,
            instrument=instrument,
            serial=serial,
            number=_FIRST_NUMBERS.get(serial, 300) + turns[serial],
            date=date,
            flowcell=instrument.new_flowcell(rng),
            side=rng.choice("AB") if instrument.has_side else "",
            prefix=_prefix(kit, date, kit_turns[f"{kit}{date:%y}"], kinds[position]),
            rows=(),
            trouble=kinds[position],
        )
        runs.append(replace(run, rows=_rows(run, pools, options.samples)))
    return tuple(_with_duplicate(runs))


def _placed_trouble(options: DemoOptions, layout: Layout) -> tuple[Trouble | None, ...]:
    """Give each kind to one run as far as they go, and leave a quarter of the runs in health."""
    kinds = kinds_for(layout) if options.trouble else ()
    kinds = kinds[: options.runs * 3 // 4]
    positions = seeded(options.seed, "trouble").sample(range(options.runs), len(kinds))
    placed = dict(zip(positions, kinds, strict=True))
    return tuple(placed.get(position) for position in range(options.runs))


def _instruments(options: DemoOptions, kinds: Sequence[Trouble | None]) -> tuple[Instrument, ...]:
    """Take turns; a single index has too few sequences for the largest runs."""
    rota = [each for each in ROTA if len(each.index_lengths) > 1 or options.samples <= INDEX_POOL]
    return tuple(
        _NEEDED.get(kind, rota[position % len(rota)]) if kind else rota[position % len(rota)]
        for position, kind in enumerate(kinds)
    )


def _date(position: int, runs: int, rng: random.Random) -> dt.date:
    """Spread the runs over the span, in order, with a little unrest."""
    step = SPAN_DAYS / runs
    return LAST_DAY - dt.timedelta(days=int((runs - 1 - position + rng.random() * 0.9) * step))


def _prefix(kit: str, date: dt.date, turn: int, trouble: Trouble | None) -> str:
    if trouble is Trouble.SPACE_IN_NAME:
        return f"rerun {turn} "
    return f"{_PREFIXES[kit]}_{date:%y}_{turn:03d}_" if kit in _PREFIXES else ""


def _rows(run: DemoRun, pools: Pools, samples: int) -> tuple[DemoRow, ...]:
    rows = [_row(run, pools, number, samples) for number in range(samples)]
    if run.trouble is Trouble.CONTROL_AND_FAILED:
        name = f"{CONTROL_PREFIX}-{run.number}"
        rows[-1] = replace(rows[-1], sample_id=name, sample_name=name, is_control=True)
        if len(rows) > 1:
            rows[-2] = replace(rows[-2], failed=True)
    if run.trouble is Trouble.SAMPLE_IN_TWO_LANES:
        rows.append(replace(rows[0], lane=run.instrument.lanes))
    return tuple(rows)


def _row(run: DemoRun, pools: Pools, number: int, samples: int) -> DemoRow:
    instrument = run.instrument
    sample_id = f"{run.date:%y}G{10_000 + run.position * samples + number:06d}"
    has_name = instrument.sheet is SheetFamily.IEM_V1
    index, *second = (pools[length] for length in instrument.index_lengths)
    other_kit = _KITS[(run.position + 1) % len(_KITS)]
    return DemoRow(
        sample_id=sample_id,
        sample_name=f"S{number + 1:03d}_{sample_id}" if has_name else sample_id,
        sample_number=number + 1,
        lane=number * instrument.lanes // samples + 1 if instrument.has_lane_column else None,
        index=index[number % INDEX_POOL],
        index2=second[0][(number + number // INDEX_POOL + 7) % INDEX_POOL] if second else None,
        panel=(other_kit if number % 4 == 3 else run.kit) if _has_panels(run) else None,
    )


def _has_panels(run: DemoRun) -> bool:
    """Some runs of one kit carry samples of another."""
    return run.instrument.sheet is SheetFamily.IEM_V1 and run.position % 5 == 2


def index_pool(length: int) -> tuple[str, ...]:
    """Give sequences that differ from each other in at least three places."""
    rng = seeded(length)
    found: list[str] = []
    while len(found) < INDEX_POOL:
        candidate = "".join(rng.choice("ACGT") for _ in range(length))
        if all(sum(a != b for a, b in zip(candidate, each, strict=True)) >= 3 for each in found):
            found.append(candidate)
    return tuple(found)


def _with_duplicate(runs: list[DemoRun]) -> list[DemoRun]:
    """Make the run that duplicates another a copy of a healthy one, in another kit."""
    places = [run.position for run in runs if run.trouble is Trouble.DUPLICATE_NAME]
    for place in places:
        original = next(run for run in runs if run.trouble is None)
        kit = _KITS[(_KITS.index(original.kit) + 1) % len(_KITS)]
        runs[place] = replace(original, kit=kit, trouble=Trouble.DUPLICATE_NAME)
    return runs
