"""What the settings call for: which scans are switched off, which layouts and roots are used."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from seqauto_pipeline.disk.lists.fetching import DEFAULT_MAX_AGE_HOURS, kept_list, lists_folder
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.monitoring.disks import RootQuestion
from seqauto_pipeline.monitoring.facts import SettingsFacts
from seqauto_pipeline.monitoring.switched_off import switched_off
from seqauto_pipeline.settings import Settings
from seqauto_pipeline.settings.groups.scanning import ScanRoot


def settings_facts(settings: Settings, broken: Mapping[str, str]) -> SettingsFacts:
    """Sum up settings that can be read; ``broken`` as `broken_layouts` gives it."""
    return SettingsFacts(
        switched_off=switched_off(settings),
        broken_layouts=tuple(broken.items()),
        roots=len(settings.scan_roots),
        kits=tuple(_kits(settings)),
    )


def _kits(settings: Settings) -> Iterator[tuple[str, str]]:
    """Name the kits that settings are about, each with its setting."""
    for name in ("sheet_rules_for_kit", "overdue_hours_for_kit"):
        yield from ((name, kit) for kit in getattr(settings, name))
    for archived in settings.archived:
        if archived.kit is not None:
            yield "archived", archived.kit
    for name in ("qc_limits", "illumina_qc_limits"):
        yield from ((name, each.kit) for each in getattr(settings, name) if each.kit is not None)


def broken_layouts(settings: Settings) -> Mapping[str, str]:
    """Say which layouts of the scan roots cannot be used, and why not."""
    return dict(_broken(settings))


def root_questions(
    settings: Settings, home: Path, broken: Mapping[str, str], record: Path | None, *, deep: bool
) -> tuple[RootQuestion, ...]:
    """Make a question of each scan root. ``record``: a file list to test directory times with."""
    return tuple(
        RootQuestion(
            str(root.path),
            depth=_depth(root.layout or settings.layout, broken) if deep else 0,
            record=str(record or ""),
        )
        if root.is_listed_here
        else _list_question(root, home)
        for root in settings.scan_roots
    )


def _list_question(root: ScanRoot, home: Path) -> RootQuestion:
    """Ask for the list that another machine wrote, or for the last one that a command gave."""
    path = str(root.path)
    if root.list_file is None:
        return RootQuestion(path, list_file=str(kept_list(lists_folder(home), path)))
    hours = root.list_max_age_hours or DEFAULT_MAX_AGE_HOURS
    return RootQuestion(path, list_file=str(root.list_file), max_age_hours=hours)


def _broken(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in {root.layout or settings.layout for root in settings.scan_roots}:
        try:
            load_layout(name)
        except LayoutError as error:
            yield name, error.reason


def _depth(layout: str, broken: Mapping[str, str]) -> int:
    return 1 if layout in broken else load_layout(layout).run_depth
