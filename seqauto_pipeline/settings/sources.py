"""Read the settings: the only place that looks at the environment and at seqauto.toml."""

import os
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from seqauto_pipeline.core.near_words import did_you_mean, nearest
from seqauto_pipeline.core.recipes import RUN_INPUTS
from seqauto_pipeline.errors import LayoutError, SettingsError
from seqauto_pipeline.layouts import load_layout, shipped_layouts
from seqauto_pipeline.settings.checks import overlap
from seqauto_pipeline.settings.complaints import reason_of, settings_error
from seqauto_pipeline.settings.database_url import sqlite_file
from seqauto_pipeline.settings.layouts_in_use import layout_in_use
from seqauto_pipeline.settings.model import Settings
from seqauto_pipeline.settings.real_path import real_path
from seqauto_pipeline.settings.time_zone import machine_time_zone
from seqauto_pipeline.toml_input.complaints import Complaint, name_of
from seqauto_pipeline.toml_input.lines import line_of, line_of_error
from seqauto_pipeline.toml_input.wording import found, suggestion

CONFIG_VARIABLE = "SEQAUTO_CONFIG"
HOME_VARIABLE = "DAGSTER_HOME"
CONFIG_NAME = "seqauto.toml"

_PREFIX = "SEQAUTO_"
_WRITTEN_AS_TOML = frozenset({  # in a variable, too
    *("skip_patterns", "archived", "qc_limits", "illumina_qc_limits"),
    *("delivery_aligners", "delivery_variant_callers"),
})  # fmt: skip
_BOOLEAN_WORDS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read seqauto.toml and the environment, which wins. None: this process's environment."""
    return load_with_sources(environ)[0]


def load_with_sources(
    environ: Mapping[str, str] | None = None,
) -> tuple[Settings, Mapping[str, str]]:
    """Say beside the settings where each came from: ``default``, a variable, or FILE:LINE."""
    environ = os.environ if environ is None else environ
    path = config_file(environ)
    content = _content(path, required=bool(environ.get(CONFIG_VARIABLE)))
    given, settings, complaints = _understood(path, content, _variables(environ))
    if settings is not None:
        complaints += _misplaced(settings, _home(environ), given)
    if settings is None or complaints:
        raise settings_error(complaints)
    sources = {name: given.where.get(name, "default") for name in Settings.model_fields}
    return settings, sources


def check_settings_file(path: Path, home: Path | None = None) -> tuple[Complaint, ...]:
    """List all that is wrong with a file that is not in use yet, whatever the environment says."""
    return _checked(_from_file(path, _content(path, required=True)), home)


def check_settings_text(text: str, path: Path, home: Path) -> tuple[Complaint, ...]:
    """List all that is wrong with the text of a file that is still to be written."""
    return _checked(_from_toml(text, path), home)


def config_file(environ: Mapping[str, str] | None = None) -> Path | None:
    """Say where the settings file is, or would be: $SEQAUTO_CONFIG, else in the home.

    None when neither is set.
    """
    environ = os.environ if environ is None else environ
    if named := environ.get(CONFIG_VARIABLE):
        return Path(named).absolute()
    home = _home(environ)
    return None if home is None else home / CONFIG_NAME


def environment_name(setting: str) -> str:
    """Name the environment variable of a setting."""
    return "UPLOAD_ENABLED" if setting == "upload_enabled" else f"{_PREFIX}{setting.upper()}"


def time_zone_for(settings: Settings, environ: Mapping[str, str] | None = None) -> str:
    """Name the effective time zone: the setting, else the machine's."""
    return settings.time_zone or machine_time_zone(environ)


def zone_for(settings: Settings, environ: Mapping[str, str] | None = None) -> zoneinfo.ZoneInfo:
    """Give the effective time zone, of the times that people read and write."""
    return zoneinfo.ZoneInfo(time_zone_for(settings, environ))


@dataclass(frozen=True, slots=True)
class _Given:
    """Values from one or both sources, and where each was written."""

    values: Mapping[str, object]
    where: Mapping[str, str]  # by setting
    file: Path | None = None
    text: str = ""  # of the file
    complaints: tuple[Complaint, ...] = ()

    def where_of(self, location: tuple[str | int, ...]) -> str:
        """Say where a value was written, as exactly as its source allows."""
        name = str(location[0])
        if self.file is None or not self.where.get(name, "").startswith(f"{self.file}:"):
            return self.where.get(name, name)
        return f"{self.file}:{line_of(self.text, location)}"


@lru_cache(maxsize=8)  # each step of a scan asks anew, and much that it calls
def _understood(
    path: Path | None, content: bytes | Complaint | None, variables: tuple[tuple[str, str], ...]
) -> tuple[_Given, Settings | None, tuple[Complaint, ...]]:
    """Read and check what the file and the variables say, without another look at the disk."""
    given = _merged(_from_file(path, content), _from_environment(dict(variables)))
    return given, *_validated(given)


def _content(path: Path | None, *, required: bool) -> bytes | Complaint | None:
    """Give what a settings file holds; None where there is none and none has to be."""
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError) and not required:
            return None
        return Complaint(str(path), f"cannot be read: {error.strerror}; expected a settings file")


def _from_file(path: Path | None, content: bytes | Complaint | None) -> _Given:
    if path is None or content is None:
        return _Given({}, {})
    if isinstance(content, Complaint):
        return _Given({}, {}, complaints=(content,))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unusable(path, f"found a byte that is not UTF-8 at position {error.start}")
    return _from_toml(text, path)


def _from_toml(text: str, path: Path) -> _Given:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _unusable(f"{path}:{line_of_error(text, error)}", f"is not valid TOML: {error}")
    where = {name: f"{path}:{line_of(text, (name,))}" for name in values}
    unknown = tuple(
        Complaint(where[name], _unknown_setting(name))
        for name in values
        if name not in Settings.model_fields
    )
    return _Given(_known(values), where, path, text, unknown)


def _unusable(where: object, reason: str) -> _Given:
    return _Given({}, {}, complaints=(Complaint(str(where), reason),))


def _variables(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Choose the variables that are settings, or look as if they were meant to be."""
    switch = environment_name("upload_enabled")  # the one whose name begins otherwise
    return tuple(
        (name, value)
        for name, value in environ.items()
        if name.startswith(_PREFIX) or name == switch
    )


def _from_environment(environ: Mapping[str, str]) -> _Given:
    names = {environment_name(setting): setting for setting in Settings.model_fields}
    unknown = tuple(
        Complaint(name, _unknown_variable(name, names))
        for name in sorted(environ)
        if name.startswith(_PREFIX) and name not in names and name != CONFIG_VARIABLE
    )
    present = {setting: name for name, setting in names.items() if name in environ}
    values = {setting: _from_text(setting, environ[name]) for setting, name in present.items()}
    return _Given(values, present, complaints=unknown)


def _known(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name in Settings.model_fields}


def _merged(file: _Given, environment: _Given) -> _Given:
    return _Given(
        {**file.values, **environment.values},
        {**file.where, **environment.where},
        file.file,
        file.text,
        file.complaints + environment.complaints,
    )


def _from_text(setting: str, text: str) -> object:
    """Read a variable's text as its setting's type. What cannot be read stays text, for the model.

    Empty text is "none" for what may be none, and an empty list.
    """
    default = Settings.model_fields[setting].get_default(call_default_factory=True)
    text = text.strip()
    if setting == "scan_roots":
        return tuple(part for part in text.split(":") if part)
    if setting in _WRITTEN_AS_TOML or isinstance(default, Mapping):
        return _toml_value(text) if text else type(default)()
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if default is None:
        return text or None
    return _scalar(text, default)


def _toml_value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _scalar(text: str, default: object) -> object:
    if isinstance(default, bool):
        return _BOOLEAN_WORDS.get(text.lower(), text)
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            return text
    return text


def _validated(given: _Given) -> tuple[Settings | None, tuple[Complaint, ...]]:
    try:
        return Settings.model_validate(given.values), given.complaints
    except ValidationError as error:
        wrong = tuple(
            Complaint(given.where_of(item["loc"]), reason_of(item["loc"], item["type"], item))
            for item in error.errors(include_url=False)
        )
        return None, given.complaints + wrong


def _checked(given: _Given, home: Path | None) -> tuple[Complaint, ...]:
    settings, complaints = _validated(given)
    if settings is None:
        return complaints
    return (
        *complaints,
        *_misplaced(settings, home, given),
        *_without_layout(settings, given),
        *_without_file_type(settings, given),
    )


def _without_layout(settings: Settings, given: _Given) -> Iterator[Complaint]:
    """List the layouts that cannot be loaded, which scans would find out."""
    named: dict[tuple[str | int, ...], str | None] = {("layout",): settings.layout}
    for position, root in enumerate(settings.scan_roots):
        named["scan_roots", position, "layout"] = root.layout
    for location, layout in named.items():
        trouble = _layout_trouble(layout) if layout is not None else None
        if trouble:
            yield Complaint(given.where_of(location), f"{name_of(location)}: {trouble}")


def _layout_trouble(layout: str) -> str | None:
    try:
        load_layout(layout)
    except LayoutError as error:
        if Path(layout).is_absolute():
            return f"found {found(layout)}, which is no layout: {error.where}: {error.reason}"
        near = nearest(layout, shipped_layouts())
        known = " or ".join(shipped_layouts())
        return f"found {found(layout)}" + (
            f"; did you mean {near}?" if near else f", expected {known}, or a file's absolute path"
        )
    return None


def _without_file_type(settings: Settings, given: _Given) -> Iterator[Complaint]:
    """List the types of archived files, and of jobs, that no layout in use has."""
    names = {settings.layout, *(root.layout for root in settings.scan_roots)} - {None}
    try:
        layouts = [layout_in_use(name, settings) for name in names if name is not None]
    except LayoutError:
        return  # which is told, and leaves open what types there are
    known = {each.name for layout in layouts for each in layout.file_types}
    for location, named in _named_types(settings):
        if named not in known:
            hint = did_you_mean(named, known, f", expected one of {', '.join(sorted(known))}")
            yield Complaint(
                given.where_of(location),
                f"{name_of(location)}: found {found(named)}, which no layout in use has{hint}",
            )


def _named_types(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for position, archived in enumerate(settings.archived):
        yield ("archived", position, "file_type"), archived.file_type
    for position, recipe in enumerate(settings.job_recipes):
        yield ("job_recipes", position, "file_type"), recipe.file_type
        for number, each in enumerate(recipe.inputs):
            if each not in RUN_INPUTS:
                yield ("job_recipes", position, "inputs", number), each


def _unknown_setting(name: str) -> str:
    plain = name.lower().replace("-", "_").removeprefix(_PREFIX.lower())
    near = nearest(plain, Settings.model_fields)
    return f"found the unknown setting {found(name)}{suggestion(near, 'docs/settings.md')}"


def _unknown_variable(name: str, known: Mapping[str, str]) -> str:
    by_suffix = {one.removeprefix(_PREFIX): one for one in (*known, CONFIG_VARIABLE)}
    near = nearest(name.removeprefix(_PREFIX), by_suffix)
    return f"found an unknown variable{suggestion(near and by_suffix[near], 'docs/settings.md')}"


def _home(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(HOME_VARIABLE, "")
    if not named:
        return None
    if not Path(named).is_absolute():
        raise SettingsError(HOME_VARIABLE, f"found {found(named)}, expected an absolute path")
    return Path(os.path.normpath(named))


def _misplaced(settings: Settings, home: Path | None, given: _Given) -> tuple[Complaint, ...]:
    """List what only the disk can tell: roots that meet through links, our own files in a root."""
    real_roots = tuple(real_path(root.path) for root in settings.scan_roots)
    meeting = overlap(real_roots)
    complaints = [
        Complaint(
            given.where.get(where, where),
            f"found {found(path)}, below the scanned root {found(root.path)}; expected a place "
            "outside of what is scanned",
        )
        for where, path in _own_paths(settings, home)
        for root, real_root in zip(settings.scan_roots, real_roots, strict=True)
        if path.is_relative_to(root.path) or real_path(path).is_relative_to(real_root)
    ]
    if meeting is not None:
        where = given.where.get("scan_roots", "scan_roots")
        complaints.append(Complaint(where, f"scan_roots: {meeting} (with links followed)"))
    return tuple(complaints)


_OWN_PATHS = (
    "log_directory",
    "backup_directory",
    "metrics_file",
    "delivery_directory",
    "jobs_directory",
    "report_directory",
)


def _own_paths(settings: Settings, home: Path | None) -> Iterator[tuple[str, Path]]:
    if home is not None:
        yield HOME_VARIABLE, home
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        if url.startswith("sqlite"):
            yield "database_url", sqlite_file(url)
    for name in _OWN_PATHS:
        path: Path | None = getattr(settings, name)
        if path is not None:
            yield name, path
