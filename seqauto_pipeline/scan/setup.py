"""What the settings say of a scan, translated once at the start of a step.

A step hands the `ScanSetup` on; nothing below it asks the settings again or loads a layout.
"""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.core.archived import ArchiveRule
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.qc.measured_run import RunLimits
from seqauto_pipeline.core.sheet.codes import RuleLevel
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.sample_sheet import SheetColumns
from seqauto_pipeline.core.verdict.brake import BrakeLimits
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.interop import InteropLimits
from seqauto_pipeline.disk.lists.fetching import (
    DEFAULT_MAX_AGE_HOURS,
    DEFAULT_TIMEOUT_SECONDS,
    ListSource,
    lists_folder,
)
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.scan.parsing import ParsingRules
from seqauto_pipeline.settings import (
    Settings,
    archive_rules,
    figure_limits,
    layout_in_use,
    run_limits,
    zone_for,
)


@dataclass(frozen=True, slots=True)
class ListingReuse:
    """When a walk may take runs from the last record and need not list them again."""

    is_allowed: bool
    full_scan_every: dt.timedelta
    cold_after: dt.timedelta  # without a change a run is cold, and need not be listed


@dataclass(frozen=True, slots=True)
class ScanSetup:
    """The settings of one step of a scan."""

    home: Path
    is_enabled: bool
    time_zone: zoneinfo.ZoneInfo
    layouts: Mapping[str, Layout]  # by root
    walk: WalkOptions
    reuse: ListingReuse
    policy: SheetPolicy
    contents: ContentOptions
    limits: BrakeLimits
    settle_minutes: int
    archive_rules: tuple[ArchiveRule, ...]
    computes_figures: bool
    run_limits: tuple[RunLimits, ...]  # of these figures
    listed_elsewhere: Mapping[str, ListSource]  # by root: those that this machine does not list
    lists_folder: Path  # where their lists are kept

    @property
    def parsing(self) -> ParsingRules:
        return ParsingRules(self.layouts, self.policy)


def scan_setup(settings: Settings, home: Path) -> ScanSetup:
    """Translate the settings. Raises LayoutError for a layout that cannot be used."""
    return ScanSetup(
        home=home,
        is_enabled=settings.enabled,
        time_zone=zone_for(settings),
        layouts=layouts_for(settings),
        walk=walk_options(settings),
        reuse=ListingReuse(
            settings.trust_directory_times,
            dt.timedelta(days=settings.full_scan_every_days),
            dt.timedelta(days=settings.cold_after_days),
        ),
        policy=sheet_policy(settings),
        contents=content_options(settings),
        limits=BrakeLimits(
            settings.brake_fraction, settings.brake_min_runs, settings.brake_min_files
        ),
        settle_minutes=settings.settle_minutes,
        archive_rules=archive_rules(settings),
        computes_figures=settings.illumina_qc_from_interop,
        run_limits=run_limits(settings),
        listed_elsewhere=listed_elsewhere(settings),
        lists_folder=lists_folder(home),
    )


def listed_elsewhere(settings: Settings) -> dict[str, ListSource]:
    """Say of each root that this machine does not list where its list comes from."""
    return {
        escape_name(str(root.path)): ListSource(
            root=str(root.path),
            root_there=escape_name(str(root.root_there or root.path)),
            command=root.list_command or (),
            file=root.list_file,
            max_age_hours=root.list_max_age_hours or DEFAULT_MAX_AGE_HOURS,
            timeout_seconds=root.list_timeout_seconds or DEFAULT_TIMEOUT_SECONDS,
        )
        for root in settings.scan_roots
        if not root.is_listed_here
    }


def layouts_for(settings: Settings) -> dict[str, Layout]:
    """Load the layout of each scan root; roots that share one share the object."""
    loaded: dict[str, Layout] = {}
    layouts = {}
    for root in settings.scan_roots:
        name = root.layout or settings.layout
        if name not in loaded:
            loaded[name] = layout_in_use(name, settings)
        layouts[escape_name(str(root.path))] = loaded[name]
    return layouts


def walk_options(settings: Settings) -> WalkOptions:
    return WalkOptions(
        skip_marker=settings.skip_marker,
        skip_patterns=settings.skip_patterns,
        follow_links_out_of_root=settings.follow_links_out_of_root,
        max_input_bytes=settings.max_input_bytes,
        max_entries=settings.max_entries_per_directory,
        threads=settings.listing_threads,
        seconds_per_directory=settings.directory_timeout_seconds,
    )


def sheet_policy(settings: Settings) -> SheetPolicy:
    levels = {code: RuleLevel(level) for code, level in settings.sheet_rules.items()}
    for_kit = {
        kit: {code: RuleLevel(level) for code, level in rules.items()}
        for kit, rules in settings.sheet_rules_for_kit.items()
    }
    columns = SheetColumns(
        settings.panel_column, settings.panel_version_column, settings.extra_columns
    )
    converter = Converter(settings.converter) if settings.converter else None
    return SheetPolicy(columns, settings.control_sample_regex, levels, for_kit, converter)


def content_options(settings: Settings) -> ContentOptions:
    rows = settings.gene_coverage_rows
    return ContentOptions(
        settings.max_content_bytes,
        settings.max_decompressed_bytes,
        "summary" if rows == "none" else rows,
        follow_links_out_of_root=settings.follow_links_out_of_root,
        seconds_per_file=settings.directory_timeout_seconds,
        threads=settings.listing_threads,
        interop=InteropLimits(settings.interop_seconds, settings.interop_memory_mb << 20),
        figure_limits=figure_limits(settings),
    )
