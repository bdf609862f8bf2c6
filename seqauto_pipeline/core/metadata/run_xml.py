"""The bytes of an instrument's XML file, read safely into values that may be absent."""

import datetime as dt
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import XML, Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from seqauto_pipeline.core.display import quoted, shown
from seqauto_pipeline.core.metadata.run_date import parse_run_date
from seqauto_pipeline.core.problems import Problem, Severity

MAX_BYTES = 2 * 1024 * 1024  # the largest real one, a NovaSeq X with all its tiles, has 0.2 MB
MAX_ELEMENTS = 200_000
MAX_TEXT = 500

_WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UNMARKED_UTF_16 = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_WINDOWS = "cp1252"  # what Windows programs mean by Latin-1, too
_SINGLE_BYTE = ("iso-8859-1", "latin1", "latin-1", "windows-1252", _WINDOWS)


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file should be: its name for people, the code prefix of its problems, its root tag."""

    name: str
    code: str
    root: str
    other_roots: tuple[str, ...] = ()

    def has_root(self, tag: str) -> bool:
        return tag.casefold() in {root.casefold() for root in (self.root, *self.other_roots)}

    def problem(
        self, code: str, severity: Severity, message: str, fix: str, line: int | None = None
    ) -> Problem:
        """Make a problem of this kind of file; the caller knows the path."""
        return Problem(f"{self.code}_{code}", severity, message, fix, line=line)


RUN_INFO = FileKind("RunInfo.xml", "RUN_INFO", "RunInfo")
METADATA = FileKind("the file", "METADATA", "RunInfo")  # when not even its name tells
RUN_PARAMETERS = FileKind("RunParameters.xml", "RUN_PARAMETERS", "RunParameters")


def read_xml(data: bytes, kind: FileKind) -> tuple[Element | None, tuple[Problem, ...]]:
    """Parse to the root element, or give the one error that says why not."""
    if unfit := _unfit(data, kind):
        return None, (unfit,)
    text, problems = _decode(data, kind)
    if text is None:
        return None, problems
    root = _parse(text, kind)
    if isinstance(root, Problem):
        return None, (root,)
    if not kind.has_root(local_name(root)):
        return None, (_wrong_root(root, kind),)
    return root, problems


def local_name(element: Element) -> str:
    """Give the tag without its namespace."""
    return element.tag.rpartition("}")[2]


@lru_cache(maxsize=4096)  # an instrument's files use some hundred tags
def _folded(tag: str) -> str:
    return tag.rpartition("}")[2].casefold()


def children(element: Element, *path: str) -> Sequence[Element]:
    """Walk down a path of tags, whose case and namespace do not matter, in document order."""
    found = [element]
    for tag in path:
        name = tag.casefold()
        found = [child for each in found for child in each if _folded(child.tag) == name]
    return found


def attribute(element: Element, name: str) -> str | None:
    """Give an attribute whose case does not matter, stripped; None when absent or blank."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].casefold() == name.casefold():
            return value.strip() or None
    return None


def text_at(root: Element, *paths: str) -> str | None:
    """Give the first text that is not blank among ``/``-separated paths, in their order."""
    for path in paths:
        for element in children(root, *path.split("/")):
            if text := (element.text or "").strip():
                return text
    return None


def texts_below(root: Element, into: Container[str]) -> Mapping[str, str]:
    """Give the first text that is not blank of each tag below the root, and ``into`` these tags.

    By ``/``-separated path, folded, as ``into`` is; for many paths faster than `text_at`.
    """
    texts: dict[str, str] = {}
    for child in root:
        name = _folded(child.tag)
        if text := (child.text or "").strip():
            texts.setdefault(name, text)
        for below in child if name in into else ():
            if text := (below.text or "").strip():
                texts.setdefault(f"{name}/{_folded(below.tag)}", text)
    return texts


@dataclass(slots=True)
class Reader:
    """Turns texts into values and collects what could not be turned."""

    kind: FileKind
    problems: list[Problem]

    def text(self, value: str | None, what: str) -> str | None:
        """Keep a text of sensible length."""
        if value is None or len(value) <= MAX_TEXT:
            return value
        self.warn("TEXT_TOO_LONG", f"{what} has {len(value)} characters, at most {MAX_TEXT} fit")
        return None

    def number(self, value: str | None, what: str) -> int | None:
        """Read a whole number of at most nine digits."""
        if value is None:
            return None
        if _WHOLE_NUMBER.fullmatch(value):
            return int(value)
        self.warn("BAD_NUMBER", f"{what} is {quoted(value)}, a whole number was expected")
        return None

    def date(self, value: str | None, what: str) -> dt.date | None:
        """Read a date in any of the instruments' shapes."""
        if value is None:
            return None
        date = parse_run_date(value)
        if date is None:
            expected = "such as 200920, 20200920, 6/27/2018 4:59:20 PM or 2020-06-24T18:29:14Z"
            self.warn("BAD_DATE", f"{what} is {quoted(value)}, a date {expected} was expected")
        return date

    def warn(self, code: str, message: str) -> None:
        """Note that something could not be taken."""
        fix = (
            f"Compare {self.kind.name} with the instrument's own copy; the value counts as absent."
        )
        self.problems.append(self.kind.problem(code, Severity.WARNING, message, fix))


def _unfit(data: bytes, kind: FileKind) -> Problem | None:
    copy_again = f"Copy {kind.name} from the instrument again."
    if not data.strip(b"\x00 \t\r\n"):
        return kind.problem(
            "EMPTY", Severity.ERROR, f"{kind.name} has no content ({len(data)} bytes)", copy_again
        )
    if len(data) > MAX_BYTES:
        message = f"{kind.name} has {len(data)} bytes, at most {MAX_BYTES} are read"
        return kind.problem("TOO_LARGE", Severity.ERROR, message, copy_again)
    return None


def _decode(data: bytes, kind: FileKind) -> tuple[str | None, tuple[Problem, ...]]:
    encoding, body = _encoding(data)
    try:
        return _tidy(body.decode(encoding, "replace" if encoding == _WINDOWS else "strict")), ()
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            message = (
                f"{kind.name} is not {encoding}, as it begins: byte {error.start} does not fit"
            )
            fix = f"Copy {kind.name} from the instrument again: this copy is damaged."
            return None, (kind.problem("NOT_XML", Severity.ERROR, message, fix),)
    fix = f"Save {kind.name} as UTF-8, or copy it from the instrument again."
    message = f"{kind.name} is not UTF-8, and was read as Windows-1252"
    warning = kind.problem("NOT_UTF8", Severity.WARNING, message, fix)
    return _tidy(body.decode(_WINDOWS, "replace")), (warning,)


def _encoding(data: bytes) -> tuple[str, bytes]:
    """Tell the encoding, by mark before declaration, and the bytes after the mark."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    for start, encoding in _UNMARKED_UTF_16:
        if data.startswith(start):
            return encoding, data
    declared = _DECLARED.match(data)
    if declared and declared[1].decode("ascii").casefold() in _SINGLE_BYTE:
        return _WINDOWS, data
    return "utf-8", data


def _tidy(text: str) -> str:
    """Drop what stands before the declaration or after the last tag and is no content."""
    return text.strip("\ufeff\x00 \t\r\n")


def _parse(text: str, kind: FileKind) -> Element | Problem:
    if text.count("<") > 2 * MAX_ELEMENTS:
        message = f"{kind.name} has more than {MAX_ELEMENTS} elements"
        fix = f"Copy {kind.name} from the instrument again."
        return kind.problem("TOO_LARGE", Severity.ERROR, message, fix)
    try:
        return _parsed(text)
    except DefusedXmlException:
        message = f"{kind.name} declares a document type or entities, which no instrument writes"
        fix = f"Do not open it elsewhere: copy {kind.name} from the instrument again."
        return kind.problem("UNSAFE", Severity.ERROR, message, fix)
    except ParseError as error:
        return _not_xml(error, kind)


def _parsed(text: str) -> Element:
    """Parse a text, not bytes: the parser then ignores the encoding that the file declares.

    Only a document type can declare entities, which is what defusedxml looks for, in Python: a
    text that has none goes to the faster parser in C.
    """
    if "<!DOCTYPE" not in text:
        return XML(text)
    root: Element = fromstring(text, forbid_dtd=True)
    return root


def _not_xml(error: ParseError, kind: FileKind) -> Problem:
    line, column = error.position
    reason = str(error).partition(": line")[0]
    message = f"{kind.name} is not XML: {reason} in line {line}, column {column + 1}"
    fix = f"Copy {kind.name} from the instrument again: this copy is cut short or damaged."
    return kind.problem("NOT_XML", Severity.ERROR, message, fix, line)


def _wrong_root(root: Element, kind: FileKind) -> Problem:
    message = (
        f"the file begins with <{shown(local_name(root), limit=60)}>, <{kind.root}> was expected"
    )
    fix = f"Put the instrument's own {kind.name} in its place."
    return kind.problem("WRONG_ROOT", Severity.ERROR, message, fix)
