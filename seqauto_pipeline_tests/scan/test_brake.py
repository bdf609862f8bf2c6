"""What vanishes in bulk is taken for a lost mount; what vanishes singly is deleted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline.errors import NotConfiguredError, UnknownRunError
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, samples

TEN = samples(*(f"S{number}" for number in range(1, 11)))


def some_runs(lab: Lab, root: Path, count: int = 10, kit: str = "kit_a") -> list[RunFolder]:
    """Small runs: of the samples' files only the BAMs are there."""
    first = 1 if root == lab.root else 500
    runs = [lab.run(first + number, kit, samples("S1"), root) for number in range(count)]
    for run in runs:
        run.begin()
        run.finish()
        run.write_all("bam")
    return runs


def two_kits(lab: Lab) -> None:
    some_runs(lab, lab.root, 3)
    for number in range(8):
        run = lab.run(300 + number, "kit_b", samples("S1")).begin()
        run.finish()
        run.write_all("bam")


def states_below(lab: Lab, root: Path) -> dict[str, str]:
    return {run.path: run.data_state for run in lab.sequencing_runs() if run.root == str(root)}


def records_below(lab: Lab, root: Path) -> list[tuple[object, ...]]:
    return [row for row in lab.facts()["expected_file"] if row[0] == str(root)]


def lose_the_root(root: Path) -> None:
    root.rename(root.with_name("unmounted"))


def empty_the_root(root: Path) -> None:
    for path in root.iterdir():
        shutil.rmtree(path)


def lose_most_runs(root: Path) -> None:
    for path in sorted(root.glob("*/*"))[:7]:
        shutil.rmtree(path)


def empty_a_kit(root: Path) -> None:
    for path in (root / "kit_a").iterdir():
        shutil.rmtree(path)


def lose_a_kit(root: Path) -> None:
    shutil.rmtree(root / "kit_a")


LOSSES: dict[str, tuple[Callable[[Path], None], str]] = {
    "the root is gone": (lose_the_root, "it does not exist: is the disk mounted?"),
    "the root is empty": (empty_the_root, "it is empty: is the disk mounted?"),
    "60 % of the runs are gone": (lose_most_runs, "7 of 11 known runs have vanished"),
    "a kit is empty": (empty_a_kit, "the directory held 3 known runs and is empty"),
    "a kit is gone": (lose_a_kit, "the directory held 3 known runs and is gone"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_in_bulk_changes_nothing_below_and_the_rest_is_saved(
    loss: str, two_roots: Lab
) -> None:
    lose, why = LOSSES[loss]
    two_kits(two_roots)
    (other,) = some_runs(two_roots, two_roots.roots[1], 1)
    two_roots.scan()
    before = records_below(two_roots, two_roots.root)
    lose(two_roots.root)
    other.write("vcf", "S1")
    new = two_roots.run(900, "kit_new", samples("S1"), two_roots.roots[1]).complete()

    outcome = two_roots.scan()

    (held,) = outcome.held
    assert why in held
    assert str(outcome.error).endswith("scan once with --accept-vanished PATH.")
    assert set(states_below(two_roots, two_roots.root).values()) == {"complete"}
    assert records_below(two_roots, two_roots.root) == before
    assert two_roots.files(other.path)["vcf", "S1"] == "complete"
    assert two_roots.run_states()[new.path] == "complete"
    assert two_roots.messages() == ("VANISHED",)


@pytest.mark.parametrize("loss", LOSSES)
def test_accepting_a_loss_releases_the_brake_once(loss: str, lab: Lab) -> None:
    two_kits(lab)
    lab.scan()
    LOSSES[loss][0](lab.root)
    assert lab.scan().held

    outcome = lab.scan(accept=(lab.root,))

    deleted = list(lab.run_states().values()).count("deleted")
    assert deleted == {"6": 7, "a": 3}.get(loss[0], 11)
    assert outcome.error is None
    assert lab.messages() == ()


def test_what_was_lost_is_named_by_type(lab: Lab) -> None:
    some_runs(lab, lab.root)
    lab.scan()
    lose_most_runs(lab.root)

    (held,) = lab.scan().held

    assert held.endswith("7 of 10 known runs have vanished (files: 7 bam)")


def test_a_held_root_is_as_it_was_when_it_comes_back(lab: Lab) -> None:
    some_runs(lab, lab.root)
    lab.scan()
    facts = lab.facts("message")
    lab.root.rename(lab.root.with_name("unmounted"))
    lab.scan()
    lab.root.with_name("unmounted").rename(lab.root)

    lab.scan()

    assert lab.facts("message") == facts
    assert lab.messages() == ()
    assert lab.messages(closed=True) == ("VANISHED",)


def test_fewer_runs_than_the_limit_are_deletions(lab: Lab) -> None:
    runs = some_runs(lab, lab.root)
    lab.scan()
    for run in runs[:4]:
        run.delete()

    outcome = lab.scan()

    assert outcome.error is None
    assert list(lab.run_states().values()).count("deleted") == 4


def test_five_runs_that_are_no_more_than_the_share_are_deletions(lab: Lab) -> None:
    runs = some_runs(lab, lab.root, 17)
    lab.scan()
    for run in runs[:5]:
        run.delete()

    assert lab.scan().summary.runs == {"complete": 12, "deleted": 5}


@pytest.mark.parametrize(("lost", "is_held"), [(99, False), (100, True)])
def test_files_that_vanish_in_bulk_are_held_from_the_limit_on(
    lost: int, lab: Lab, *, is_held: bool
) -> None:
    runs = [lab.run(number, "kit_a", TEN) for number in range(1, 11)]
    for run in runs:
        run.begin()
        run.finish()
        run.write_all("bam")
        run.write_all("vcf")
    lab.scan()
    bams = [(run, sample.name) for run in runs for sample in TEN]
    for run, sample in bams[:lost]:
        run.remove("bam", sample)

    outcome = lab.scan()

    assert (outcome.error is not None) == is_held
    deleted = sum(lab.counts(run.path)["deleted"] for run in runs)
    assert deleted == (0 if is_held else lost)
    if is_held:
        assert "100 of 200 known files have vanished (files: 100 bam)" in outcome.held[0]


def test_files_renamed_to_another_of_their_names_are_not_lost(lab: Lab) -> None:
    rows = tuple(
        Sample(each.name, each.index, "1", more=(("index2", each.index[::-1]),)) for each in TEN
    )
    runs = [lab.run(number, "kit_a", rows) for number in range(1, 7)]
    for run in runs:
        run.begin()
        run.finish()
        for sample in rows:
            for read in (1, 2):
                run.put(f"0_fastq/{sample.name}_R{read}.fastq.gz", b"reads")
    lab.scan()
    for run in runs:
        for sample in rows:
            for read in (1, 2):
                old = run.folder / f"0_fastq/{sample.name}_R{read}.fastq.gz"
                indexes = f"{sample.index}-{sample.index[::-1]}"
                flowcell_id = run.name.rpartition("_")[2]
                old.rename(
                    old.with_name(f"{sample.name}_{flowcell_id}_{indexes}_L001_{read}.fastq.gz")
                )

    outcome = lab.scan()

    assert outcome.error is None
    fastqs = [
        state for run in runs for (kind, _), state in lab.files(run.path).items() if kind == "fastq"
    ]
    assert fastqs == ["complete"] * 120


def test_a_kit_is_held_alone_where_the_root_is_well(lab: Lab) -> None:
    some_runs(lab, lab.root, 20)
    lost = [lab.run(700 + number, "kit_b", samples("S1")).begin() for number in range(6)]
    for run in lost:
        run.finish()
    gone = lab.run(800, "kit_c", samples("S1")).begin()
    kept = lab.run(801, "kit_c", samples("S1")).begin()
    lab.scan()
    for run in (*lost, gone):
        run.delete()

    (held,) = lab.scan().held

    assert held.startswith(f"{lab.root}/kit_b: ")
    states = lab.run_states()
    assert {states[run.path] for run in lost} == {"complete"}
    assert (states[gone.path], states[kept.path]) == ("deleted", "incomplete")


def test_the_limits_are_settings(lab: Lab) -> None:
    runs = some_runs(lab, lab.root, 4)
    lab.environ |= {"SEQAUTO_BRAKE_MIN_RUNS": "1", "SEQAUTO_BRAKE_FRACTION": "0.2"}
    lab.scan()
    runs[0].delete()

    assert "1 of 4 known runs have vanished" in lab.scan().held[0]


def test_a_scan_of_named_runs_marks_nothing_else(lab: Lab) -> None:
    runs = some_runs(lab, lab.root)
    lab.scan()
    for run in runs[1:]:
        run.delete()
    runs[0].write("vcf", "S1")

    outcome = lab.scan(runs=(runs[0].name,))

    assert outcome.error is None
    assert set(lab.run_states().values()) == {"complete"}
    assert lab.files(runs[0].path)["vcf", "S1"] == "complete"


def test_a_scan_of_a_named_run_that_is_gone_marks_it(lab: Lab) -> None:
    runs = some_runs(lab, lab.root)
    lab.scan()
    runs[0].delete()

    lab.scan(runs=(runs[0].path,))

    assert lab.run_states()[runs[0].path] == "deleted"


def test_a_scan_of_one_root_marks_nothing_in_the_others(two_roots: Lab) -> None:
    first, second = two_roots.roots
    some_runs(two_roots, first)
    some_runs(two_roots, second)
    two_roots.scan()
    lose_the_root(first)

    outcome = two_roots.scan(roots=(second,))

    assert outcome.error is None
    assert set(states_below(two_roots, first).values()) == {"complete"}
    assert two_roots.messages() == ()


def test_a_narrow_scan_leaves_what_the_brake_said_of_the_rest_open(two_roots: Lab) -> None:
    first, second = two_roots.roots
    some_runs(two_roots, first)
    some_runs(two_roots, second)
    two_roots.scan()
    lose_the_root(first)
    two_roots.scan()

    two_roots.scan(roots=(second,))

    assert two_roots.messages() == ("VANISHED",)


def test_legacy_runs_are_left_alone_and_do_not_count(lab: Lab) -> None:
    runs = some_runs(lab, lab.root)
    lab.scan()
    for run in runs[:8]:
        lab.flag(run.path, legacy=True)
    for run in runs[:6]:
        run.delete()
    runs[9].delete()

    outcome = lab.scan()

    assert outcome.error is None
    states = lab.run_states()
    assert {states[run.path] for run in runs[:9]} == {"complete"}
    assert states[runs[9].path] == "deleted"


def test_records_of_a_root_taken_out_of_the_settings_stay_with_a_message(two_roots: Lab) -> None:
    first, second = two_roots.roots
    some_runs(two_roots, first)
    some_runs(two_roots, second)
    two_roots.scan()
    facts = two_roots.facts()["sequencing_run"]
    two_roots.environ["SEQAUTO_SCAN_ROOTS"] = str(second)

    outcome = two_roots.scan()

    assert outcome.error is None
    assert two_roots.facts()["sequencing_run"] == facts
    assert two_roots.messages() == ("ROOT_NOT_CONFIGURED",)
    assert str(first) in two_roots.texts("ROOT_NOT_CONFIGURED")[0]

    two_roots.environ["SEQAUTO_SCAN_ROOTS"] = f"{first}:{second}"
    two_roots.scan()

    assert two_roots.messages() == ()


def test_a_dry_run_says_what_would_be_held_and_writes_nothing(lab: Lab) -> None:
    some_runs(lab, lab.root)
    lab.scan()
    dump = lab.dump()
    lose_most_runs(lab.root)

    planned = lab.plan()

    assert len(planned.held) == 1
    assert lab.dump() == dump


def test_a_run_that_is_mistyped_is_told_with_the_nearest_name(lab: Lab) -> None:
    some_runs(lab, lab.root, 1)
    lab.scan()
    name = lab.run(1).name

    with pytest.raises(UnknownRunError) as caught:
        lab.scan(runs=(f"{name}x",))

    assert caught.value.near == (name,)
    assert f"did you mean {name}? Give its name" in str(caught.value)


def test_a_scan_of_a_run_that_nobody_knows_says_so_and_changes_nothing(lab: Lab) -> None:
    some_runs(lab, lab.root, 1)
    lab.scan()
    before = lab.dump()

    with pytest.raises(UnknownRunError) as caught:
        lab.scan(runs=("no_such_run",))

    assert str(caught.value) == (
        "No sequencing run below the scan roots is called 'no_such_run'. Give its name or its path "
        "below a root; `seqauto runs` lists those that are known."
    )
    assert lab.dump() == before


@pytest.mark.parametrize("path", ["/", "kit_a", "/elsewhere/kit_a"])
def test_only_the_loss_of_what_lies_below_a_root_can_be_accepted(path: str, lab: Lab) -> None:
    some_runs(lab, lab.root, 1)

    with pytest.raises(NotConfiguredError, match="is not below a configured scan root"):
        lab.scan(accept=(Path(path),))
