"""What was read of exec summaries and gene lists, in the words of VariantGrid's API.

Source: the serializers of SACGF/variantgrid, seqauto/serializers/seqauto_qc_serializers.py.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from seqauto_pipeline.delivery.things import BlockCode, Blocked, Body, Json

_REQUIRED = {
    "meandepth_goi": "mean_coverage_across_genes",
    "meandepth_kit": "mean_coverage_across_kit",
    "medianinsert": "median_insert",
    "%readenrich": "percent_read_enrichment",
    "%duplication": "percent_duplication",
    "%uniformcov": "uniformity_of_coverage",
}
_WHOLE = {
    "reads": "reads",
    "dedupreads": "deduplicated_reads",
    "snps": "number_snps",
    "indels": "number_indels",
}
_OPTIONAL = {
    "%reads": "percent_reads",
    "%snps_dbsnp": "snp_dbsnp_percent",
    "%indels_dbsnp": "indels_dbsnp_percent",
    "ts/tv": "ts_to_tv_ratio",
    "%errorrate": "percent_error_rate",
    "%softcliprate": "percent_softclip",
    "%map2diff_chr": "percent_map_to_diff_chr",
    "sampleid_lod": "sample_id_lod",
    **{f"%bp{depth}x_goi": f"percent_{depth}x_goi" for depth in (10, 20, 100, 250, 500)},
    **{f"%bp{depth}x_kit": f"percent_{depth}x_kit" for depth in (20, 100, 250, 500)},
}
_FIGURES = {**_REQUIRED, **_WHOLE, **_OPTIONAL}
_SEX_MATCH = {"sexmatch": "sex_match"}
_FIELDS = {**_FIGURES, **_SEX_MATCH}
_NO_FIGURES: dict[str, Json] = dict.fromkeys(_FIELDS.values())  # in the order of a body
_LARGEST_WHOLE = 2**31 - 1


def exec_summary_body(
    path: str, content: Mapping[str, Any], modified_ns: int | None
) -> Body | Blocked:
    """Write an exec summary; every field, since an absent one keeps its old value over there."""
    named: Mapping[str, Json] = content.get("values", {})
    body: dict[str, Json] = {"path": path, **_NO_FIGURES}
    for name, value in named.items():
        field = _FIELDS.get(name.lower())
        if field is not None:
            body[field] = value
    unsaid = _missing(named, body, path) or _unfit(body, path)
    if unsaid is not None:
        return unsaid
    sex_match = body["sex_match"]
    body["sex_match"] = None if sex_match is None else str(sex_match).strip() or None
    if modified_ns is not None:
        body["file_last_modified"] = modified_ns / 1e9
    return body


def _missing(named: Iterable[str], body: Body, path: str) -> Blocked | None:
    missing = [name for name, field in _REQUIRED.items() if body[field] is None]
    if not missing:
        return None
    written = {name.lower(): name for name in named}
    shown = ", ".join(written.get(name, name) for name in missing)
    reason = (
        f"{shown} in {path.rpartition('/')[2]} is missing or NotAvail, and VariantGrid takes "
        "no summary without it; write the summary again with the QC pipeline"
    )
    return Blocked(BlockCode.FIGURES, reason)


def _unfit(body: Body, path: str) -> Blocked | None:
    """Name the first figure that cannot be stored. None is no figure, and fits."""
    for name, field in _FIGURES.items():
        value = body[field]
        if value is not None and not _fits(name, value):
            reason = (
                f"{name} of {path.rpartition('/')[2]} is {value}, which VariantGrid cannot "
                f"store (whole numbers up to {_LARGEST_WHOLE})"
            )
            return Blocked(BlockCode.FIGURES, reason)
    return None


def _fits(name: str, value: Json) -> bool:
    if type(value) is float and name not in _WHOLE:  # nearly every one
        return math.isfinite(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return name not in _WHOLE or (value == int(value) and abs(value) <= _LARGEST_WHOLE)


def gene_list_body(path: str, content: Mapping[str, Any]) -> Body | Blocked:
    """Write a gene list. The server joins the symbols with commas."""
    genes: list[Json] = list(content.get("genes", ()))
    torn = next((gene for gene in genes if "," in str(gene)), None)
    if torn is not None:
        reason = (
            f"the gene symbol {torn} in {path.rpartition('/')[2]} holds a comma, which VariantGrid "
            "would take for two symbols; correct the list"
        )
        return Blocked(BlockCode.GENES, reason)
    return {"path": path, "gene_list": genes}
