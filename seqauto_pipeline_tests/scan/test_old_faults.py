"""Runs, files and sheets that the old system lost or mixed up."""

from seqauto_pipeline_tests.scan.bad_runs import (
    JPEG,
    assert_healthy,
    base_calls_without_fastqs,
    healthy,
)
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import (
    Sample,
    content_of,
    run_info_text,
    samples,
    values_text,
)

NAMES = {
    "200920_XY501009_0410_AHNLYFBGXG": ("UNKNOWN_INSTRUMENT",),
    "209920_NB501009_0412_AHNLYFBGXJ": ("RUN_NAME_UNLIKE_ILLUMINA",),
    "my_old_run": ("RUN_NAME_UNLIKE_ILLUMINA",),
    "200921_NB501009_0411_AHNLYFBGXH rerun": (),
    "200920_M02027_0196_000000000-B4GKY": (),
    "20210101_A00123_7_BHXXXXDSX2": (),
}


def test_a_run_is_stored_whatever_its_name(lab: Lab) -> None:
    others = healthy(lab)
    runs = {name: lab.run(name=name) for name in NAMES}
    for run in runs.values():
        run.write_sheet(run.samples)
        run.finish()

    lab.scan()

    for name, run in runs.items():
        assert lab.run_states()[run.path] == "complete"
        found = [code for code in lab.messages(run.path) if code != "SAMPLE_WITHOUT_FILES"]
        assert tuple(found) == NAMES[name]
    assert_healthy(lab, others)


def test_one_run_in_two_kits_is_stored_twice_and_each_names_the_other(lab: Lab) -> None:
    others = healthy(lab)
    one, two = lab.run(1, "kit_a").complete(), lab.run(1, "kit_b").complete()

    lab.scan()

    assert lab.counts(one.path) == lab.counts(two.path) == {"complete": 15}
    assert lab.messages(one.path) == lab.messages(two.path) == ("DUPLICATE_RUN_NAME",)
    assert any(str(two.folder) in text for text in lab.texts("DUPLICATE_RUN_NAME"))
    assert_healthy(lab, others)


def test_an_empty_disk_ends_the_scan_with_the_reason(lab: Lab) -> None:
    outcome = lab.scan()

    assert outcome.held == (f"{lab.root}: it is empty: is the disk mounted?",)


def test_a_run_number_that_no_database_holds_is_a_message(lab: Lab) -> None:
    others, run = healthy(lab), lab.run(1).complete()
    text = run_info_text(run.name).replace('Number="1">', f'Number="{10**30}">', 1)
    run.run_info.write_text(text)

    outcome = lab.scan()

    assert outcome.summary.changes.failed_runs == []
    assert lab.run_states()[run.path] == "complete"
    assert len(lab.messages(run.path)) == 1
    assert_healthy(lab, others)


def test_a_fault_of_the_program_is_an_error_of_that_run_alone(lab: Lab) -> None:
    run, other = lab.run(1).complete(), lab.run(2).complete()
    other.sheet.unlink()
    lab.overrides["control_sample_regex"] = "("  # no check lets it through: reading sheets fails

    outcome = lab.scan()

    assert outcome.summary.changes.failed_runs == [f"{lab.root}/{run.path}"]
    assert lab.run_states() == {run.path: "error", other.path: "error"}
    assert lab.messages(run.path) == ("PROCESSING_FAILED",)
    assert "Traceback" in lab.texts("PROCESSING_FAILED")[0]
    assert lab.messages(other.path) == ("SHEET_MISSING",)

    lab.overrides.clear()
    lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert lab.messages(run.path) == ()


def test_a_failed_parse_leaves_no_sheet_behind(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write_sheet(JPEG)

    lab.scan()
    lab.scan()

    assert lab.files(run.path) == {}
    assert lab.facts()["sample_sheet"] == ()
    assert lab.run_states()[run.path] == "error"


def test_an_unreadable_new_sheet_leaves_the_last_good_one_in_force(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(JPEG)

    lab.scan()

    assert lab.run_states()[run.path] == "complete"
    assert lab.counts(run.path) == {"complete": 15}
    assert len(lab.facts()["sample_sheet"]) == 1
    assert "NOT_A_SAMPLE_SHEET" in lab.messages(run.path)


def test_deleted_fastqs_turn_deleted_and_what_was_made_of_them_stays_expected(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    base_calls_without_fastqs(run)

    lab.scan()

    files = lab.files(run.path)
    assert {state for (kind, _), state in files.items() if kind == "fastq"} == {"deleted"}
    assert {state for (kind, _), state in files.items() if kind != "fastq"} == {"complete"}


def test_a_vanished_run_folder_turns_deleted(lab: Lab) -> None:
    others, run = healthy(lab), lab.run(1).complete()
    lab.scan()
    run.delete()

    lab.scan()

    assert lab.run_states()[run.path] == "deleted"
    assert lab.counts(run.path) == {"deleted": 15}
    assert_healthy(lab, others)


def test_a_file_in_error_is_tried_again_when_it_changes(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write("gene_list", "S1", data=b"\x00\x01\x02binary" * 9)
    lab.scan()
    assert lab.files(run.path)["gene_list", "S1"] == "error"

    run.write("gene_list", "S1")
    lab.scan()

    assert lab.files(run.path)["gene_list", "S1"] == "complete"
    assert lab.ledger(run.path, "gene_list", "S1") == ("error", "complete")
    assert lab.messages(run.path) == ()


def test_a_changed_exec_summary_is_loaded_anew(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    values = values_text("S1", MeanDepth_GOI="77.5")
    run.values_of("exec_summary", "S1").write_text(values)

    outcome = lab.scan()

    assert outcome.summary.changes.contents == 1
    assert any("77.5" in repr(row) for row in lab.facts()["loaded_content"])


def test_a_missing_sheet_is_one_message_that_closes_when_it_comes(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.sheet.unlink()
    for _ in range(3):
        lab.scan()
    assert lab.messages(run.path) == ("SHEET_MISSING",)

    run.write_sheet(run.samples)
    lab.scan()

    assert lab.messages(run.path) == ()
    assert lab.messages(run.path, closed=True) == ("SHEET_MISSING",)
    assert lab.run_states()[run.path] == "complete"


def test_a_sample_in_two_lanes_has_its_files_once(lab: Lab) -> None:
    rows = (Sample("S1", lane="1"), Sample("S1", lane="2"), Sample("S2", "TTGGCCAA", lane="1"))
    run = lab.run(1, rows=rows).begin()
    run.finish()
    for name in ("S1", "S2"):
        for read in (1, 2):
            run.put(f"{run.place('fastq', name, read).parent.name}/{name}_R{read}.fastq.gz", b"x")

    lab.scan()

    fastqs = {slot: state for (kind, slot), state in lab.files(run.path).items() if kind == "fastq"}
    assert fastqs == dict.fromkeys(("S1/R1", "S1/R2", "S2/R1", "S2/R2"), "complete")


def test_a_second_read_that_is_lost_is_missing_alone(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.remove("fastq", "S1", 2)

    lab.scan()

    files = lab.files(run.path)
    assert files["fastq", "S1/R1"] == "complete"
    assert files["fastq", "S1/R2"] == "non_existent"
    assert lab.messages(run.path) == ("READ_WITHOUT_MATE",)


def test_a_single_read_run_expects_no_second_read(lab: Lab) -> None:
    run = lab.run(1)
    run.reads = 1
    run.complete()

    lab.scan()

    assert [slot for kind, slot in lab.files(run.path) if kind == "fastq"] == ["S1/R1", "S2/R1"]


def test_an_exec_summary_of_another_sample_is_an_error_of_that_file_alone(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write("exec_summary", "S1", data=content_of("exec_summary", "S2"))

    lab.scan()

    assert lab.counts(run.path) == {"complete": 14, "error": 1}
    assert lab.messages(run.path) == ("EXEC_SUMMARY_OTHER_SAMPLE",)


def test_samples_that_leave_the_sheet_are_retired_with_their_files(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write_sheet(samples("S1"))

    lab.scan()

    assert set(lab.files(run.path, retired=True)) == {
        ("bam", "S2"), ("exec_summary", "S2"), ("fastq", "S2/R1"), ("fastq", "S2/R2"),
        ("gene_coverage", "S2"), ("gene_list", "S2"), ("vcf", "S2"),
    }  # fmt: skip
    assert "UNEXPECTED_FILES" in lab.messages(run.path)
