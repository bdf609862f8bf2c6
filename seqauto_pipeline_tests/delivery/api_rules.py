"""What VariantGrid's API takes: each body held against it, field by field."""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any], str | None]  # what is wrong with a value, if anything


def text(value: Any) -> str | None:
    if not isinstance(value, str):
        return "Not a valid string."
    if not value.strip():
        return "This field may not be blank."
    if value != value.strip():
        return "stripped by the server"
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        return "Null characters are not allowed."
    return None


def whole(value: Any) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) else "Not an integer."


def number(value: Any) -> str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number and math.isfinite(value) else "A valid number is required."


def small_whole(value: Any) -> str | None:
    return number(value) or (
        None if value == int(value) and abs(value) <= 2147483647 else "Not a small integer."
    )


def flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "Must be a valid boolean."


def day(value: Any) -> str | None:
    try:
        is_day = isinstance(value, str) and dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    return None if is_day else "Date has wrong format."


def one_of(*values: str) -> Check:
    return lambda value: None if value in values else "is not a valid choice."


def many(check: Check) -> Check:
    def _check(value: Any) -> str | None:
        if not isinstance(value, list):
            return "Expected a list."
        return next((wrong for each in value if (wrong := check(each))), None)

    return _check


class Fields:
    """The fields of an object: required, or that may be absent or null."""

    def __init__(
        self,
        required: Mapping[str, Check],
        optional: Mapping[str, Check] | None = None,
        absent: Mapping[str, Check] | None = None,
    ) -> None:
        # `absent`: may be left out, and may not be null.
        self.required, self.optional, self.absent = required, optional or {}, absent or {}

    def __call__(self, value: Any) -> str | None:
        if not isinstance(value, dict):
            return "Expected an object."
        return next(self._wrong(value), None)

    def _wrong(self, value: Mapping[str, Any]) -> Iterator[str]:
        known = {**self.required, **self.optional, **self.absent}
        for name in value.keys() - known.keys():
            yield f"{name}: unknown field"
        for name, check in known.items():
            if name not in value:
                if name in self.required:
                    yield f"{name}: This field is required."
            elif value[name] is None and name in self.optional:
                continue
            elif wrong := check(value[name]):
                yield f"{name}: {wrong}"


KIT = Fields({"name": text, "version": whole})
MODEL = Fields(
    {
        "model": text,
        "manufacturer": Fields({"name": text}),
        "data_naming_convention": one_of("H", "M"),
    }
)
SHEET = Fields({"sequencing_run": text, "hash": text})
CALLER = Fields({"name": text, "version": text}, {"run_params": text})
FLAGS = ("gold_standard", "bad", "hidden", "has_basecalls", "has_interop")
RUN = Fields(
    {"path": text, "name": text, "sequencer": text, "experiment": text, "enrichment_kit": KIT},
    {"date": day},
    dict.fromkeys(FLAGS, flag),
)
SAMPLE = Fields(
    {"sample_id": text, "sample_number": whole, "barcode": text, "enrichment_kit": KIT},
    {"sample_name": text, "sample_project": text, "lane": whole},
    {
        "is_control": flag,
        "failed": flag,
        "sequencingsampledata_set": many(Fields({"column": text}, {"value": text})),
    },
)
PATH = Fields({"path": text})
RECORD = Fields(
    {
        "sample_name": text,
        "bam_file": Fields({"path": text, "aligner": Fields({"name": text, "version": text})}),
        "vcf_file": Fields({"path": text, "variant_caller": CALLER}),
    },
    absent={"unaligned_reads": Fields({"fastq_r1": PATH}, absent={"fastq_r2": PATH})},
)
QC = Fields(
    {
        "sequencing_sample": Fields({"sample_sheet": SHEET, "sample_name": text}),
        "bam_file": PATH,
        "vcf_file": PATH,
    }
)
_REQUIRED_FIGURES = (
    *("mean_coverage_across_genes", "mean_coverage_across_kit", "median_insert"),
    *("percent_read_enrichment", "percent_duplication", "uniformity_of_coverage"),
)
_FIGURES = (
    *("indels_dbsnp_percent", "snp_dbsnp_percent", "percent_error_rate", "percent_reads"),
    *("percent_map_to_diff_chr", "percent_softclip", "sample_id_lod", "ts_to_tv_ratio"),
    *(f"percent_{depth}x_goi" for depth in (10, 20, 100, 250, 500)),
    *(f"percent_{depth}x_kit" for depth in (20, 100, 250, 500)),
)
_WHOLE_FIGURES = ("deduplicated_reads", "reads", "number_indels", "number_snps")
EXEC_SUMMARY = Fields(
    {"path": text, "qc": QC, **dict.fromkeys(_REQUIRED_FIGURES, number)},
    {
        **dict.fromkeys(_FIGURES, number),
        **dict.fromkeys(_WHOLE_FIGURES, small_whole),
        "sex_match": text,
    },
    {"hash": text, "file_last_modified": number},
)


def symbol(value: Any) -> str | None:
    return text(value) or ("a comma makes two of it" if "," in value else None)


GENE_LIST = Fields({"path": text, "qc": QC, "gene_list": many(symbol)})
BODIES: Mapping[str, Check] = {
    "experiment/": Fields({"name": text}),
    "enrichment_kit/": KIT,
    "sequencer_model/": MODEL,
    "sequencer/": Fields({"name": text, "sequencer_model": MODEL}),
    "sequencing_run/": RUN,
    "sample_sheet/": Fields(
        {
            "path": text,
            "sequencing_run": text,
            "hash": text,
            "sequencingsample_set": many(SAMPLE),
        },
        absent={"file_last_modified": number},
    ),
    "joint_called_vcf/": Fields({"path": text, "sample_sheet": SHEET, "variant_caller": CALLER}),
    "sequencing_files/bulk_create": Fields({"sample_sheet": SHEET, "records": many(RECORD)}),
    "qc_exec_summary/bulk_create": Fields({"records": many(EXEC_SUMMARY)}),
    "qc_gene_list/bulk_create": Fields({"records": many(GENE_LIST)}),
    "qc_gene_coverage/bulk_create": Fields({"records": many(Fields({"path": text, "qc": QC}))}),
}
PATCH = Fields(
    {},
    {"date": day},
    {"path": text, "experiment": text, "sequencer": text, **dict.fromkeys(FLAGS, flag)},
)
