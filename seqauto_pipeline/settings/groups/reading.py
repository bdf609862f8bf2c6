"""How far a scan trusts the disks, how much it reads, and how long that is kept."""

from pydantic import Field

from seqauto_pipeline.settings.groups.base import MIB, SettingsGroup


class ReadingSettings(SettingsGroup):
    """When vanished files are doubted, how much is read, and how long that is kept."""

    brake_fraction: float = Field(
        default=0.30,
        gt=0,
        le=1,
        description="Share, from 0 to 1, of the known runs or files of a root or kit above which "
        "their vanishing in one scan is taken for a lost mount: nothing there is marked deleted.",
    )
    brake_min_runs: int = Field(
        default=5,
        ge=1,
        description="Number of vanished runs below which that share of runs does not count.",
    )
    brake_min_files: int = Field(
        default=100,
        ge=1,
        description="Number of vanished files below which that share of files does not count.",
    )
    settle_minutes: int = Field(
        default=0,
        ge=0,
        description="Minutes for which a run's own top-level files must have been still before "
        "it counts as complete. A run that was complete stays so; a time more than a day ahead "
        "is that of a wrong clock, and does not count.",
    )
    max_input_bytes: int = Field(
        default=16 * MIB,
        ge=1,
        description="Size in bytes above which a sample sheet, RunInfo or RunParameters file is "
        "not read but reported.",
    )
    max_content_bytes: int = Field(
        default=32 * MIB,
        ge=1,
        description="Size in bytes, as on disk, above which a QC file is not read but reported.",
    )
    max_decompressed_bytes: int = Field(
        default=32 * MIB,
        ge=1,
        description="Size in bytes above which decompressing a gzip file stops and the file is "
        "reported.",
    )
    max_entries_per_directory: int = Field(
        default=200_000,
        ge=1,
        description="Number of names in one directory above which it is reported as unreadable.",
    )
    follow_links_out_of_root: bool = Field(
        default=False,
        description="Whether symbolic links that lead out of their root are followed.",
    )
    listing_threads: int = Field(
        default=8,
        ge=1,
        le=256,
        description="The most run folders listed, or QC files read, at the same time by one "
        "process. A scan begins with one or two and takes more as long as the disk makes it "
        "wait: a network disk does.",
    )
    directory_timeout_seconds: float = Field(
        default=60.0,
        gt=0,
        description="Seconds after which a directory or file that does not answer is reported as "
        "unreadable and the scan goes on.",
    )
    cold_after_days: int = Field(
        default=30,
        ge=1,
        description="Days without a change after which the sizes and contents of a run's files "
        "are looked at by full scans only.",
    )
    full_scan_every_days: int = Field(
        default=7,
        ge=1,
        description="Days after which a scan looks at everything again.",
    )
    trust_directory_times: bool = Field(
        default=True,
        description="Whether a directory whose modification time has not moved is taken as "
        "unchanged. Set false for file systems that do not keep these times.",
    )
    keep_scans: int = Field(
        default=1000,
        ge=1,
        description="Number of scans, newest first, whose file lists, logs and Dagster runs are "
        "kept.",
    )
    keep_days: int = Field(
        default=365,
        ge=1,
        description="Days for which they are kept. What the scans found is kept for ever.",
    )
