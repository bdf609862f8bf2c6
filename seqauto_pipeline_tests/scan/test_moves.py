"""Runs that move, and runs that are in two places."""

import shutil

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_info_text


def copy_to(run: RunFolder, kit: str) -> RunFolder:
    copy = RunFolder(run.root, kit, run.name, run.samples)
    shutil.copytree(run.folder, copy.folder)
    return copy


def test_a_run_that_moves_takes_its_history_along(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    lab.run(2, "kit_a").complete()
    lab.scan()
    run.remove("bam")
    lab.scan()
    first_seen = lab.sequencing_run(run.path).first_scan_id
    lab.flag(run.path, gold_standard=True)
    old = run.path

    run.move("kit_b")
    lab.scan()

    assert old not in lab.run_states()
    stored = lab.sequencing_run(run.path)
    assert (stored.first_scan_id, stored.gold_standard) == (first_seen, True)
    assert stored.enrichment_kit == "kit_b"
    assert lab.run_ledger(run.path)[-1] == ("complete", f"moved from {lab.root}/{old}")
    assert lab.ledger(run.path, "bam", "S1") == ("complete", "deleted")
    assert len([row for row in lab.facts()["sample_sheet"] if run.path in row]) == 1


def test_a_run_that_moves_to_another_root_takes_its_history_along(two_roots: Lab) -> None:
    run = two_roots.run(1).complete()
    two_roots.run(2).complete()
    two_roots.run(3, root=two_roots.roots[1]).complete()
    two_roots.scan()
    target = two_roots.roots[1] / run.kit / run.name
    run.folder.rename(target)

    outcome = two_roots.scan()

    assert outcome.error is None
    assert two_roots.sequencing_run(run.path).root == str(two_roots.roots[1])
    assert two_roots.run_ledger(run.path)[-1][1] == f"moved from {two_roots.root}/{run.path}"


def test_a_whole_kit_that_is_renamed_is_a_move_and_no_loss(lab: Lab) -> None:
    runs = [lab.run(number, "kit_a").complete() for number in range(1, 8)]
    lab.scan()
    (lab.root / "kit_a").rename(lab.root / "kit_z")

    outcome = lab.scan()

    assert outcome.error is None
    assert lab.run_states() == {f"kit_z/{run.name}": "complete" for run in runs}


def test_the_same_name_with_another_run_inside_is_no_move(lab: Lab) -> None:
    run, other = lab.run(1, "kit_a").complete(), lab.run(2, "kit_a").complete()
    lab.scan()
    run.delete()
    new = lab.run(1, "kit_b").complete()
    new.run_info.write_text(run_info_text(other.name))

    lab.scan()

    assert lab.run_states()[run.path] == "deleted"
    assert lab.run_states()[new.path] == "complete"
    assert len(lab.run_ledger(new.path)) == 1


def test_two_copies_that_appear_where_one_vanished_are_no_move(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    lab.run(2, "kit_a").complete()
    lab.scan()
    copies = [copy_to(run, "kit_b"), copy_to(run, "kit_c")]
    run.delete()

    lab.scan()

    assert lab.run_states()[run.path] == "deleted"
    for copy in copies:
        assert lab.run_states()[copy.path] == "complete"
        assert lab.messages(copy.path) == ("DUPLICATE_RUN_NAME",)


def test_a_copy_is_an_error_of_both_until_one_goes(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    lab.run(2, "kit_a").complete()
    lab.scan()
    copy = copy_to(run, "kit_b")

    lab.scan()

    assert lab.messages(run.path) == lab.messages(copy.path) == ("DUPLICATE_RUN_NAME",)

    run.delete()
    lab.scan()

    assert lab.run_states()[run.path] == "deleted"
    assert lab.messages(copy.path) == ()
    assert lab.messages(copy.path, closed=True) == ("DUPLICATE_RUN_NAME",)


def test_one_flowcell_under_two_names_is_an_error_of_both(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    again = lab.run(kit="kit_a", name=f"repeat_{run.name}").complete()

    lab.scan()

    assert lab.messages(run.path) == lab.messages(again.path) == ("DUPLICATE_FLOWCELL",)
    assert any(str(again.folder) in text for text in lab.texts("DUPLICATE_FLOWCELL"))


def test_a_skipped_copy_is_no_duplicate(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    copy = copy_to(run, "kit_b")
    (copy.folder / lab.settings.skip_marker).touch()

    lab.scan()

    assert lab.run_states() == {run.path: "complete", copy.path: "skipped"}
    assert lab.messages(run.path) == ()


def test_a_run_that_moves_while_its_sheet_changes_keeps_both_versions(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    lab.run(2, "kit_a").complete()
    lab.scan()
    run.move("kit_b")
    run.write_sheet(run.samples[:1])

    lab.scan()

    versions = [row for row in lab.facts()["sample_sheet"] if run.path in row]
    assert len(versions) == 2
    assert "SHEET_CHANGED" in lab.messages(run.path)


def test_a_run_that_moves_and_comes_back_is_one_run(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    lab.run(2, "kit_a").complete()
    lab.scan()
    run.move("kit_b")
    lab.scan()
    run.move("kit_a")

    lab.scan()

    assert len(lab.run_states()) == 2
    assert [detail for _, detail in lab.run_ledger(run.path)] == [
        None,
        f"moved from {lab.root}/kit_a/{run.name}",
        f"moved from {lab.root}/kit_b/{run.name}",
    ]
