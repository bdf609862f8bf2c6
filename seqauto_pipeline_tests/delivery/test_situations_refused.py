"""What cannot be sent as it is, and what the server holds otherwise or fails at."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.delivered import NO_BLANKS, bams, sheet_of, write_values
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab
from seqauto_pipeline_tests.scan.run_folder import Sample, samples


def test_a_summary_without_a_required_figure_is_blocked(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    write_values(run, "S1", "MedianInsert", "NotAvail")

    lab.scan_and_deliver()

    assert lab.states("exec_summary") == {"S1": "blocked", "S2": "delivered"}
    assert (
        "MedianInsert in S1_qc_summary.txt is missing or NotAvail"
        in (lab.messages()["DELIVERY_BLOCKED"])
    )


def test_an_optional_figure_that_is_not_there_is_cleared(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    write_values(run, "S1", "Ts/Tv", "2.669")
    lab.scan_and_deliver()
    assert bams(api)["S1"]["qc"]["exec_summary"]["ts_to_tv_ratio"] == 2.669
    write_values(run, "S1", "Ts/Tv", "NotAvail")

    lab.scan_and_deliver()

    assert bams(api)["S1"]["qc"]["exec_summary"]["ts_to_tv_ratio"] is None


def test_sample_names_that_are_twice_in_a_sheet_hold_back_only_themselves(
    lab: SendingLab, api: Api
) -> None:
    rows = (
        Sample("S1", "AACCGGTT", sample_id="A"),
        Sample("S1", "ACGTACGT", sample_id="B"),
        Sample("S2", "AGTCAGTC"),
    )
    run = lab.run(rows=rows).complete()

    lab.scan_and_deliver()

    assert sorted(sheet_of(api, run)) == ["S2"]
    assert bams(api).keys() == {"S2"}
    assert "the sheet has the sample name S1 under 2 ids" in lab.messages()["DELIVERY_BLOCKED"]
    assert api.tables["wrong"] == []


def test_a_sample_without_an_index_holds_back_only_itself(lab: SendingLab, api: Api) -> None:
    run = lab.run(rows=(Sample("S1", ""), Sample("S2"))).complete()

    lab.scan_and_deliver()

    assert sorted(sheet_of(api, run)) == ["S2"]
    assert "sample S1 has no index in the sheet" in lab.messages()["DELIVERY_BLOCKED"]


@pytest.mark.parametrize(
    ("kit", "reason"),
    [(b"kit_b ", NO_BLANKS), (b" kit_b", NO_BLANKS), (b"kit_\xff", "is not UTF-8")],
)
def test_names_that_a_server_would_change_are_never_sent(
    lab: SendingLab, api: Api, kit: bytes, reason: str
) -> None:
    run = lab.run().complete()
    os.rename(run.folder.parent, os.fsencode(lab.root) + b"/" + kit)  # noqa: PTH104

    lab.scan_and_deliver()

    is_blank_inside = kit == b"kit_b "  # of a path, in which it stands in the middle
    told = lab.messages()["DELIVERY_BLOCKED"]
    assert reason in told, is_blank_inside
    assert api.tables["runs"] == {}
    assert api.tables["wrong"] == []


def test_a_run_without_an_experiment_is_blocked(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    run.run_parameters.unlink()

    lab.scan_and_deliver()

    assert "no experiment" in lab.messages()["DELIVERY_BLOCKED"]
    assert api.sent == []


def test_without_tools_in_the_settings_files_are_blocked(lab: SendingLab, api: Api) -> None:
    del lab.environ["SEQAUTO_DELIVERY_ALIGNERS"]
    lab.run().complete()
    lab.scan_and_deliver()
    assert set(lab.states("sequencing_files").values()) == {"blocked"}
    assert "delivery_aligners does not say what made" in lab.messages()["DELIVERY_BLOCKED"]

    lab.environ["SEQAUTO_DELIVERY_ALIGNERS"] = '[{name = "BWA", version = "1"}]'
    lab.deliver()

    assert lab.all_states() == {"delivered"}
    assert lab.messages() == {}


def test_another_tool_in_the_settings_makes_no_other_files(lab: SendingLab, api: Api) -> None:
    lab.run().complete()
    lab.scan_and_deliver()
    api.forget_log()
    lab.environ["SEQAUTO_DELIVERY_ALIGNERS"] = '[{name = "BWA", version = "2"}]'
    lab.environ["SEQAUTO_DELIVERY_VARIANT_CALLERS"] = '[{name = "GATK", version = "5"}]'

    lab.scan_and_deliver()

    assert api.sent == []
    assert lab.all_states() == {"delivered"}


def test_a_kit_that_may_not_be_created_is_blocked_until_it_is_named(
    lab: SendingLab, api: Api
) -> None:
    lab.environ["SEQAUTO_DELIVERY_CREATE_KITS"] = "false"
    lab.run().complete()
    lab.scan_and_deliver()
    assert "is not in delivery_kits" in lab.messages()["DELIVERY_BLOCKED"]

    lab.environ["SEQAUTO_DELIVERY_KITS"] = '{kit_a = {name = "exome", version = 3}}'
    api.control(tables={"kits": {"exome/3": {"name": "exome", "version": 3}}})
    lab.scan_and_deliver()

    assert lab.all_states() == {"delivered"}
    assert ("POST", "enrichment_kit/") not in api.sent


def test_flags_are_sent_once_and_patched_only_where_a_setting_says_so(
    lab: SendingLab, api: Api
) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    with lab.connected() as connection:
        connection.exec_driver_sql("UPDATE sequencing_run SET bad = true")
        connection.commit()

    lab.deliver()
    assert api.tables["runs"][run.name]["bad"] is False
    lab.environ["SEQAUTO_DELIVERY_PATCH_FLAGS"] = "true"
    with lab.connected() as connection:
        connection.exec_driver_sql("UPDATE sequencing_run SET bad = false, gold_standard = true")
        connection.commit()
    lab.deliver()

    assert api.tables["runs"][run.name]["gold_standard"] is True


def test_a_run_that_is_there_otherwise_is_corrected(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    known = api.tables["runs"]
    known[run.name] |= {"date": "2001-01-01", "path": "/elsewhere"}
    api.control(tables={"runs": known})
    with lab.connected() as connection:
        connection.exec_driver_sql("DELETE FROM outbox_thing")
        connection.exec_driver_sql("DELETE FROM outbox_run")
        connection.commit()

    lab.deliver()

    assert api.tables["runs"][run.name]["date"] == "2020-09-20"
    assert api.tables["runs"][run.name]["path"] == str(run.folder)
    assert api.tables["wrong"] == []


def test_a_change_of_a_run_that_is_hidden_over_there_differs(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.scan_and_deliver()
    known = api.tables["runs"]
    known[run.name]["hidden"] = True
    api.control(tables={"runs": known})
    run.experiment = "exome_411"
    run.write_metadata()

    lab.scan_and_deliver()

    assert "the run is hidden in VariantGrid" in lab.messages()["DELIVERY_DIFFERS"]


def test_what_the_server_fails_at_is_parked_after_some_tries_and_holds_back_only_what_needs_it(
    lab: SendingLab, api: Api
) -> None:
    lab.environ["SEQAUTO_DELIVERY_ATTEMPTS"] = "2"
    lab.run().complete()
    api.control(tables={"poison": ["S1.hg38.bam"]})
    lab.scan_and_deliver()
    assert lab.states("sequencing_files") == {"S1": "due", "S2": "delivered"}
    assert lab.states("exec_summary") == {"S1": "due", "S2": "delivered"}

    lab.make_due()
    lab.deliver()
    assert lab.states("sequencing_files") == {"S1": "parked", "S2": "delivered"}
    assert "HTTP 500: a web page" in lab.messages()["DELIVERY_PARKED"]

    api.control(tables={"poison": []})
    lab.retry()
    lab.deliver()
    assert lab.all_states() == {"delivered"}
    assert lab.messages() == {}


def test_an_upload_is_delivered_when_its_import_has_succeeded(
    lab: SendingLab, api: Api, tmp_path: Path
) -> None:
    lab.environ["SEQAUTO_DELIVERY_UPLOADS"] = "vcf,gene_coverage"
    lab.run(rows=samples("S1")).complete()
    lab.scan_and_deliver()
    assert set(lab.states("upload_vcf").values()) == {"importing"}
    assert set(lab.states("upload_coverage").values()) == {"due"}
    assert lab.oldest_due() is None  # an import may take hours: nothing is late

    for _ in range(6):
        lab.make_due()
        lab.deliver()

    assert lab.all_states() == {"delivered"}
    assert [each["name"] for each in api.tables["uploads"]] == [
        "S1.gatk.hg38.vcf.gz",
        "S1.per_gene_coverage.tsv.gz",
    ]


def test_what_no_run_needs_any_more_is_not_waited_for(lab: SendingLab, api: Api) -> None:
    run = lab.run().complete()
    lab.run(2, kit="kit_c").complete()
    lab.scan()
    run.move("kit_b")

    lab.scan_and_deliver()
    assert "kit_a/1" not in api.tables["kits"]
    assert lab.all_states() == {"delivered", "superseded"}

    run.move("kit_a")
    lab.scan_and_deliver()
    assert "kit_a/1" in api.tables["kits"]


def test_the_same_bytes_under_another_path_are_imported_there_too(
    lab: SendingLab, api: Api
) -> None:
    lab.environ["SEQAUTO_DELIVERY_UPLOADS"] = "vcf,joint_vcf"
    run = lab.run(rows=samples("S1")).complete()
    assert run.place("vcf").read_bytes() == run.place("joint_vcf").read_bytes()
    lab.scan_and_deliver()

    for _ in range(4):
        lab.make_due()
        lab.deliver()

    assert lab.all_states() == {"delivered"}
    assert len({each["path"] for each in api.tables["uploads"]}) == 2


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_an_upload_whose_answer_was_lost_is_imported_once(
    lab: SendingLab, api: Api, fault: str
) -> None:
    lab.run(rows=samples("S1")).complete()
    lab.scan_and_deliver()
    lab.environ["SEQAUTO_DELIVERY_UPLOADS"] = "vcf"
    api.control(faults=["", fault])  # the first is asked for its capabilities
    assert "the connection was lost" in lab.deliver().stopped

    for _ in range(4):
        lab.make_due()
        lab.deliver()

    assert lab.all_states() == {"delivered"}
    assert len(api.tables["uploads"]) == 1
    assert api.tables["wrong"] == []
