"""The things of a run itself: experiment, kits, sequencer, the run, its sample sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.metadata.instruments import MANUFACTURER, family_of
from seqauto_pipeline.db.outbox.values import RunToTell, StoredSample
from seqauto_pipeline.delivery.names import badly_named, disk_path, first_badly_named
from seqauto_pipeline.delivery.rules import DeliveryRules, Kit
from seqauto_pipeline.delivery.things import BlockCode, Blocked, Json, Kind, Thing, ThingKey

_UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class SampleToTell:
    """One sample of a sheet: its rows put together."""

    sample_id: str
    sample_name: str
    rows: tuple[StoredSample, ...]
    blocked: Blocked | None

    @property
    def kit(self) -> str | None:
        return self.rows[0].enrichment_kit


def kit_key(kit: Kit) -> str:
    return f"{kit.name} version {kit.version}"


def sheet_key(run: RunToTell) -> str:
    return f"{run.name}/{run.sheet_md5}"


def blocked_run(run: RunToTell, rules: DeliveryRules) -> Blocked | None:
    """Say why nothing of a run can be sent."""
    place = disk_path(run.root, run.path)
    if run.is_in_two_places:
        reason = f"a run called {run.name} is in two places; keep one, or skip the other"
        return Blocked(BlockCode.TWO_PLACES, reason)
    if run.experiment is None:
        reason = "no experiment: RunParameters.xml has no ExperimentName, and VariantGrid needs one"
        return Blocked(BlockCode.NO_EXPERIMENT, reason)
    if run.sequencer is None:
        reason = "no sequencer: neither RunInfo.xml nor the run's name tells the instrument"
        return Blocked(BlockCode.NO_SEQUENCER, reason)
    return first_badly_named(
        (
            ("the run folder", place),
            ("the sample sheet", disk_path(run.root, run.path, run.sheet_path)),
            ("the experiment", run.experiment),
            ("the sequencer", run.sequencer),
            ("the sequencer model", run.sequencer_model or _UNKNOWN),
        )
    ) or blocked_kit(run.enrichment_kit, rules)


def blocked_kit(kit: str | None, rules: DeliveryRules) -> Blocked | None:
    if kit is None:
        reason = "no enrichment kit: neither the sheet nor the directory names one"
        return Blocked(BlockCode.NO_KIT, reason)
    if not rules.is_known(kit):
        reason = (
            f"the enrichment kit {kit} is not in delivery_kits, and "
            "delivery_create_kits = false; add it there as VariantGrid calls it"
        )
        return Blocked(BlockCode.UNKNOWN_KIT, reason)
    return badly_named("the enrichment kit", rules.kit(kit).name)


def run_things(
    run: RunToTell, samples: Sequence[SampleToTell], rules: DeliveryRules
) -> Iterator[Thing]:
    """Give the run, its sheet and what both need, for a run that is not blocked."""
    kits = _kits(run, samples, rules)
    yield Thing(Kind.EXPERIMENT, run.experiment or "", {"name": run.experiment})
    for kit in kits.values():
        if rules.may_create_kits:
            yield Thing(Kind.ENRICHMENT_KIT, kit_key(kit), kit.as_json())
    model = _model(run)
    name = str(model["model"])
    yield Thing(Kind.SEQUENCER_MODEL, name, model)
    sequencer: dict[str, Json] = {"name": run.sequencer, "sequencer_model": model}
    needs_model = ((Kind.SEQUENCER_MODEL.value, name),)
    yield Thing(Kind.SEQUENCER, run.sequencer or "", sequencer, needs_model)
    needs = (
        (Kind.EXPERIMENT.value, run.experiment or ""),
        *_needs_kit(rules.kit(run.enrichment_kit or ""), rules),
        *needs_model,
        (Kind.SEQUENCER.value, run.sequencer or ""),
    )
    yield Thing(Kind.SEQUENCING_RUN, run.name, _run_body(run, rules), needs)
    yield _sheet(run, samples, rules)


def _kits(run: RunToTell, samples: Sequence[SampleToTell], rules: DeliveryRules) -> dict[str, Kit]:
    named = [run.enrichment_kit, *(each.kit for each in samples if each.blocked is None)]
    kits = (rules.kit(name) for name in dict.fromkeys(named) if name is not None)
    return {kit_key(kit): kit for kit in kits}


def _needs_kit(kit: Kit, rules: DeliveryRules) -> tuple[ThingKey, ...]:
    """A kit that we may not create is taken to be there."""
    return ((Kind.ENRICHMENT_KIT.value, kit_key(kit)),) if rules.may_create_kits else ()


def _model(run: RunToTell) -> dict[str, Json]:
    model = run.sequencer_model or _UNKNOWN
    is_known = run.sequencer is not None and family_of(run.sequencer) is not None
    return {
        "model": model,
        "manufacturer": {"name": MANUFACTURER if is_known else _UNKNOWN},
        "data_naming_convention": "H" if model.startswith("HiSeq") else "M",
    }


def _run_body(run: RunToTell, rules: DeliveryRules) -> dict[str, Json]:
    return {
        "name": run.name,
        "path": disk_path(run.root, run.path),
        "date": None if run.date is None else run.date.isoformat(),
        "sequencer": run.sequencer,
        "experiment": run.experiment,
        "enrichment_kit": rules.kit(run.enrichment_kit or "").as_json(),
        "has_basecalls": run.has_basecalls,
        "has_interop": run.has_interop,
        "gold_standard": run.gold_standard,
        "bad": run.bad,
        "hidden": run.hidden,
    }


def _sheet(run: RunToTell, samples: Sequence[SampleToTell], rules: DeliveryRules) -> Thing:
    said = [each for each in samples if each.blocked is None]
    kits = dict.fromkeys(each.kit or "" for each in said)
    needs = (
        (Kind.SEQUENCING_RUN.value, run.name),
        *(need for kit in kits for need in _needs_kit(rules.kit(kit), rules)),
    )
    body: dict[str, Json] = {
        "path": disk_path(run.root, run.path, run.sheet_path),
        "sequencing_run": run.name,
        "hash": run.sheet_md5,
        "sequencingsample_set": [_sample_body(each, rules) for each in said],
    }
    return Thing(Kind.SAMPLE_SHEET, sheet_key(run), body, tuple(dict.fromkeys(needs)))


def _sample_body(sample: SampleToTell, rules: DeliveryRules) -> dict[str, Json]:
    """Write one sample; the lane only where it has one: the server keeps one row of a sample."""
    first = sample.rows[0]
    lanes = {row.lane for row in sample.rows}
    extra: list[Json] = [
        {"column": column, "value": value or None} for column, value in first.extra.items()
    ]
    return {
        "sample_id": sample.sample_id,
        "sample_name": sample.sample_name,
        "sample_project": first.sample_project or None,
        "sample_number": first.sample_number,
        "lane": first.lane if len(lanes) == 1 else None,
        "barcode": barcode_of(first),
        "enrichment_kit": rules.kit(sample.kit or "").as_json(),
        "is_control": first.is_control,
        "failed": first.failed,
        "sequencingsampledata_set": extra,
    }


def barcode_of(row: StoredSample) -> str:
    return "|".join(part for part in (row.i7, row.i5) if part)
