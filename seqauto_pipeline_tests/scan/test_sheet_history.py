"""Sample sheets over time: versions, what a change means, and what it does to the records."""

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import Sample, samples, sheet_text

TWO = samples("S1", "S2")
CHANGES: dict[str, tuple[tuple[Sample, ...], str]] = {
    "a sample more": (samples("S1", "S2", "S3"), "SHEET_CHANGED"),
    "a sample less": (samples("S1"), "SHEET_CHANGED"),
    "another index": ((TWO[0], Sample("S2", "GGAATTCC")), "SHEET_CHANGED"),
    "a lane": ((Sample("S1", lane="1"), Sample("S2", TWO[1].index, "1")), "SHEET_CHANGED"),
    "a kit": (
        (Sample("S1", more=(("Panel", "kit_z"),)), Sample("S2", TWO[1].index)),
        "SHEET_CHANGED",
    ),
    "a failed sample": (
        (TWO[0], Sample("S2", TWO[1].index, more=(("Failed", "TRUE"),))),
        "SHEET_CHANGED",
    ),
    "a project": (
        (TWO[0], Sample("S2", TWO[1].index, more=(("Sample_Project", "p"),))),
        "SHEET_EDITED",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_sheet_is_a_version_and_a_message(change: str, lab: Lab) -> None:
    rows, code = CHANGES[change]
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(rows)

    lab.scan()
    dump = lab.dump()
    lab.scan()

    assert code in lab.messages(run.path)
    assert len(lab.facts()["sample_sheet"]) == 2
    assert lab.dump() == dump


@pytest.mark.parametrize("change", CHANGES)
def test_a_sheet_that_changes_back_closes_what_it_opened(change: str, lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    facts = lab.facts("message", "file_event", "last_seen_scan_id")
    run.write_sheet(CHANGES[change][0])
    lab.scan()
    run.write_sheet(TWO)

    lab.scan()

    assert lab.messages(run.path) == ()
    now = lab.facts("message", "file_event", "last_seen_scan_id")
    assert now["sequencing_run"] == facts["sequencing_run"]
    assert lab.counts(run.path) == {"complete": 15}
    assert len(now["sample_sheet"]) == 2


def test_a_new_line_in_the_header_is_noted_and_changes_nothing_else(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(sheet_text(TWO).replace("IEMFileVersion,5", "Date,1/2/2020").encode())

    lab.scan()

    assert lab.messages(run.path) == ("SHEET_EDITED",)
    assert "nothing that the samples depend on" in lab.texts("SHEET_EDITED")[0]


def test_each_change_is_a_message_of_its_own_and_undone_with_those_behind_it(lab: Lab) -> None:
    run = lab.run(1, rows=samples("S1")).complete()
    lab.scan()
    for names in (("S1", "S2"), ("S1", "S2", "S3")):
        run.write_sheet(samples(*names))
        lab.scan()
    assert lab.messages(run.path).count("SHEET_CHANGED") == 2

    run.write_sheet(samples("S1", "S2"))
    lab.scan()
    assert lab.messages(run.path).count("SHEET_CHANGED") == 1

    run.write_sheet(samples("S1"))
    lab.scan()

    assert "SHEET_CHANGED" not in lab.messages(run.path)


def test_a_change_that_somebody_has_seen_stays_acknowledged(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(samples("S1", "S2", "S3"))
    lab.scan()
    for name, value in {"DAGSTER_HOME": str(lab.home), **lab.environ}.items():
        monkeypatch.setenv(name, value)
    (row,) = (row for row in lab.dump()["message"] if "SHEET_CHANGED" in row)

    acknowledged = CliRunner().invoke(
        main, ["messages", "ack", str(row[0]), "--by", "Ann", "--why", "as ordered"]
    )
    lab.scan()

    assert acknowledged.exit_code == 0, acknowledged.output
    (row,) = (row for row in lab.dump()["message"] if "SHEET_CHANGED" in row)
    assert "Ann" in row


def test_records_move_to_the_samples_of_the_new_sheet_by_name(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    before = lab.facts("message", "last_seen_scan_id")
    run.write_sheet((TWO[1], TWO[0]))

    lab.scan()

    after = lab.facts("message", "last_seen_scan_id")
    assert after["expected_file"] == before["expected_file"]
    assert after["file_event"] == before["file_event"]


def test_a_sample_that_comes_back_has_its_history_again(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(samples("S1"))
    lab.scan()
    assert lab.ledger(run.path, "bam", "S2") == ("complete", "retired")
    run.write_sheet(TWO)

    lab.scan()

    assert lab.ledger(run.path, "bam", "S2") == ("complete", "retired", "complete")
    assert lab.counts(run.path) == {"complete": 15}


def test_a_failed_sample_and_a_control_are_skipped_and_nothing_new_is_expected(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(
        (
            *TWO[:1],
            Sample("S2", TWO[1].index, more=(("Failed", "yes"),)),
            Sample("NTC1", "GGAATTCC"),
        )
    )
    lab.environ["SEQAUTO_CONTROL_SAMPLE_REGEX"] = "^NTC"

    lab.scan()

    assert lab.counts(run.path) == {"complete": 8, "skipped": 7}
    assert not any(slot.startswith("NTC") for _, slot in lab.files(run.path))


def test_settings_that_change_what_a_sheet_means_are_obeyed_at_the_next_scan(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    lab.environ["SEQAUTO_CONTROL_SAMPLE_REGEX"] = "^S2$"

    lab.scan()
    assert lab.counts(run.path) == {"complete": 8, "skipped": 7}

    del lab.environ["SEQAUTO_CONTROL_SAMPLE_REGEX"]
    lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert lab.messages(run.path) == ()


def test_a_skip_marker_skips_a_run_and_its_going_brings_it_back(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    marker = run.put(lab.settings.skip_marker, b"")

    lab.scan()
    assert lab.run_states() == {run.path: "skipped"}
    assert lab.counts(run.path) == {"skipped": 15}

    marker.unlink()
    lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert [state for state, _ in lab.run_ledger(run.path)] == ["complete", "skipped", "complete"]


def test_a_sheet_that_breaks_a_rule_is_stored_and_its_files_are_expected(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write_sheet((TWO[0], Sample("S2", TWO[0].index)))

    lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert "DUPLICATE_INDEX" in lab.messages(run.path)


def test_a_sample_sheet_of_every_kind_of_kit_selects_its_run(lab: Lab) -> None:
    rows = tuple(Sample(each.name, each.index, more=(("Panel", "exome"),)) for each in TWO)
    run = lab.run(1, "kit_a", rows).complete()

    lab.scan()

    assert lab.sequencing_run(run.path).enrichment_kit == "exome"
