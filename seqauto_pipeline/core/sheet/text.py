"""The bytes of a sample sheet as text: encoding, line ends, delimiter, sections and cells."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from seqauto_pipeline.core.display import counted, quoted
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.spreadsheets import turned_by_spreadsheet
from seqauto_pipeline.core.sheet.words import word

MAX_ROWS = 50_000  # and section lines; blank lines and comments do not count
MAX_CELLS = 2000  # of one row; what follows stays in the last cell
_JOINED_LINES = 20  # a quoted cell may go over so many lines ...
_JOINED_LENGTH = 8192  # ... and characters; beyond that its quotation mark was never closed
_SAMPLED = 4096  # bytes that tell UTF-16 without a mark from the rest

# str.strip() alone leaves marks that spreadsheets and web pages write, and takes separators off
_UNUSUAL = "\x85\xa0\xad\u1680\u180e\u3000\ufeff" + "".join(
    map(chr, (*range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x205F, 0x2065)))
)
BLANKS = " \t\r\n\x0b\x0c" + _UNUSUAL
_CURLY = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f", '"'))
_DELIMITERS = (",", ";", "\t")
_SUBSTITUTE = "\x1a"  # ASCII's own for a character that cannot stand: no name with it is safe
_CLEANED = re.compile("[\u201c-\u201f" + _UNUSUAL + "]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SECTION = re.compile(rf'[{BLANKS}"]*\[([^\[\]]*)\]?(.*)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class SheetText:
    """The decoded file."""

    encoding: str  # utf-8, utf-8-sig, utf-16-le, utf-16-be or windows-1252
    delimiter: str
    lines: tuple[str, ...]  # physical lines without their ends
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line, or of several where a quoted cell holds line ends."""

    line: int  # physical, of its start, from 1
    cells: tuple[str, ...]  # blanks stripped


@dataclass(frozen=True, slots=True)
class Section:
    """One section, without blank lines and comments."""

    name: str  # as written between the brackets; empty for what stands before the first one
    line: int
    rows: tuple[Row, ...]


def read_text(data: bytes) -> SheetText:
    """Decode a sheet. Every byte sequence gives a text; what was lost is a problem."""
    encoding = _encoding(data)
    text = data.decode(encoding, errors="replace")
    lines = tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    delimiter = _delimiter(lines)
    problems = [*_encoding_problems(encoding, text, lines), *_control_problems(text, lines)]
    problems += _cleaned_problems(lines, delimiter) if _CLEANED.search(text) else ()
    if "\x00" in text:  # PostgreSQL stores no text that holds one
        lines = tuple(line.replace("\x00", _SUBSTITUTE) for line in lines)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs"}[delimiter]
        problems.append(found("DELIMITER_NOT_COMMA", f"The cells are separated by {name}", 1))
    return SheetText(encoding, delimiter, lines, tuple(problems))


def _encoding(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if data[:1] == b"\xff" else "utf-16-be"
    return _utf16_without_mark(data[:_SAMPLED]) or _eight_bit(data)


def _utf16_without_mark(start: bytes) -> str | None:
    even, odd = start[::2].count(0), start[1::2].count(0)
    pairs = len(start) // 2
    if odd > 0.6 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.6 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None


def _eight_bit(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _encoding_problems(encoding: str, text: str, lines: Sequence[str]) -> Iterator[Problem]:
    if not encoding.startswith("utf-8"):
        yield found("NOT_UTF8", f"The sheet is encoded as {encoding}, expected UTF-8")
    if "\ufffd" in text:
        line = _first_line(lines, re.compile("\ufffd"))
        count = text.count("\ufffd")
        message = f"{count} bytes are no character in {encoding}; the first stands on line {line}"
        yield found("UNDECODABLE_BYTES", message, line)


def _control_problems(text: str, lines: Sequence[str]) -> Iterator[Problem]:
    first = _CONTROL.search(text)
    if first:
        line = _first_line(lines, _CONTROL)
        message = f"Line {line} holds the control character {quoted(first.group())}"
        yield found("CONTROL_CHARACTERS", message, line)


def _cleaned_problems(lines: Sequence[str], delimiter: str) -> Iterator[Problem]:
    """Report characters around the values that are stripped here, and that converters keep."""
    ends = rf'["{delimiter}]'  # possessive and from the start of a run: no text makes it go back
    cell = re.compile(
        rf"(?:^|{ends})[ \t]*+([{_UNUSUAL}]++)"
        rf"|(?<![{_UNUSUAL}])([{_UNUSUAL}]++)[ \t]*+(?={ends}|$)"
        "|([\u201c-\u201f])"
    )
    found_in: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        cleaned = "".join("".join(match) for match in cell.findall(line))
        cleaned = cleaned.removeprefix("\ufeff") if number == 1 else cleaned  # the mark of UTF-16
        if cleaned:
            found_in[number] = cleaned
    if found_in:
        kinds = ", ".join(map(_character, sorted(set("".join(found_in.values())))[:8]))
        first = min(found_in)
        message = f"{counted(len(found_in), 'line')} with characters that are read away around "
        message += f"the values: {kinds}; the first is line {first}"
        yield found("CLEANED_CHARACTERS", message, first)


def _character(character: str) -> str:
    name = unicodedata.name(character, "control character").lower()
    return f"{name} (U+{ord(character):04X})"


def not_ascii(text: SheetText) -> Iterator[Problem]:
    """Find the first line with a character that is not ASCII, and is not read away.

    Source: Illumina Connected Software, "Section Requirements", of v2 sheets.
    """
    for number, line in enumerate(text.lines, 1):
        odd = None if line.isascii() else _NOT_ASCII.search(_CLEANED.sub("", line))
        if odd:
            message = f"Line {number} holds {_character(odd.group())}, expected ASCII characters"
            yield found("NOT_ASCII", message, number)
            return


def _first_line(lines: Sequence[str], pattern: re.Pattern[str]) -> int:
    return next(number for number, line in enumerate(lines, 1) if pattern.search(line))


def _delimiter(lines: Sequence[str]) -> str:
    """Take the delimiter of the samples' header row, else the one that opens most lines."""
    openers: Counter[str] = Counter()
    for line in lines:
        places = {line.find(each): each for each in _DELIMITERS if each in line}
        if not places:
            continue
        if "ample" in line[:MAX_CELLS].lower():
            header = _header_delimiter(line)
            if header:
                return header
        openers[places[min(places)]] += 1
    return max(_DELIMITERS, key=lambda each: openers[each])


def _header_delimiter(line: str) -> str | None:
    for each in _DELIMITERS:
        cells = line.split(each, MAX_CELLS)
        if len(cells) > 1 and any(word(cell) == "sampleid" for cell in cells):
            return each
    return None


def read_sections(text: SheetText) -> tuple[tuple[Section, ...], tuple[Problem, ...]]:
    """Split the lines into sections and their rows; the first section has no name."""
    lines: Sequence[str] = text.lines
    if any(map(_CLEANED.search, lines)):
        lines = [line.translate(_CURLY) for line in lines]
    return _Reader(lines, text.delimiter).sections()


class _Reader:
    """Goes down the lines once. Kept apart because a quoted cell may take several of them."""

    def __init__(self, lines: Sequence[str], delimiter: str) -> None:
        self._lines, self._delimiter = lines, delimiter
        self._cell = _CELLS[delimiter]
        self._nothing = BLANKS + delimiter  # what blank lines consist of
        self._problems: list[Problem] = []
        self._width = 0  # delimiters in the first row of the section

    def sections(self) -> tuple[tuple[Section, ...], tuple[Problem, ...]]:
        sections: list[Section] = []
        name, start = "", 1
        rows: list[Row] = []
        number = count = 0
        while number < len(self._lines) and count <= MAX_ROWS:
            line = self._lines[number]
            if not line.strip(self._nothing):
                number += 1
                continue
            count += 1
            opened = _section(line)
            if opened:
                sections.append(Section(name, start, tuple(rows)))
                name, start, rows, self._width = opened[0], number + 1, [], 0
                rows.extend(self._rest_of_section_line(number, *opened))
                number += 1
                continue
            cells, after = self._record(number)
            if cells:
                self._width = self._width or len(cells) - 1
                rows.append(Row(number + 1, cells))
            number = after
        sections.append(Section(name, start, tuple(rows)))
        if count > MAX_ROWS:
            message = f"The file has more than {MAX_ROWS} rows"
            self._problems.append(found("SHEET_TOO_LARGE", message, number))
        return tuple(sections), tuple(self._problems)

    def _rest_of_section_line(self, number: int, name: str, rest: str) -> Iterator[Row]:
        closed = "]" in self._lines[number]
        cells = _stripped(rest.strip('"').split(self._delimiter, MAX_CELLS))
        values = cells[1:] if cells and not cells[0] else cells
        if closed and not any(cell.strip(",;\t") for cell in values):
            return
        wrong = f"holds {quoted(rest.strip(BLANKS))} after it" if closed else "is not closed by ]"
        message = f"The line of the section {quoted(name)} {wrong}"
        self._problems.append(found("SECTION_LINE", message, number + 1))
        if closed and not cells[0]:
            yield Row(number + 1, values)

    def _record(self, number: int) -> tuple[tuple[str, ...], int]:
        """Read the row that starts on a line: its cells (none: nothing there) and what follows."""
        line = self._lines[number]
        if '"' not in line:
            return _row(line.split(self._delimiter, MAX_CELLS)), number + 1
        cells, is_open = self._split(line)
        if not is_open:
            return _row(cells), number + 1
        joined, after = self._joined(number)
        cells, is_open = self._split(joined) if joined else ([], True)
        if not is_open:
            return _row(cells), after
        message = "A quotation mark is opened on this line and not closed; it was read as text"
        self._problems.append(found("UNBALANCED_QUOTE", message, number + 1))
        plain = [cell.strip(BLANKS).strip('"') for cell in line.split(self._delimiter, MAX_CELLS)]
        return _row(plain), number + 1

    def _joined(self, number: int) -> tuple[str, int]:
        """Join the lines up to the one that closes the quotation mark; empty if none does."""
        parts, length = [self._lines[number]], len(self._lines[number])
        for after in range(number + 1, min(number + _JOINED_LINES, len(self._lines))):
            line = self._lines[after]
            length += len(line)
            if length > _JOINED_LENGTH or _section(line) or self._is_full_row(line):
                break
            parts.append(line)
            if line.count('"') % 2:
                return "\n".join(parts), after + 1
        return "", number + 1

    def _is_full_row(self, line: str) -> bool:
        return self._width > 1 and line.count(self._delimiter) >= self._width

    def _split(self, line: str) -> tuple[list[str], bool]:
        """Split a line with quotation marks; also whether one of them stayed open."""
        cells: list[str] = []
        matches = self._cell.finditer(line)
        end = self._delimiter  # what ends the cell before; nothing ends the last one
        while end and len(cells) <= MAX_CELLS:
            inside, behind, plain, end = next(matches).groups()
            if plain is not None and plain.lstrip(BLANKS).startswith('"'):
                return cells, True
            cells.append(plain if plain is not None else _unquoted(inside, behind))
        return cells, False


def _unquoted(inside: str, behind: str) -> str:
    return inside.replace('""', '"').replace('\\"', '"') + behind


def _section(line: str) -> tuple[str, str] | None:
    """Name and rest of a section line. A bracket that is not closed ends at the delimiter."""
    if "[" not in line[:16]:
        return None
    match = _SECTION.match(line)
    if match is None:
        return None
    name, rest = match.group(1, 2)
    if line[match.end(1) : match.end(1) + 1] != "]":
        name, rest = re.split(r'[,;\t"]', name, maxsplit=1)[0], ""
        if word(name) not in _KNOWN_SECTIONS:
            return None
    return name.strip(BLANKS), rest


_KNOWN_SECTIONS = frozenset(
    {"header", "reads", "settings", "data", "bclconvertsettings", "bclconvertdata"}
)


def _row(cells: Sequence[str]) -> tuple[str, ...]:
    """Strip the cells; nothing for a blank line or a comment."""
    stripped = _stripped(cells)
    if not any(stripped) or (stripped[0].startswith("#") and _is_comment(stripped)):
        return ()
    return stripped


def _is_comment(cells: Sequence[str]) -> bool:
    """Tell a comment from a row whose first value a spreadsheet made ##### or #N/A of."""
    return not (turned_by_spreadsheet(cells[0]) and any(cells[1:]))


def _stripped(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple([cell.strip(BLANKS) for cell in cells])


def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    """One cell and its delimiter. Possessive, so that no text can make it go back.

    In quotation marks: two of them are one, and so is one behind a backslash unless a delimiter
    or the end follows, where the backslash is the cell's last character.
    """
    inside = rf'(?:[^"\\]++|""|\\"(?![ ]*(?:{delimiter}|\Z))|\\)*+'
    to_end = f"[^{delimiter}]*+"
    return re.compile(rf'(?:[ \xa0\ufeff]*+"({inside})"({to_end})|({to_end}))({delimiter}|\Z)')


_CELLS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {each: _cell_pattern(each) for each in _DELIMITERS}
)
