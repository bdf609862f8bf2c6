"""The samples of a sheet as a receiver can keep them: one each, whatever lanes it was loaded in."""

from collections import Counter
from collections.abc import Iterator

from seqauto_pipeline.db.outbox.values import RunToTell, StoredSample
from seqauto_pipeline.delivery.names import first_badly_named
from seqauto_pipeline.delivery.rules import DeliveryRules
from seqauto_pipeline.delivery.run_things import SampleToTell, barcode_of, blocked_kit
from seqauto_pipeline.delivery.things import BlockCode, Blocked


def samples_of(run: RunToTell, rules: DeliveryRules) -> tuple[SampleToTell, ...]:
    """Put the rows of each sample together, and say of each whether it can be sent."""
    rows: dict[tuple[str, str], list[StoredSample]] = {}
    for row in run.samples:
        rows.setdefault((row.sample_id, row.sample_name), []).append(row)
    ids = Counter(sample_id for sample_id, _ in rows)
    names = Counter(name for _, name in rows)
    return tuple(
        SampleToTell(
            sample_id,
            name,
            tuple(group),
            _twice(sample_id, name, ids, names) or _blocked(group, rules),
        )
        for (sample_id, name), group in rows.items()
    )


def _twice(sample_id: str, name: str, ids: Counter[str], names: Counter[str]) -> Blocked | None:
    if names[name] > 1:
        reason = (
            f"the sheet has the sample name {name} under {names[name]} ids, and VariantGrid finds "
            "samples by name; give each its own name"
        )
        return Blocked(BlockCode.SAMPLE_NAME_TWICE, reason)
    if ids[sample_id] > 1:
        reason = (
            f"the sheet has the sample id {sample_id} under {ids[sample_id]} names, and "
            "VariantGrid keeps one sample of an id; give each its own id"
        )
        return Blocked(BlockCode.SAMPLE_NAME_TWICE, reason)
    return None


def _blocked(rows: list[StoredSample], rules: DeliveryRules) -> Blocked | None:
    first = rows[0]
    barcodes = list(dict.fromkeys(map(barcode_of, rows)))
    if not all(barcodes):
        reason = (
            f"sample {first.sample_name} has no index in the sheet, and VariantGrid takes no "
            "sample without one; add it to the sheet"
        )
        return Blocked(BlockCode.NO_INDEX, reason)
    if len(barcodes) > 1:
        reason = (
            f"sample {first.sample_name} has several indexes in the sheet "
            f"({', '.join(barcodes[:3])}), and VariantGrid keeps one of a sample; give each index "
            "a sample id of its own"
        )
        return Blocked(BlockCode.TWO_INDEXES, reason)
    return first_badly_named(_texts(first)) or blocked_kit(first.enrichment_kit, rules)


def _texts(row: StoredSample) -> Iterator[tuple[str, str]]:
    yield "the sample id", row.sample_id
    yield "the sample name", row.sample_name
    yield "the index", barcode_of(row)
    if row.sample_project:
        yield "the sample project", row.sample_project
    for column, value in row.extra.items():
        yield "the column", column
        if value:
            yield f"the value of column {column}", value
