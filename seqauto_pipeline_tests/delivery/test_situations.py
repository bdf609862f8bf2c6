"""What happens in a laboratory, and how each of it ends over there and in the outbox."""

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.delivered import bams, sheet_of, write_values
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab
from seqauto_pipeline_tests.scan.run_folder import Sample, samples


def test_a_sample_in_several_lanes_is_one_sample_without_a_lane(lab: SendingLab, api: Api) -> None:
    rows = [Sample("S1", lane="1"), Sample("S1", lane="2"), Sample("S2", "ACGTACGT", lane="1")]
    run = lab.run(rows=tuple(rows)).complete()

    lab.scan_and_deliver()

    sent = sheet_of(api, run)
    assert (sent["S1"]["lane"], sent["S2"]["lane"]) == (None, 1)
    assert api.tables["wrong"] == []
    assert bams(api).keys() == {"S1", "S2"}


def test_a_sheet_that_is_edited_in_passing_takes_its_files_along(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    old = api.tables["current"][run.name]

    run.write_sheet(run.sheet.read_bytes() + b"\n")
    write_values(run, "S1", "%ReadEnrich", "77.51")
    report = lab.scan_and_deliver()

    assert report.counts["parked"] == report.counts["failed"] == 0
    assert api.tables["current"][run.name] != old
    assert {each["hash"] for each in api.tables["bams"]} == {api.tables["current"][run.name]}
    assert bams(api)["S1"]["qc"]["exec_summary"]["percent_read_enrichment"] == 77.51
    assert api.tables["wrong"] == []


def test_after_a_meaningful_change_old_samples_are_told_of_under_the_old_sheet(
    lab: SendingLab, api: Api
) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    old = api.tables["current"][run.name]

    run.write_sheet(samples("S1", "S2", "S3"))
    for kind in ("fastq", "bam", "vcf", "exec_summary", "gene_list", "gene_coverage"):
        run.write_all(kind)
    write_values(run, "S1", "%ReadEnrich", "77.51")
    report = lab.scan_and_deliver()

    assert report.counts["parked"] == report.counts["failed"] == 0
    new = api.tables["current"][run.name]
    assert {name: each["hash"] for name, each in bams(api).items()} == {
        "S1": old,
        "S2": old,
        "S3": new,
    }
    assert bams(api)["S1"]["qc"]["exec_summary"]["percent_read_enrichment"] == 77.51
    assert api.tables["wrong"] == []


def test_files_that_a_person_moved_over_there_are_found_under_the_current_sheet(
    lab: SendingLab, api: Api
) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    old = api.tables["current"][run.name]
    run.write_sheet(samples("S1", "S2", "S3"))
    lab.scan_and_deliver()
    api.control(move=[run.name, old, api.tables["current"][run.name]])

    write_values(run, "S1", "%ReadEnrich", "77.51")
    lab.scan_and_deliver()

    assert bams(api)["S1"]["qc"]["exec_summary"]["percent_read_enrichment"] == 77.51
    homes = lab.rows("SELECT home_hash FROM outbox_thing WHERE kind = 'sequencing_files'")
    assert (api.tables["current"][run.name],) in homes


def test_an_old_sheet_that_comes_back_is_sent_again(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    first = run.sheet.read_bytes()
    lab.scan_and_deliver()
    run.write_sheet(samples("S1", "S2", "S3"))
    lab.scan_and_deliver()
    run.write_sheet(first)

    lab.scan_and_deliver()

    assert sorted(sheet_of(api, run)) == ["S1", "S2"]
    assert set(lab.states("sample_sheet").values()) == {"delivered", "superseded"}


def test_fastqs_that_are_archived_take_nothing_back(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    api.forget_log()
    for sample in ("S1", "S2"):
        for read in (1, 2):
            run.remove("fastq", sample, read)

    lab.scan_and_deliver()

    assert api.sent == []
    assert lab.states("sequencing_files") == {"S1": "delivered", "S2": "delivered"}
    assert lab.messages() == {}


def test_fastqs_that_went_before_the_delivery_hold_it_back(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan()
    run.remove("fastq", "S1", 1)

    lab.scan_and_deliver()

    assert lab.states("sequencing_files") == {"S1": "blocked", "S2": "delivered"}
    assert "was deleted before it could be delivered" in lab.messages()["DELIVERY_BLOCKED"]
    run.write("fastq", "S1", 1)
    lab.scan_and_deliver()
    assert lab.states("sequencing_files") == {"S1": "delivered", "S2": "delivered"}
    assert lab.messages() == {}


def test_archived_fastqs_are_not_waited_for(lab: SendingLab, api: Api) -> None:
    lab.environ["SEQAUTO_ARCHIVED"] = '[{file_type = "fastq", older_than_days = 30}]'
    run = lab.run().complete()
    for sample in ("S1", "S2"):
        for read in (1, 2):
            run.remove("fastq", sample, read)

    lab.scan_and_deliver()

    assert [each["has_reads"] for each in api.tables["bams"]] == [False, False]


def test_fastqs_that_were_never_seen_are_waited_for(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    run.remove("fastq", "S1", 2)

    lab.scan_and_deliver()

    assert bams(api).keys() == {"S2"}
    assert lab.messages() == {}


def test_a_bam_made_anew_in_place_changes_nothing(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    api.forget_log()
    run.write("bam", "S1", data=b"another BAM")

    lab.scan_and_deliver()

    assert api.sent == []


def test_files_under_other_paths_differ_and_are_not_sent(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    api.forget_log()

    run.move("kit_b")
    lab.scan_and_deliver()

    assert [method for method, _ in api.sent if method == "PATCH"] == ["PATCH"]
    assert api.tables["runs"][run.name]["path"] == str(run.folder)
    assert api.tables["wrong"] == []
    states = lab.states("sequencing_files", "sequencing_run")
    assert set(states.values()) == {"differs"}
    told = lab.messages()["DELIVERY_DIFFERS"]
    assert "VariantGrid keeps one BAM of a sample" in told
    assert "VariantGrid holds the kit kit_a version 1" in told


def test_a_run_in_two_places_is_not_sent_until_one_goes(lab: SendingLab, api: Api) -> None:
    lab.run(kit="kit_a").complete()
    copy = lab.run(kit="kit_b").complete()
    other = lab.run(2, kit="kit_b").complete()  # so that the kit is not empty without the copy

    lab.scan_and_deliver()

    assert list(api.tables["runs"]) == [other.name]
    blocked = lab.rows("SELECT count(*) FROM outbox_thing WHERE blocked_code = 'two_places'")
    assert blocked == [(2,)]
    assert "is in two places; keep one" in lab.messages()["DELIVERY_BLOCKED"]
    copy.delete()
    lab.scan_and_deliver()
    assert sorted(api.tables["runs"]) == sorted([copy.name, other.name])
    assert lab.messages() == {}


def test_a_delivered_run_that_gets_a_copy_stays_delivered(lab: SendingLab, api: Api) -> None:
    lab.run(kit="kit_a").complete()
    lab.scan_and_deliver()
    api.forget_log()
    lab.run(kit="kit_b").complete()

    lab.scan_and_deliver()

    assert api.sent == []
    assert set(lab.states("sequencing_files").values()) == {"delivered"}
