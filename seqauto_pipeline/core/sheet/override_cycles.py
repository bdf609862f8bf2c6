"""OverrideCycles: what BCL Convert makes of each cycle of each read, in both of its syntaxes.

By position, in the order of RunInfo's reads: ``Y151;I8N2;I8N2;Y151``. By name, in any order, from
BCL Convert 4.3 on: ``R1:Y151;I1:I8N2;I2:I8N2;R2:Y151``.

Source: Illumina, "BCL Convert", pages "Sample Sheet" of v3.10 to v4.4.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.display import quoted

SEQUENCE, INDEX, UMI, UNUSED = "Y", "I", "U", "N"  # the letters that a span can have
_SPAN = re.compile(r"([YIUN])([0-9]{1,5}|\*)", re.IGNORECASE | re.ASCII)
_READ = re.compile(
    rf"(?:(?P<name>[RI][1-9])\s*:\s*)?(?P<spans>(?:{_SPAN.pattern})+)",
    re.IGNORECASE | re.ASCII,
)
_OTHER_DELIMITERS = re.compile(r"[,\-]")  # 10x Genomics writes commas
_MAX_LENGTH = 500  # characters; the longest of four reads that make sense has some fifty


@dataclass(frozen=True, slots=True)
class CycleSpan:
    """Cycles of a read that follow each other and are used alike."""

    letter: str  # SEQUENCE, INDEX, UMI or UNUSED
    cycles: int | None  # None: the rest of the read, written *

    def __str__(self) -> str:
        return f"{self.letter}{'*' if self.cycles is None else self.cycles}"


@dataclass(frozen=True, slots=True)
class ReadCycles:
    """How the cycles of one read are used."""

    name: str | None  # R1, I1, ...; None where the position says it
    spans: tuple[CycleSpan, ...]

    def has(self, letter: str) -> bool:
        """Tell whether any cycle of the read is used so."""
        return any(span.letter == letter and span.cycles != 0 for span in self.spans)

    @property
    def cycles(self) -> int | None:
        """Add the cycles up; None where a span takes the rest of the read."""
        total = 0
        for span in self.spans:
            if span.cycles is None:
                return None
            total += span.cycles
        return total

    def __str__(self) -> str:
        return (f"{self.name}:" if self.name else "") + "".join(map(str, self.spans))


@dataclass(frozen=True, slots=True)
class OverrideCycles:
    """How the cycles of all reads are used. Either all reads have a name or none has."""

    reads: tuple[ReadCycles, ...]  # as written
    delimiter: str = ";"  # BCL Convert knows no other

    @property
    def by_name(self) -> bool:
        return self.reads[0].name is not None

    def by_read(self, is_index: Sequence[bool]) -> tuple[ReadCycles | None, ...]:
        """Give each read of a run its part; None for a read that no part speaks of.

        ``is_index`` has an entry for each read, in the order of RunInfo.xml. Reads that are no
        index read are R1, R2, ..., index reads I1, I2, ... of the names.
        """
        if not self.by_name:
            return (*self.reads, *(None,) * len(is_index))[: len(is_index)]
        named = {read.name: read for read in self.reads}
        return tuple(named.get(name) for name in read_names(is_index))

    def __str__(self) -> str:
        return self.delimiter.join(map(str, self.reads))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a text is no OverrideCycles; completes "it"."""

    reason: str


def read_names(is_index: Sequence[bool]) -> tuple[str, ...]:
    """Name the reads of a run as OverrideCycles does: R1, I1, I2, R2."""
    counts = {True: 0, False: 0}
    names = []
    for each in is_index:
        counts[each] += 1
        names.append(f"{'I' if each else 'R'}{counts[each]}")
    return tuple(names)


def parse_override_cycles(text: str) -> OverrideCycles | Unreadable:
    """Read either syntax. Case and blanks between the parts do not count.

    Commas and dashes in place of the semicolons are read, and told by ``delimiter``.
    """
    if len(text) > _MAX_LENGTH:
        return Unreadable(f"has {len(text)} characters, expected at most {_MAX_LENGTH}")
    delimiter = _delimiter(text)
    reads: list[ReadCycles] = []
    for place, part in enumerate(text.split(delimiter), 1):
        read = _read(part.strip())
        if read is None:
            what = f"is {quoted(part.strip())}" if part.strip() else "is empty"
            return Unreadable(
                f"has a part {place} that {what}, expected letters Y, I, U, N, each with a number"
            )
        reads.append(read)
    names = [read.name for read in reads]
    if None in names and set(names) != {None}:
        return Unreadable("names some of its reads and others not")
    repeated = next((name for name in names if name and names.count(name) > 1), None)
    if repeated:
        return Unreadable(f"names the read {repeated} twice")
    return OverrideCycles(tuple(reads), delimiter)


def _delimiter(text: str) -> str:
    if ";" in text:
        return ";"
    other = _OTHER_DELIMITERS.search(text)
    return other.group() if other else ";"


def _read(part: str) -> ReadCycles | None:
    match = _READ.fullmatch(part)
    if match is None:
        return None
    spans = tuple(
        CycleSpan(letter.upper(), None if cycles == "*" else int(cycles))
        for letter, cycles in _SPAN.findall(match["spans"])
    )
    return ReadCycles(match["name"].upper() if match["name"] else None, spans)
