"""The survey of a scan, kept for its shards, and the part of it that one shard needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan.shards.cutting import Place, cut
from seqauto_pipeline.scan.shards.files import KeptSurvey, RunToBuild, ShardToBuild
from seqauto_pipeline.scan.survey import Survey


def kept(survey: Survey, record_id: str) -> KeptSurvey:
    """Write a survey down."""
    return KeptSurvey(
        record_id,
        list(survey.roots.values()),
        list(survey.known.values()),
        [(*place, fingerprint) for place, fingerprint in survey.fingerprints.items()],
        [(*place, row) for place, row in survey.moves.items()],
        list(survey.vanished),
        list(survey.held),
        list(survey.left),
        sorted(survey.to_retry),
        sorted(survey.seen_since),
    )


def restored(survey: KeptSurvey) -> Survey:
    """Give the survey that was written down."""
    return Survey(
        roots={root.path: root for root in survey.roots},
        known={(row.root, row.path): row for row in survey.known},
        fingerprints={(root, path): found for root, path, found in survey.fingerprints},
        moves={(root, path): row for root, path, row in survey.moves},
        vanished=tuple(survey.vanished),
        held=tuple(survey.held),
        left=tuple(survey.left),
        to_retry=frozenset(survey.to_retry),
        seen_since=frozenset(survey.seen_since),
    )


def places_to_plan(survey: Survey) -> list[Place]:
    """List the runs whose records may have to change."""
    return [place for place in survey.fingerprints if survey.needs_planning(place)]


def shards_to_build(
    survey: Survey,
    wanted: Iterable[Place],
    record: ScanRecord,
    listed_by: Mapping[Place, int],
    most: int,
) -> Iterator[ShardToBuild]:
    """Cut runs into shards, each with all that its process has to know of them.

    ``listed_by`` says which listed shard a run was in, where it was in one.
    """
    places = frozenset(wanted)
    entries = {place: run for run in record.index if (place := (run.root, run.path)) in places}
    for shard in cut(places, most):
        runs = [
            RunToBuild(
                entries[place],
                survey.fingerprints[place],
                survey.known_as(*place),
                is_moved=place in survey.moves,
            )
            for place in shard
        ]
        parsed_by = sorted({listed_by[place] for place in shard if place in listed_by})
        yield ShardToBuild(record.id, parsed_by, runs)


def survey_of_shard(runs_to_build: Sequence[RunToBuild], stored: frozenset[Place]) -> Survey:
    """Give the survey of a shard, every run of which is to be planned but those ``stored``."""
    runs = {(run.entry.root, run.entry.path): run for run in runs_to_build}
    known = {place: run.known for place, run in runs.items() if run.known is not None}
    return Survey(
        roots={},
        known={place: row for place, row in known.items() if not runs[place].is_moved},
        fingerprints={place: run.fingerprint for place, run in runs.items()},
        moves={place: row for place, row in known.items() if runs[place].is_moved},
        vanished=(),
        held=(),
        left=(),
        to_retry=frozenset(row.id for row in known.values()),
        seen_since=stored,
    )
