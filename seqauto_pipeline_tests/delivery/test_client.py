"""Bodies compared with what VariantGrid's own client makes of the same things."""

import datetime as dt
import warnings
from typing import Any

import pytest

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab

client = pytest.importorskip("variantgrid_api.data_models")


@pytest.fixture
def bodies(lab: SendingLab, api: Api) -> dict[str, list[Any]]:
    """What was sent, by endpoint."""
    lab.run().complete()
    lab.scan_and_deliver()
    found: dict[str, list[Any]] = {}
    for _, endpoint, body in api.control()["log"]:
        found.setdefault(endpoint, []).extend(body.get("records", [body]))
    return found


def made(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Have the client make a body of what ours says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        said: dict[str, Any] = getattr(client, kind).from_dict(body).to_dict()
    return said


def test_what_runs_share_is_what_the_client_sends(bodies: dict[str, list[Any]]) -> None:
    for endpoint, kind in (
        ("enrichment_kit/", "EnrichmentKit"),
        ("sequencer_model/", "SequencerModel"),
        ("sequencer/", "Sequencer"),
    ):
        (body,) = bodies[endpoint]
        assert made(kind, body) == body


def test_a_run_is_what_the_client_sends_and_its_flags(bodies: dict[str, list[Any]]) -> None:
    (body,) = bodies["sequencing_run/"]
    run = client.SequencingRun(
        path=body["path"],
        name=body["name"],
        date=dt.date(2020, 9, 20),
        sequencer=body["sequencer"],
        experiment=body["experiment"],
        enrichment_kit=client.EnrichmentKit(**body["enrichment_kit"]),
    ).to_dict()
    run["date"] = run["date"].isoformat()  # as the client sends it

    flags = {"gold_standard", "bad", "hidden", "has_basecalls", "has_interop"}
    assert {name: value for name, value in body.items() if name not in flags} == run


def test_samples_are_what_the_client_sends_and_their_names(bodies: dict[str, list[Any]]) -> None:
    (sheet,) = bodies["sample_sheet/"]
    for sample in sheet["sequencingsample_set"]:
        # It has no name of a sample, which is why it cannot deliver a sheet with both right.
        plain = {name: value for name, value in sample.items() if name != "sample_name"}
        assert made("SequencingSample", plain) == plain


def test_qc_and_joint_vcfs_are_what_the_client_sends(bodies: dict[str, list[Any]]) -> None:
    for endpoint, kind in (
        ("qc_gene_list/bulk_create", "QCGeneList"),
        ("qc_gene_coverage/bulk_create", "QCGeneCoverage"),
        ("joint_called_vcf/", "JointCalledVCF"),
    ):
        for body in bodies[endpoint]:
            assert made(kind, body) == body


def test_exec_summaries_have_the_fields_of_the_client(bodies: dict[str, list[Any]]) -> None:
    ignored = {"created", "modified", "is_valid", "hash"}  # by the server, or not needed
    wanted = set(client.QCExecStats.__dataclass_fields__) - ignored
    for body in bodies["qc_exec_summary/bulk_create"]:
        assert body.keys() - {"file_last_modified"} == wanted
