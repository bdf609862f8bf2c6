"""A scan root that was wrong and is corrected leaves nothing open, and its runs keep their past."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.test_brake import some_runs, states_below


def choose(lab: Lab, *roots: Path) -> None:
    lab.environ["SEQAUTO_SCAN_ROOTS"] = ":".join(map(str, roots))


def test_a_root_that_was_never_there_leaves_no_message(lab: Lab) -> None:
    choose(lab, lab.root.with_name("typing-error"))
    assert lab.scan().error is not None
    assert lab.messages() == ("VANISHED",)
    some_runs(lab, lab.root)
    choose(lab, lab.root)

    outcome = lab.scan()

    assert outcome.error is None
    assert lab.messages() == ()


def test_a_root_that_is_a_level_too_low_is_told_until_it_is_corrected(lab: Lab) -> None:
    some_runs(lab, lab.root)
    wrong = lab.root / "kit_a"
    choose(lab, wrong)

    lab.scan()

    assert lab.messages() == ("NO_RUN_FOLDERS",)
    (text,) = lab.texts("NO_RUN_FOLDERS")
    assert text.startswith(f"{wrong}: no run folder was found where the layout tau has them")
    assert f"--root {wrong}" in fixes(lab)["NO_RUN_FOLDERS"]
    choose(lab, lab.root)
    lab.scan()
    assert lab.messages() == ()


def test_a_scan_of_one_run_does_not_tell_that_another_root_has_none(two_roots: Lab) -> None:
    first, _ = two_roots.roots
    run = some_runs(two_roots, first)[0]

    two_roots.scan(runs=(run.name,))

    assert "NO_RUN_FOLDERS" not in two_roots.messages()


def test_a_scan_of_one_root_leaves_the_messages_of_the_others(two_roots: Lab) -> None:
    first, second = two_roots.roots
    some_runs(two_roots, second)
    shutil.rmtree(first)
    assert two_roots.scan().error is not None

    two_roots.scan(roots=(second,))

    assert two_roots.messages() == ("VANISHED",)


def test_runs_of_a_root_that_was_too_deep_keep_their_records(lab: Lab) -> None:
    some_runs(lab, lab.root)
    choose(lab, lab.root / "kit_a")
    lab.environ["SEQAUTO_LAYOUT"] = str(layout_of_run_folders_at_the_top(lab.home))
    lab.scan()
    before = {row.id for row in lab.sequencing_runs()}
    choose(lab, lab.root)
    lab.environ["SEQAUTO_LAYOUT"] = "tau"

    outcome = lab.scan()

    assert outcome.error is None
    assert len(before) == 10
    assert {row.id for row in lab.sequencing_runs()} == before
    assert set(states_below(lab, lab.root).values()) == {"complete"}
    assert lab.messages() == ()


def test_runs_of_a_disk_that_is_mounted_elsewhere_keep_their_records(lab: Lab) -> None:
    some_runs(lab, lab.root)
    lab.scan()
    before = {row.id for row in lab.sequencing_runs()}
    moved = lab.root.with_name("mounted-elsewhere")
    lab.root.rename(moved)
    choose(lab, moved)

    outcome = lab.scan()

    assert outcome.error is None
    assert {row.id for row in lab.sequencing_runs()} == before
    assert len(states_below(lab, moved)) == 10
    assert lab.messages() == ()


def test_the_advice_about_other_runs_of_a_wrong_root_is_accepted(two_roots: Lab) -> None:
    wrong, right = two_roots.roots
    run = some_runs(two_roots, wrong)[0]
    run.sheet.unlink()
    some_runs(two_roots, right)
    choose(two_roots, wrong)
    two_roots.scan()
    choose(two_roots, right)
    two_roots.scan()
    assert two_roots.messages() == ("ROOT_NOT_CONFIGURED",)
    assert two_roots.messages(run.path) == ("SHEET_MISSING",)
    advised = re.search(r"--accept-vanished (\S+)$", fixes(two_roots)["ROOT_NOT_CONFIGURED"])
    assert advised is not None

    outcome = two_roots.scan(accept=(Path(advised[1]),))

    assert outcome.error is None
    assert set(states_below(two_roots, wrong).values()) == {"deleted"}
    assert set(states_below(two_roots, right).values()) == {"complete"}
    assert fixes(two_roots) == {}


def test_a_root_that_was_let_go_and_is_put_back_is_scanned_again(two_roots: Lab) -> None:
    wrong, right = two_roots.roots
    some_runs(two_roots, wrong)
    some_runs(two_roots, right)
    two_roots.scan()
    choose(two_roots, right)
    two_roots.scan(accept=(wrong,))
    choose(two_roots, wrong, right)

    outcome = two_roots.scan()

    assert outcome.error is None
    assert set(states_below(two_roots, wrong).values()) == {"complete"}
    assert two_roots.messages() == ()


def layout_of_run_folders_at_the_top(directory: Path) -> Path:
    text = (files("seqauto_pipeline.layouts") / "tau.toml").read_text()
    text = text.replace("run_depth = 2", "run_depth = 1")
    file = directory / "at_the_top.toml"
    file.write_text(re.sub("^enrichment_kit_level.*$", "", text, flags=re.MULTILINE))
    return file


def fixes(lab: Lab) -> dict[str, str]:
    with lab.connected() as connection:
        rows = connection.exec_driver_sql("SELECT code, fix FROM message WHERE closed_at IS NULL")
        return {str(code): str(fix) for code, fix in rows}
