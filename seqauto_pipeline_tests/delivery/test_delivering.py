"""A delivery from the disk to the server's tables."""

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


def test_a_whole_run_is_delivered_once_and_in_order(lab: SendingLab, api: Api) -> None:
    lab.run().complete()

    report = lab.scan_and_deliver()

    assert report.stopped == ""
    assert lab.all_states() == {"delivered"}
    assert api.tables["wrong"] == []
    assert [endpoint for _, endpoint in api.sent] == [
        "experiment/",
        "enrichment_kit/",
        "sequencer_model/",
        "sequencer/",
        "sequencing_run/",
        "sample_sheet/",
        "sequencing_files/bulk_create",
        "joint_called_vcf/",
        "qc_exec_summary/bulk_create",
        "qc_gene_list/bulk_create",
        "qc_gene_coverage/bulk_create",
    ]


def test_what_is_delivered_is_not_sent_again(lab: SendingLab, api: Api) -> None:
    lab.run().complete()
    lab.scan_and_deliver()
    api.forget_log()

    lab.scan_and_deliver()

    assert api.sent == []
