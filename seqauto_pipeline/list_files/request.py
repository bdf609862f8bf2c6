"""What a scan asks to be listed of one root: a JSON object, made from the layout and the settings.

It may ask for more than a walk by the layout looks at, and never for less.
"""

import json
from dataclasses import dataclass, fields
from typing import Any, NoReturn

FORMAT = 1
_MIB = 1 << 20


class RequestError(Exception):
    """A request that cannot be used; the text says what was found and what to do."""


@dataclass(frozen=True)
class Outputs:
    """What else to list in directories of any name that a conversion made."""

    below: str  # glob of these directories, which are listed anyway
    holds: tuple[tuple[str, ...], ...]  # one is such a directory when it holds all of these names
    folders: tuple[str, ...]  # globs, relative to it


@dataclass(frozen=True)
class Request:
    """Paths and globs are relative to the run folder, names in them escaped.

    In those that lead beside the run folder, ``{sequencing_run}`` and ``{flowcell_id}`` stand for
    the name of the run and its last part.
    """

    root: str = ""  # as the machine that lists calls it; "": the command line says it
    depth: int = 2  # levels below the root at which run folders stand
    everything: bool = False  # every directory of a run folder
    directories: tuple[str, ...] = ()  # globs
    outputs: tuple[Outputs, ...] = ()
    ignored: tuple[str, ...] = ()  # shell patterns of directory names
    never_searched: tuple[str, ...] = ()  # globs
    inputs: tuple[str, ...] = ()  # globs of small files whose bytes come with the list
    contents: tuple[str, ...] = ()  # the same of QC files; one that begins with **/ is of names
    contents_since_ns: int = 0  # those that have not changed since then do not come
    runs: tuple[str, ...] = ()  # paths below the root or names; (): all
    follow_links_out_of_root: bool = False
    max_entries: int = 200_000  # of one directory
    max_directories: int = 100_000  # of one run folder
    max_input_bytes: int = 16 * _MIB
    max_content_bytes: int = 32 * _MIB
    max_contents_bytes: int = 65_536 * _MIB  # of all QC files together


EVERYTHING = Request(
    everything=True,
    ignored=(".*", "lost+found", "@eaDir", "#snapshot", "@Recently-Snapshot", "~snapshot"),
    inputs=("**/*[sS]heet*.csv", "**/RunInfo.xml", "**/[rR]unParameters.xml", "**/Run*Status.xml"),
)


def request_text(request: Request) -> str:
    """Give a request as the text that `parse_request` reads."""
    plain = {each.name: getattr(request, each.name) for each in fields(Request)}
    plain["outputs"] = [vars(each) for each in request.outputs]
    return json.dumps({"seqauto_list_request": FORMAT, **plain}, indent=1)


def parse_request(text: str) -> Request:
    """Read a request. Raises RequestError."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise RequestError(f"the request is not JSON: {error}") from None
    if not isinstance(given, dict) or given.pop("seqauto_list_request", None) != FORMAT:
        raise RequestError(
            f"this is no request of format {FORMAT}: write it, and this program, anew with "
            "`seqauto list-files --print-request` and `--write-program`"
        )
    known = {each.name: each for each in fields(Request)}
    values = {}
    for name, value in given.items():
        if name not in known:
            raise RequestError(f"the request asks for {name!r}, which this program does not know")
        values[name] = _checked(name, value, getattr(Request, name))
    return Request(**values)


def _checked(name: str, value: Any, default: Any) -> Any:
    if name == "outputs":
        return tuple(_outputs(each) for each in _list(name, value))
    if isinstance(default, tuple):
        return _texts(name, value)
    if type(value) is not type(default) or (isinstance(value, int) and value < 0):
        _refuse(name, value, f"a value such as {default!r}")
    return value


def _outputs(value: Any) -> Outputs:
    if not isinstance(value, dict) or set(value) != {"below", "holds", "folders"}:
        _refuse("outputs", value, "an object with below, holds and folders")
    given: dict[str, Any] = value
    holds = tuple(_texts("holds", each) for each in _list("holds", given["holds"]))
    return Outputs(str(given["below"]), holds, _texts("folders", given["folders"]))


def _texts(name: str, value: Any) -> tuple[str, ...]:
    texts = _list(name, value)
    if not all(isinstance(each, str) for each in texts):
        _refuse(name, value, "a list of texts")
    return tuple(texts)


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        _refuse(name, value, "a list")
    found: list[Any] = value
    return found


def _refuse(name: str, value: Any, expected: str) -> NoReturn:
    raise RequestError(f"{name} of the request: found {value!r:.80}, expected {expected}")
