"""The versions of a sequencing run's sample sheet, and what changed between two of them."""

import difflib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.sheet.changes import SheetDifference, compare_sheets
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline.db.models import SampleSheet, Scan, SequencingRun
from seqauto_pipeline.db.queries.sheets import samples_of, sheet_versions
from seqauto_pipeline.db.stored_samples import sheet_sample
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, Value, iso

VERSION_COLUMNS = ("version", "current", "hash", "format", "samples", "rows", "first_seen", "scan")


@dataclass(frozen=True, slots=True)
class SheetVersion:
    """One version of a sample sheet."""

    sheet: SampleSheet
    first_scan: Scan  # that saw it
    samples: int
    rows: int

    def values(self) -> tuple[Value, ...]:
        """Give the values of VERSION_COLUMNS."""
        sheet, scan = self.sheet, self.first_scan
        return (
            sheet.version,
            sheet.is_current,
            sheet.md5,
            sheet.format,
            self.samples,
            self.rows,
            iso(scan.as_of or scan.started_at),
            scan.id,
        )

    def as_json(self) -> Json:
        return dict(zip(VERSION_COLUMNS, self.values(), strict=True))


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """What changed from one version of a run's sheet to another."""

    run: SequencingRun
    before: SampleSheet
    after: SampleSheet
    samples: SheetDifference

    def as_json(self) -> Json:
        return {
            "sequencing_run": self.run.name,
            "old": self.before.version,
            "new": self.after.version,
            "meaningful": self.samples.meaningful,
            "added": list(self.samples.added),
            "removed": list(self.samples.removed),
            "changes": [
                {
                    "sample_name": change.sample_name,
                    "field": change.field,
                    "old": change.old,
                    "new": change.new,
                    "meaningful": change.meaningful,
                }
                for change in self.samples.changes
            ],
            "text": list(self.text_lines()),
        }

    def text_lines(self) -> Iterator[str]:
        """Compare the texts of both versions in the format of `diff -U 1`."""
        old, new = _text_of(self.before).splitlines(), _text_of(self.after).splitlines()
        if old == new:
            yield "(only in its encoding or line ends)"
        names = (f"version {self.before.version}", f"version {self.after.version}")
        yield from difflib.unified_diff(old, new, *names, n=1, lineterm="")


def versions_of(models: OpenModels, run: SequencingRun) -> tuple[SheetVersion, ...]:
    """List the versions of a run's sheet, oldest first."""
    return tuple(
        _version(models, sheet, scan) for sheet, scan in sheet_versions(models.session, run.id)
    )


def _version(models: OpenModels, sheet: SampleSheet, scan: Scan) -> SheetVersion:
    rows = samples_of(models.session, (sheet.id,))
    return SheetVersion(sheet, scan, len({row.sample_name for row in rows}), len(rows))


def version_difference(
    models: OpenModels, run: SequencingRun, old: int | None, new: int | None
) -> VersionDifference:
    """Compare two versions of a run's sheet; raise NotFoundError where there are no such two.

    Without numbers: the current version and the one before it. With ``old`` alone: that one and
    the current one.
    """
    versions = {sheet.version: sheet for sheet, _ in sheet_versions(models.session, run.id)}
    numbers = _chosen_numbers(versions, old, new)
    for number in numbers:
        if number not in versions:
            known = ", ".join(map(str, versions)) or "none"
            raise NotFoundError(
                f"{shown(run.name)} has no sheet version {number}; there is {known}."
            )
    before, after = (versions[number] for number in numbers)
    samples = compare_sheets(_samples(models, before), _samples(models, after))
    return VersionDifference(run, before, after, samples)


def _chosen_numbers(
    versions: Mapping[int, SampleSheet], old: int | None, new: int | None
) -> tuple[int, int]:
    current = next(
        (each.version for each in versions.values() if each.is_current), max(versions, default=0)
    )
    after = current if new is None else new
    before = max((each for each in versions if each < after), default=after) if old is None else old
    return before, after


def _samples(models: OpenModels, sheet: SampleSheet) -> tuple[SheetSample, ...]:
    return tuple(sheet_sample(row) for row in samples_of(models.session, (sheet.id,)))


def _text_of(sheet: SampleSheet) -> str:
    """Decode a stored sheet. A byte that its encoding does not know is shown, not refused."""
    encoding = str(sheet.facts.get("encoding") or "utf-8")
    data = zlib.decompress(sheet.content)
    try:
        return data.decode(encoding, errors="backslashreplace")
    except LookupError:
        return data.decode("latin-1")
