"""`seqauto settings` and `seqauto init`: what can be set, what is set, and where."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import click
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.home import choose_home, create_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import print_wrapped, width
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.settings import (
    CONFIG_NAME,
    CONFIG_VARIABLE,
    HOME_VARIABLE,
    ArchivedFiles,
    Complaint,
    ScanRoot,
    Settings,
    check_settings_file,
    check_settings_text,
    config_file,
    database_url_for,
    environment_name,
    load_with_sources,
    masked_url,
    settings_error,
    time_zone_for,
)

_MEANING_WIDTH = 96  # columns, at most
JsonValue: TypeAlias = str | int | float | bool | list["JsonValue"] | dict[str, "JsonValue"] | None

_FILE_HEAD = f"""\
# Settings of SeqAuto. Each line that starts with "# name =" is a setting with its default, or with
# an example where there is none: take the "# " away to change it. An environment variable wins.
# A change takes effect at the next scan. `seqauto settings --check FILE` checks a file before it
# is installed as ${CONFIG_VARIABLE} or as {CONFIG_NAME} in ${HOME_VARIABLE}.
"""

_PAGE_HEAD = f"""\
# Settings

SeqAuto reads its settings from one file, `${CONFIG_VARIABLE}` or else `{CONFIG_NAME}` in
`${HOME_VARIABLE}`, and from environment variables, which win. They are read when a scan starts: a
change takes effect at the next scan, and nothing needs a restart. Unknown names are errors.

`seqauto init` writes a file that explains itself. `seqauto settings` shows what is in force and
where it came from; `seqauto settings --check FILE` checks a file before it is installed.

In environment variables a truth value is one of true, false, 1, 0, yes, no, on, off;
`SEQAUTO_SCAN_ROOTS` separates paths by `:`, other lists are separated by commas, and
`SEQAUTO_SKIP_PATTERNS`, `SEQAUTO_ARCHIVED`, `SEQAUTO_QC_LIMITS`, `SEQAUTO_ILLUMINA_QC_LIMITS`,
`SEQAUTO_JOB_RECIPES` and tables are written as in the file (`['^/data/old/']`, `{{A = "off"}}`).

This page is what `seqauto settings --format markdown` prints.
"""


@click.command()
@click.option(
    "--check",
    "candidate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Check a file that is not in use yet, and list all that is wrong with it.",
)
@format_option(
    "text",
    "json",
    "markdown",
    explained="markdown describes all settings and shows no values.",
)
def settings(*, candidate: Path | None, form: str) -> None:
    """Show each setting, its value, its source and its meaning."""
    if candidate is not None:
        _report(candidate, as_json=form == "json")
    elif form == "markdown":
        click.echo(settings_page(), nl=False)
    else:
        home = choose_home(os.environ)
        click.echo(_settings_in_force(home, as_json=form == "json"))


@click.command()
@click.option(
    "--root",
    "roots",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A directory to scan. May be given several times.",
)
@click.option("--force", is_flag=True, help="Overwrite a settings file that exists.")
def init(*, roots: tuple[Path, ...], force: bool) -> None:
    """Write a settings file that explains itself."""
    home = choose_home(os.environ)
    path = config_file({**os.environ, HOME_VARIABLE: str(home)}) or home / CONFIG_NAME
    text = settings_file_text(tuple(root.absolute() for root in roots))
    if complaints := check_settings_text(text, path, home):
        raise settings_error(complaints)
    if path.parent == home:
        create_home(home)
    _write(path, text, force=force)
    click.echo(f"Wrote {shown(str(path))}")
    for root in roots:
        if not root.is_dir():
            click.echo(
                f"{shown(str(root.absolute()))} is no directory now: mount it, or correct "
                "scan_roots, before the first scan.",
                err=True,
            )


def settings_file_text(roots: tuple[Path, ...] = ()) -> str:
    """Write out seqauto.toml with each setting explained; all but the given roots are comments."""
    blocks = [_FILE_HEAD]
    for name, field in Settings.model_fields.items():
        value, remark = _default_or_example(field)
        line = f"# {name} = {toml(value)}"
        if name == "scan_roots" and roots:
            line, remark = f"{name} = {toml([str(root) for root in roots])}", ""
        comment = _wrapped(f"{field.description} {remark}", width=96)
        blocks.append("".join(f"# {part}\n" for part in comment) + line + "\n")
    return "\n".join(blocks)


def settings_page() -> str:
    """Describe all settings in Markdown: the text of docs/settings.md."""
    blocks = [_PAGE_HEAD]
    for name, field in Settings.model_fields.items():
        value, remark = _default_or_example(field)
        words = "No default; for instance" if remark else "Default"
        blocks.append(
            f"## {name}\n\n"
            + "".join(f"{line}\n" for line in _wrapped(str(field.description), width=100))
            + f"\n- {words}: `{toml(value)}`\n- Environment: `{environment_name(name)}`\n"
        )
    return "\n".join(blocks)


def toml(value: object) -> str:
    """Write a value as TOML. None, which TOML lacks, is written as the word none."""
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_toml_key(key)} = {toml(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, bool | int | float):
        return _toml_number(value)
    # A JSON string is a TOML one, but for the one control character that JSON lets stand.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_number(value: float) -> str:
    if isinstance(value, int) and value >= 10_000:
        return f"{value:_}"
    return repr(value).lower()


def _toml_key(key: object) -> str:
    text = str(key)
    bare = text.replace("_", "").replace("-", "")
    return text if bare.isascii() and bare.isalnum() else toml(text)


def _default_or_example(field: FieldInfo) -> tuple[object, str]:
    """Give what a template shows of a setting, and the remark that it is only an example."""
    default: object = field.get_default(call_default_factory=True)
    if field.examples:
        return field.examples[0], f"(Default: {toml(default)}. The line below is an example.)"
    return default, ""


def _wrapped(text: str, *, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def _settings_in_force(home: Path, *, as_json: bool) -> str:
    environ = {**os.environ, HOME_VARIABLE: str(home)}
    current, sources = load_with_sources(environ)
    rows = list(_rows(current, sources, home))
    file = config_file(environ) or home / CONFIG_NAME
    if as_json:
        head: dict[str, JsonValue] = {"home": str(home), "file": str(file)}
        return json.dumps({**head, "file_exists": file.exists(), "settings": [*rows]}, indent=2)
    missing = "" if file.exists() else " (not there: defaults hold)"
    places = (f"Home: {shown(str(home))}", f"File: {shown(str(file))}{missing}")
    head_lines = "\n".join(
        line for place in places for line in wrapped(place, width(), whole_words=True)
    )
    return "\n\n".join((head_lines, *(_text(row, width()) for row in rows)))


def _rows(
    current: Settings, sources: Mapping[str, str], home: Path
) -> Iterator[dict[str, JsonValue]]:
    effective = {
        "database_url": masked_url(database_url_for(current, home)),
        "time_zone": time_zone_for(current),
    }
    for name, field in Settings.model_fields.items():
        value: object = effective.get(name, getattr(current, name))
        yield {
            "name": name,
            "value": _plain(value),
            "source": sources[name],
            "environment": environment_name(name),
            "meaning": str(field.description),
        }


def _plain(value: object) -> JsonValue:
    """Turn a setting's value into what JSON can hold. A secret never comes out."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, SecretStr):
        return str(value)
    if isinstance(value, ScanRoot | ArchivedFiles):
        value = value.model_dump(exclude_none=True)
        if set(value) == {"path"}:
            return str(value["path"])
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value)


def _text(row: Mapping[str, JsonValue], columns: int | None) -> str:
    words = f"{row['name']} = {shown(toml(row['value']))}"
    source = f"({shown(str(row['source']))})"
    head = wrapped(words, columns, whole_words=True)
    if columns is not None and len(f"{head[-1]}    {source}") > columns:
        head += wrapped(source, columns, first="    ")
    else:
        head[-1] += f"    {source}"
    room = min(columns or _MEANING_WIDTH, _MEANING_WIDTH) - 4
    meaning = _wrapped(f"{row['meaning']} [{row['environment']}]", width=room)
    return "\n".join((*head, *(f"    {line}" for line in meaning)))


def _report(candidate: Path, *, as_json: bool) -> None:
    home = os.environ.get(HOME_VARIABLE)
    complaints = check_settings_file(candidate, Path(home) if home else None)
    if as_json:
        found = [{"where": one.where, "reason": one.reason} for one in complaints]
        click.echo(json.dumps(found, indent=2))
    else:
        for line in _report_lines(candidate, complaints):
            print_wrapped(line, whole_words=True)
    if complaints:
        raise click.exceptions.Exit(1)


def _report_lines(candidate: Path, complaints: tuple[Complaint, ...]) -> Iterator[str]:
    for one in complaints:
        yield shown(f"{one.where}: {one.reason}")
    number = len(complaints)
    words = "can be used" if not number else f"has {number} error{'s' if number > 1 else ''}"
    yield f"{shown(str(candidate))}: {words}"


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        content = text.encode()
        with path.open("wb" if force else "xb") as file:
            file.write(content)
    except UnicodeEncodeError as error:
        raise click.ClickException(
            "A path that is not UTF-8 cannot stand in a settings file: "
            f"give it in {environment_name('scan_roots')}."
        ) from error
    except FileExistsError as error:
        raise click.ClickException(
            f"{shown(str(path))} is there already: change it by hand, or replace it with --force."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"{shown(str(path))} cannot be written: {error.strerror}."
        ) from error
