"""What holds of scans whatever is on the disk."""

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from seqauto_pipeline.errors import OlderRecordError
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name, samples

KINDS = ("fastq", "gene_list", "bam", "vcf", "exec_summary", "joint_vcf")
SHEETS = (("S1",), ("S1", "S2"), ("S2", "S3"))
# Each example is several scans of a real disk: to shrink one that fails takes minutes.
QUICK = settings(max_examples=8, deadline=None, phases=(Phase.reuse, Phase.generate))


@dataclass(frozen=True, slots=True)
class RunOfADay:
    """What one run folder holds on one day."""

    number: int
    sheet: tuple[str, ...] | None
    is_done: bool
    kinds: frozenset[str]
    lost_read: bool
    empty_bam: bool
    is_skipped: bool
    stray: bool


Day = tuple[RunOfADay, ...]


@st.composite
def days(draw: st.DrawFn) -> Day:
    """A day's disk: some of three runs, each in any condition; one that never changes keeps it."""
    numbers = draw(st.sets(st.integers(1, 3)))
    return tuple(
        RunOfADay(
            number=number,
            sheet=draw(st.sampled_from((*SHEETS, None))),
            is_done=draw(st.sampled_from((True, True, True, False))),
            kinds=draw(st.frozensets(st.sampled_from(KINDS))),
            lost_read=draw(st.booleans()),
            empty_bam=draw(st.booleans()),
            is_skipped=draw(st.sampled_from((False, False, False, True))),
            stray=draw(st.booleans()),
        )
        for number in sorted(numbers)
    )


def kit_of(number: int) -> str:
    return f"kit_{number}"


def lay_out(lab: Lab, day: Day, kits: tuple[str, ...] | None = None) -> None:
    """Make the disk what it is on a day, in the order of the kits that are given."""
    for path in lab.root.iterdir():
        shutil.rmtree(path)
    lab.run(100, "kit_quiet", samples("S1")).complete()
    for run in day:
        kit = kits[run.number - 1] if kits else kit_of(run.number)
        write(lab.run(run.number, kit, samples("S1", "S2", "S3")), run, lab.settings.skip_marker)
    now = time.time()
    for path in lab.root.rglob("*"):  # whatever the clock did meanwhile, none is the older one
        if path.is_file():
            os.utime(path, (now, now))


def write(folder: RunFolder, run: RunOfADay, skip_marker: str) -> None:
    folder.begin()
    if run.sheet is None:
        folder.sheet.unlink()
    else:
        folder.write_sheet(samples(*run.sheet))
    if run.is_done:
        folder.finish()
    for kind in run.kinds:
        folder.write_all(kind)
    if run.lost_read and "fastq" in run.kinds:
        folder.remove("fastq", folder.samples[0].name, 2)
    if run.empty_bam:
        folder.write("bam", folder.samples[0].name, data=b"")
    if run.stray:
        folder.put(folder.relative("bam", "S9"), b"stray")
    if run.is_skipped:
        folder.put(skip_marker, b"")


@contextmanager
def fresh_lab() -> Iterator[Lab]:
    with tempfile.TemporaryDirectory() as folder:
        yield Lab(Path(folder))


States = dict[str, tuple[str, dict[tuple[str, str], str]]]


def states(lab: Lab) -> States:
    """State of each run and of its files, by the run's name."""
    return {
        path.rpartition("/")[2]: (state, lab.files(path))
        for path, state in lab.run_states().items()
    }


@QUICK
@given(first=days(), second=days())
def test_after_a_scan_nothing_is_left_to_change(first: Day, second: Day) -> None:
    with fresh_lab() as lab:
        for day in (first, second):
            lay_out(lab, day)
            assert lab.scan(accept=(lab.root,)).error is None

            planned = lab.plan()
            dump = lab.dump()
            again = lab.scan()

            assert planned.in_words() == again.summary.in_words() == "nothing"
            assert lab.dump() == dump


@QUICK
@given(first=days(), second=days(), kits=st.permutations(["kit_1", "kit_2", "kit_3"]))
def test_the_order_of_runs_does_not_matter(first: Day, second: Day, kits: list[str]) -> None:
    found = []
    for order in (None, tuple(kits)):
        with fresh_lab() as lab:
            for day in (first, second):
                lay_out(lab, day, order)
                lab.scan(accept=(lab.root,))
            codes = Counter(
                (path.rpartition("/")[2], code)
                for path in lab.run_states()
                for code in lab.messages(path)
            )
            found.append((states(lab), codes))

    assert found[0] == found[1]


@QUICK
@given(first=days(), second=days())
def test_an_old_scan_applied_again_gives_the_states_of_its_day(first: Day, second: Day) -> None:
    with fresh_lab() as lab:
        lay_out(lab, first)
        scan = lab.scan()
        then = states(lab)
        lay_out(lab, second)
        lab.scan(accept=(lab.root,))
        now = states(lab)

        refused = lab.replay(scan.id)
        assert isinstance(refused.error, OlderRecordError)
        assert states(lab) == now

        assert lab.replay(scan.id, force=True, accept=(lab.root,)).error is None
        that_day = states(lab)
        for name, (state, files) in then.items():
            assert that_day[name][0] == state
            assert {key: that_day[name][1][key] for key in files} == files
        for name in that_day.keys() - then.keys():
            assert that_day[name][0] == "deleted"

        assert lab.scan(accept=(lab.root,)).error is None
        assert states(lab) == now


@QUICK
@given(known=st.integers(2, 14), data=st.data())
def test_the_brake_holds_exactly_what_its_rule_says(known: int, data: st.DataObject) -> None:
    lost = data.draw(st.sets(st.integers(1, known)))
    with fresh_lab() as lab:
        runs = [lab.run(number, "kit_a", samples("S1")).begin() for number in range(1, known + 1)]
        lab.run(200, "kit_b", samples("S1")).begin()
        lab.scan()
        facts = lab.facts("message")
        for number in lost:
            runs[number - 1].delete()

        outcome = lab.scan()

        is_emptied = len(lost) == known
        is_in_bulk = len(lost) >= 5 and len(lost) > 0.3 * known
        assert (outcome.error is not None) == (is_emptied or is_in_bulk)
        if outcome.error is not None:
            assert lab.facts("message") == facts

        lab.scan(accept=(lab.root / "kit_a",))

        deleted = {path for path, state in lab.run_states().items() if state == "deleted"}
        assert deleted == {f"kit_a/{run_name(number)}" for number in lost}
