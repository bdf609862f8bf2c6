"""The requests of VariantGrid's API: which endpoint takes which thing, and in what form.

Source: SACGF/variantgrid, seqauto/urls.py and the serializers of seqauto and upload.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from seqauto_pipeline.delivery.things import QC_KINDS, Body, Json, Kind
from seqauto_pipeline.delivery.transport import Request

_API = "seqauto/api/v1"
_ENDPOINTS = {
    Kind.EXPERIMENT: "experiment/",
    Kind.ENRICHMENT_KIT: "enrichment_kit/",
    Kind.SEQUENCER_MODEL: "sequencer_model/",
    Kind.SEQUENCER: "sequencer/",
    Kind.SEQUENCING_RUN: "sequencing_run/",
    Kind.SAMPLE_SHEET: "sample_sheet/",
    Kind.SEQUENCING_FILES: "sequencing_files/bulk_create",
    Kind.JOINT_VCF: "joint_called_vcf/",
    Kind.EXEC_SUMMARY: "qc_exec_summary/bulk_create",
    Kind.GENE_LIST: "qc_gene_list/bulk_create",
    Kind.GENE_COVERAGE: "qc_gene_coverage/bulk_create",
}
BATCHED = QC_KINDS | {Kind.SEQUENCING_FILES}
# What the answer to a success holds.
EXPECTED: Mapping[Kind, tuple[str, ...]] = {
    Kind.EXPERIMENT: ("name",),
    Kind.ENRICHMENT_KIT: ("name", "version"),
    Kind.SEQUENCER_MODEL: ("model",),
    Kind.SEQUENCER: ("name",),
    Kind.SEQUENCING_RUN: ("name",),
    Kind.SAMPLE_SHEET: ("hash",),
    Kind.JOINT_VCF: ("path",),
    **dict.fromkeys(BATCHED, ("message",)),
}
CAPABILITIES = Request("GET", "api/v1/capabilities")
# No run has this name: a token that is accepted gets 404, any other 401.
PROBE = Request("GET", f"{_API}/sequencing_run/seqauto-asks-whether-you-are-there/")


def post(kind: Kind, bodies: Sequence[Body], sheet: Json = None) -> Request:
    """Write the request that sends some things; one, unless the kind is sent in batches.

    ``sheet`` is the lookup of the sheet that file sets belong to.
    """
    path = f"{_API}/{_ENDPOINTS[kind]}"
    if kind not in BATCHED:
        (body,) = bodies
        return Request("POST", path, dict(body))
    records: list[Json] = [dict(body) for body in bodies]
    if kind is Kind.SEQUENCING_FILES:
        return Request("POST", path, {"sample_sheet": sheet, "records": records})
    return Request("POST", path, {"records": records})


def sheet_lookup(run: str, sheet_hash: str) -> dict[str, Json]:
    return {"sequencing_run": run, "hash": sheet_hash}


def qc_body(body: Body, run: str, home: str, files: Mapping[str, Any]) -> dict[str, Json]:
    """Add to a QC body which sample and files it is about: as they were sent."""
    return {
        **body,
        "qc": {
            "sequencing_sample": {
                "sample_sheet": sheet_lookup(run, home),
                "sample_name": files["sample_name"],
            },
            "bam_file": {"path": files["bam_file"]["path"]},
            "vcf_file": {"path": files["vcf_file"]["path"]},
        },
    }


def joint_body(body: Body, run: str, home: str) -> dict[str, Json]:
    return {**body, "sample_sheet": sheet_lookup(run, home)}


def run_request(name: str) -> Request:
    return Request("GET", f"{_API}/sequencing_run/{quote(name, safe='')}/")


def run_patch(name: str, changed: Body) -> Request:
    return Request("PATCH", f"{_API}/sequencing_run/{quote(name, safe='')}/", dict(changed))


def vcf_request(number: str) -> Request:
    return Request("GET", f"{_API}/single_sample_vcf/{number}/")


def upload_request(path: str, *, force: bool) -> Request:
    query = {"path": path, **({"force": "1"} if force else {})}
    return Request("POST", "upload/api/v1/file_upload", query=query)


def upload_status(number: str) -> Request:
    return Request("GET", f"upload/api/v1/upload_status/{quote(number, safe='/')}")
