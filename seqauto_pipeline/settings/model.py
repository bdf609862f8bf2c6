"""Every setting: its name, type, default, meaning and limits."""

import os
import re
import zoneinfo
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from seqauto_pipeline.core.sheet.codes import RULES
from seqauto_pipeline.settings.time_zone import is_zone
from seqauto_pipeline.toml_input.wording import found, nearest, suggestion

DATABASE_NAME = "seqauto.db"
MIB = 1024 * 1024

RuleLevelName: TypeAlias = Literal["off", "warning", "error"]

_POSTGRES_DRIVER = "postgresql+psycopg2"  # plain postgresql:// means psycopg 3 to SQLAlchemy 2.1
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:/?@\[\]]*)(:[0-9]+)?(?=[/?]|$)")
_WEB_URL = re.compile(r"https?://[^\s/?#]+[^\s]*")
_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):[0-9]{1,5}")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class ScanRoot(BaseModel):
    """A directory below which run folders lie."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: Path
    layout: str | None = None  # None: the setting `layout`

    @model_validator(mode="before")
    @classmethod
    def _accept_a_bare_path(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str | Path) else value

    @field_validator("path", mode="before")
    @classmethod
    def _make_absolute_without_links(cls, value: object) -> object:
        if not isinstance(value, str | Path):
            return value
        if not os.path.isabs(value) or "\0" in str(value):  # noqa: PTH117  (takes text and Path)
            raise ValueError(f"found {found(value)}, expected an absolute path")
        return Path(os.path.normpath(value))

    @field_validator("layout")
    @classmethod
    def _name_a_layout(cls, value: str | None) -> str | None:
        return value if value is None else _layout_name(value)


class Settings(BaseModel):
    """Every setting, with its default. The order is that of the documentation."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    enabled: bool = Field(
        default=True,
        description="Whether SeqAuto works at all. When false nothing scans, "
        "not even a scan started by hand.",
    )
    scan_disks: bool = Field(
        default=True,
        description="Whether the schedule and the sensors start scans. "
        "A scan started by hand runs whatever this says.",
    )
    upload_enabled: bool = Field(
        default=True,
        description="Whether what a scan finds may be loaded. "
        "When false the schedule and the sensors start no scan.",
    )
    scan_roots: tuple[ScanRoot, ...] = Field(
        default=(),
        description="The directories to scan, each an absolute path. None may lie in another. "
        "In the file a root with a layout of its own is written as a table.",
        examples=[["/data/clinical_hg38", {"path": "/data/research", "layout": "illumina"}]],
    )
    layout: str = Field(
        default="tau",
        description="Where the parts of a run folder are: the name of a layout that comes with "
        "the package (tau, illumina), or the absolute path of a layout file.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="The database of what scans found, as an SQLAlchemy URL of PostgreSQL or "
        "SQLite. Without one: the SQLite file seqauto.db in DAGSTER_HOME. "
        "A password in it is never shown.",
        examples=["postgresql://seqauto:password@db.example.org/seqauto"],
    )
    time_zone: str | None = Field(
        default=None,
        description="The zone of the scan times and of the times shown, a name of the time zone "
        "database. Without one: the machine's.",
        examples=["Australia/Adelaide"],
    )
    scan_times: tuple[str, ...] = Field(
        default=("06:00", "19:00"),
        description="When the schedule starts a scan each day: 24-hour clock times in the "
        "time zone above.",
    )
    new_run_sensor: bool = Field(
        default=False,
        description="Whether a sensor looks for new and changed run folders every few minutes "
        "and scans just those.",
    )
    skip_marker: str = Field(
        default=".variantgrid_skip_flowcell",
        description="Name of the file that makes scans skip the directory that holds it, "
        "with all below it.",
    )
    skip_patterns: tuple[str, ...] = Field(
        default=(),
        description="Regular expressions: a run folder is skipped when one is found anywhere in "
        "its path.",
        examples=[["/validation/", "_test$"]],
    )
    control_sample_regex: str | None = Field(
        default=None,
        description="Regular expression that marks control samples by their name. "
        "Without one no sample is a control.",
        examples=["^(NTC|PhiX)"],
    )
    extra_columns: tuple[str, ...] = Field(
        default=(),
        description="Further columns of the sample sheet to keep for each sample.",
        examples=[["Operator", "Referral"]],
    )
    panel_column: str = Field(
        default="Panel",
        min_length=1,
        description="Column of the sample sheet that names a sample's enrichment kit; it overrides "
        "the directory's.",
    )
    panel_version_column: str = Field(
        default="PanelVersion",
        min_length=1,
        description="Column of the sample sheet that gives the version of that kit.",
    )
    sheet_rules: Mapping[str, RuleLevelName] = Field(
        default_factory=dict,
        description="Severity of sample sheet rules by their code: off, warning or error. "
        "A rule that is not named keeps its own.",
        examples=[{"INDEX_LENGTHS_DIFFER": "warning"}],
    )
    sheet_rules_for_kit: Mapping[str, Mapping[str, RuleLevelName]] = Field(
        default_factory=dict,
        description="The same for the sheets of one enrichment kit; it goes before sheet_rules.",
        examples=[{"idt_haem": {"INDEX_LENGTHS_DIFFER": "off"}}],
    )
    gene_coverage_rows: Literal["gene_list", "all", "none"] = Field(
        default="gene_list",
        description="Which rows of a gene coverage file are stored beside its summary: those of "
        "the genes in the sample's gene list (gene_list), all, or none.",
    )
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
        "it counts as complete. A run that was complete stays so.",
    )
    max_input_bytes: int = Field(
        default=16 * MIB,
        ge=1,
        description="Size in bytes above which a sample sheet, RunInfo or RunParameters file is "
        "not read but reported.",
    )
    max_content_bytes: int = Field(
        default=64 * MIB,
        ge=1,
        description="Size in bytes, as on disk, above which a QC file is not read but reported.",
    )
    max_decompressed_bytes: int = Field(
        default=512 * MIB,
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

    statement_timeout_seconds: int = Field(
        default=3600,
        ge=0,
        description="Seconds after which PostgreSQL ends one of our own statements. "
        "0: the server's own limit stands.",
    )
    slow_query_seconds: int = Field(
        default=900,
        ge=1,
        description="Seconds after which `seqauto status` reports a query of the database, "
        "whoever runs it.",
    )
    web_server_url: str = Field(
        default="http://127.0.0.1:3000",
        description="Where the web server answers, path prefix included: `seqauto status` asks "
        "there, and alerts link to it. Empty: no web server is wanted.",
    )
    probe_timeout_seconds: float = Field(
        default=10.0,
        gt=0,
        description="Seconds for which `seqauto status` and `seqauto doctor` wait for the disks: "
        "a root that does not answer by then hangs.",
    )
    max_scan_age_hours: int = Field(
        default=26,
        ge=1,
        description="Hours since the last finished scan after which something is wrong.",
    )
    min_free_mib: int = Field(
        default=500,
        ge=0,
        description="Mebibytes that must be free where we store: in DAGSTER_HOME and beside an "
        "SQLite database.",
    )
    alert_mail_to: tuple[str, ...] = Field(
        default=(),
        description="Who gets alerts by mail. None: no mail is sent.",
        examples=[["lab@example.org"]],
    )
    alert_mail_from: str = Field(
        default="seqauto@localhost",
        description="Whom that mail comes from.",
    )
    smtp_server: str = Field(
        default="localhost:25",
        description="The mail server that takes it, HOST:PORT.",
    )
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none",
        description="How the connection to the mail server is made secret.",
    )
    smtp_user: str | None = Field(
        default=None,
        description="The login at the mail server. Without one: none.",
        examples=["seqauto"],
    )
    smtp_password: SecretStr | None = Field(
        default=None,
        description="The password of that login; it is never shown.",
        examples=["password"],
    )
    alert_slack_webhook: SecretStr | None = Field(
        default=None,
        description="The URL of a Slack incoming webhook that gets alerts; it is never shown.",
        examples=["https://hooks.slack.com/services/T0/B0/XXXX"],
    )
    alert_command: tuple[str, ...] = Field(
        default=(),
        description="A program with its arguments that is run for each alert, without a shell. "
        "It gets the alert as JSON on its standard input.",
        examples=[["/usr/local/bin/page-somebody", "--urgent"]],
    )
    alert_time: str = Field(
        default="08:00",
        description="When the daily digest of what is overdue is sent: a 24-hour clock time in "
        "the time zone above.",
    )
    missed_scan_minutes: int = Field(
        default=60,
        ge=1,
        description="Minutes after a scan time at which a scheduled scan that did not start "
        "counts as missed.",
    )
    overdue_hours: int = Field(
        default=72,
        ge=1,
        description="Hours for which a sequencing run may be complete and still without the files "
        "below.",
    )
    overdue_hours_for_kit: Mapping[str, int] = Field(
        default_factory=dict,
        description="The same for the runs of one enrichment kit; it goes before overdue_hours.",
        examples=[{"idt_exome": 120}],
    )
    overdue_file_types: tuple[str, ...] = Field(
        default=("fastq", "vcf"),
        description="The types of files that are overdue when they are missing for so long.",
    )
    log_directory: Path | None = Field(
        default=None,
        description="Where the log files of scans are written, one JSON object a line. "
        "Without one: logs in DAGSTER_HOME.",
        examples=["/var/log/seqauto"],
    )
    log_max_bytes: int = Field(
        default=10 * MIB,
        ge=1000,
        description="Size in bytes at which a log file is put aside and a new one is begun.",
    )
    log_files: int = Field(
        default=10,
        ge=1,
        description="Number of log files that are kept, the newest included.",
    )

    @field_validator(
        "scan_roots",
        "scan_times",
        "skip_patterns",
        "extra_columns",
        "alert_mail_to",
        "alert_command",
        "overdue_file_types",
        mode="before",
    )
    @classmethod
    def _accept_a_list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("scan_roots")
    @classmethod
    def _keep_roots_apart(cls, roots: tuple[ScanRoot, ...]) -> tuple[ScanRoot, ...]:
        reason = overlap(tuple(root.path for root in roots))
        if reason is not None:
            raise ValueError(reason)
        return roots

    @field_validator("layout")
    @classmethod
    def _name_a_layout(cls, value: str) -> str:
        return _layout_name(value)

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(_normal_url(value.get_secret_value()))

    @field_validator("time_zone")
    @classmethod
    def _know_the_zone(cls, value: str | None) -> str | None:
        if value is not None and not is_zone(value):
            near = nearest(value, zoneinfo.available_timezones())
            hint = f"; did you mean {near!r}?" if near else " such as 'Europe/Berlin'"
            raise ValueError(
                f"found {found(value)}, expected a name of the time zone database{hint}"
            )
        return value

    @field_validator("scan_times")
    @classmethod
    def _read_the_clock(cls, times: tuple[str, ...]) -> tuple[str, ...]:
        for time in times:
            if not _CLOCK_TIME.fullmatch(time):
                raise ValueError(f"found {found(time)}, expected a 24-hour time such as '06:00'")
        if not times:
            raise ValueError(
                "found no time, expected at least one; to stop scheduled scans set scan_disks "
                "to false"
            )
        return _distinct(times)

    @field_validator("alert_time")
    @classmethod
    def _read_one_time(cls, time: str) -> str:
        if not _CLOCK_TIME.fullmatch(time):
            raise ValueError(f"found {found(time)}, expected a 24-hour time such as '08:00'")
        return time

    @field_validator("web_server_url")
    @classmethod
    def _name_a_web_server(cls, url: str) -> str:
        if url and not _WEB_URL.fullmatch(url):
            raise ValueError(f"found {found(url)}, expected http://HOST:PORT or https://HOST/PATH")
        return url.rstrip("/")

    @field_validator("alert_slack_webhook")
    @classmethod
    def _name_a_webhook(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _WEB_URL.fullmatch(url.get_secret_value()):
            raise ValueError("found text that is no web address, expected https://HOST/PATH")
        return url

    @field_validator("smtp_server")
    @classmethod
    def _name_a_mail_server(cls, server: str) -> str:
        if not _SERVER.fullmatch(server):
            raise ValueError(f"found {found(server)}, expected HOST:PORT such as 'localhost:25'")
        return server

    @field_validator("log_directory", mode="before")
    @classmethod
    def _make_absolute(cls, value: object) -> object:
        if not isinstance(value, str | Path):
            return value
        if not Path(value).is_absolute() or "\0" in str(value):
            raise ValueError(f"found {found(value)}, expected an absolute path")
        return Path(os.path.normpath(value))

    @field_validator("skip_marker")
    @classmethod
    def _name_one_file(cls, value: str) -> str:
        if value in {"", ".", ".."} or "/" in value or "\0" in value:
            raise ValueError(f"found {found(value)}, expected the name of a file, without '/'")
        return value

    @field_validator("skip_patterns")
    @classmethod
    def _compile_all(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_compiled(pattern) for pattern in patterns)

    @field_validator("control_sample_regex")
    @classmethod
    def _compile(cls, pattern: str | None) -> str | None:
        return None if pattern is None else _compiled(pattern)

    @field_validator("sheet_rules")
    @classmethod
    def _know_the_codes(cls, levels: Mapping[str, RuleLevelName]) -> Mapping[str, RuleLevelName]:
        return _known_codes(levels)

    @field_validator("sheet_rules_for_kit")
    @classmethod
    def _know_the_codes_of_kits(
        cls, kits: Mapping[str, Mapping[str, RuleLevelName]]
    ) -> Mapping[str, Mapping[str, RuleLevelName]]:
        return {kit: _known_codes(levels) for kit, levels in kits.items()}

    @field_validator("extra_columns")
    @classmethod
    def _name_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        if any(not column.strip() for column in columns):
            raise ValueError("found an empty name, expected the names of columns")
        return _distinct(columns)


def database_url_for(settings: Settings, home: Path) -> str:
    """Give the effective database URL, password included: for connecting, never for showing."""
    if settings.database_url is None:
        return f"sqlite:///{home / DATABASE_NAME}"
    url = settings.database_url.get_secret_value()
    seconds = settings.statement_timeout_seconds
    if url.startswith("sqlite") or not seconds or "options=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}options=-c%20statement_timeout%3D{seconds}s"


def masked_url(url: str) -> str:
    """Replace the password in a database URL by stars."""
    # Greedy up to the last @: a password may hold an @, : or / that somebody forgot to quote.
    masked = re.sub(r"(://[^:@/]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(?i)([?&][^=&]*password=)[^&]*", r"\1***", masked)


def _normal_url(url: str) -> str:
    """Check a database URL and name the driver where it only says PostgreSQL.

    A complaint shows no more than the scheme: where the form is wrong a password can be anywhere.
    """
    scheme, separator, rest = url.partition("://")
    expected = "expected postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:////ABSOLUTE/PATH"
    if not separator:
        raise ValueError(f"found text without '://', {expected}")
    kind = scheme.partition("+")[0]
    if kind not in {"postgres", "postgresql", "sqlite"}:
        raise ValueError(f"found the database {found(scheme)}, {expected}")
    if kind == "sqlite" and not sqlite_file(url).is_absolute():
        raise ValueError(f"found {found(url)}, {expected}")
    if kind != "sqlite" and not _HOST.match(rest.rpartition("@")[2]):
        raise ValueError(
            f"found {kind}:// with a host or port that cannot be read, {expected}, "
            "with special characters of the password written as %XX"
        )
    return f"{scheme if '+' in scheme or kind == 'sqlite' else _POSTGRES_DRIVER}://{rest}"


def sqlite_file(url: str) -> Path:
    """Give the file of an SQLite URL; not absolute when the URL names none or a relative one."""
    return Path(url.partition("://")[2].partition("?")[0].removeprefix("/"))


def overlap(roots: tuple[Path, ...]) -> str | None:
    """Say which two directories are the same or one inside the other."""
    for one, other in combinations(roots, 2):
        if one == other:
            return f"found {found(one)} twice, expected each root once"
        for inner, outer in ((one, other), (other, one)):
            if inner.is_relative_to(outer):
                return (
                    f"found {found(inner)} below {found(outer)}, expected roots of which none "
                    "lies in another"
                )
    return None


def _layout_name(value: str) -> str:
    is_path = "/" in value or value.endswith(".toml")
    if not value or (is_path and not Path(value).is_absolute()):
        raise ValueError(
            f"found {found(value)}, expected a layout's name or the absolute path of its file"
        )
    return value


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"found {found(pattern)}, expected a regular expression: {error}"
        ) from error
    return pattern


def _known_codes(levels: Mapping[str, RuleLevelName]) -> Mapping[str, RuleLevelName]:
    for code in levels:
        if code not in RULES:
            hint = suggestion(nearest(code, RULES), "docs/sample_sheets.md")
            raise ValueError(f"found the unknown code {found(code)}{hint}")
        if not RULES[code].adjustable:
            raise ValueError(
                f"found {found(code)}, which no setting can change: expected the code of a rule "
                "that a sheet can break and still be used"
            )
    return levels


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"found {found(twice[0])} twice, expected each once")
    return values
