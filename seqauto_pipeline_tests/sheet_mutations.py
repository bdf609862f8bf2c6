"""Broken sample sheets: what happens to files, done to real ones by chance."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

SHEETS = Path(__file__).parent / "data" / "sheets"
_TOKENS = (
    b"[Data]\n",
    b"[BCLConvert_Data]\r\n",
    b"[Header",
    b'"',
    b'""',
    b'\\"',
    b",",
    b";;;;",
    b"\t",
    b"\r",
    b"\n\n",
    b"\x00",
    b"\x1b[2J",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"\x85",
    b"#",
    b"Sample_ID",
    b"Lane,Sample_ID,index\n",
    b"FileFormatVersion,2\n",
    b"BarcodeMismatchesIndex1,99999999999\n",
    b"../../etc/passwd",
    b"1+2+3",
    b"\xd9\xa3",  # a digit that is none of ours
    b"\xc2\xb2",  # a digit that int() refuses
    b"A" * 5000,
)
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "utf-7")


def seeds() -> tuple[bytes, ...]:
    """The public files, and what is no sheet at all."""
    files = sorted(path for path in (SHEETS / "files").rglob("*") if path.is_file())
    return (*(path.read_bytes() for path in files), b"", b"\x00" * 64, b"[", b'"')


def mutated(seed: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Break a sheet in one to four ways."""
    data = seed
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_MUTATIONS)(data, others, chance)
    return data


def huge(chance: random.Random) -> bytes:
    """Write a sheet of about ten megabytes: very long lines, or a hundred thousand rows."""
    return chance.choice(_HUGE)(chance)


def _flip(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    return chance.choice((data[start:], data[:end], data[:start] + data[end:]))


def _join(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    place = chance.randint(0, len(data))
    return chance.choice((data + other, data[:place] + other + data[place:]))


def _insert(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 8)):
        place = chance.randint(0, len(data))
        data = data[:place] + chance.choice(_TOKENS) + data[place:]
    return data


def _re_encode(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    text = data.decode(chance.choice(("utf-8", "latin-1")), errors="replace")
    return text.encode(chance.choice(_ENCODINGS), errors="replace")


def _other_line_ends(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return data.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"\x85", b"\x0b", b"")))


def _other_delimiters(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return data.replace(b",", chance.choice((b";", b"\t", b" , ", b",,", b"|", b'","')))


def _shuffle_lines(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _repeat(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return data * chance.randint(2, 4) if len(data) < 100_000 else data


_Mutation = Callable[[bytes, Sequence[bytes], random.Random], bytes]
_MUTATIONS: tuple[_Mutation, ...] = (
    _flip,
    _cut,
    _join,
    _insert,
    _re_encode,
    _other_line_ends,
    _other_delimiters,
    _shuffle_lines,
    _repeat,
)
_TEN_MEGABYTES = 10_000_000
_HEAD = b"[Header]\nFileFormatVersion,2\n[BCLConvert_Data]\nLane,Sample_ID,Index,Index2\n"


def _long_line(chance: random.Random) -> bytes:
    unit = chance.choice(
        (b"A", b",", b'"', b'"a,', b'""', b'\\"', b"[", b"\t", b"\x00", b"a,", b"ACGT-")
    )
    line = unit * (_TEN_MEGABYTES // len(unit))
    return chance.choice((line, _HEAD + b"1,S1," + line + b"\n1,S2,ACGT,ACGT\n", b"[" + line))


def _many_rows(chance: random.Random) -> bytes:
    row = chance.choice(
        (
            "{lane},S{number},{one},{two}",
            "1,S{number},AAAAAAAA,AAAAAAAA",
            "1,S1,ACGTACGT,{two}",
            '1,"S{number},{one},{two}',
            "1,,{one},{two}",
            "{number}+{lane},S/{number},{number}",
            "1,S{number},{near},AAAAAAAA",
            "[S{number}]",
            "1,S{number},{one},{two},too,long",
            ",S{number},NNNN{near},",
        )
    )
    rows = (_row(row, number, chance) for number in range(100_000))
    return _HEAD + "\n".join(rows).encode()


def _row(row: str, number: int, chance: random.Random) -> str:
    return row.format(
        lane=number % 8 + 1,
        number=number,
        one="".join(chance.choices("ACGT", k=10)),
        two="".join(chance.choices("ACGT", k=10)),
        near="AAAAAA" + "".join(chance.choices("AC", k=4)),
    )


def _long_indexes(chance: random.Random) -> bytes:
    length = chance.choice((5000, 50_000, 1_000_000))
    count = _TEN_MEGABYTES // length
    ends = ("".join(chance.choices("ACGT", k=8)) for _ in range(count))
    return (
        _HEAD
        + "\n".join(f"1,S{number},{'A' * length}{end}," for number, end in enumerate(ends)).encode()
    )


def _many_lines(chance: random.Random) -> bytes:
    line = chance.choice(
        (b"\n", b"\r", b"a\n", b'"\n', b'"' + b"x" * 400 + b"\n", b"[a]\n", b"#\n")
    )
    return _HEAD + line * min(_TEN_MEGABYTES // len(line), 5_000_000)


_HUGE: tuple[Callable[[random.Random], bytes], ...] = (
    _long_line,
    _long_line,
    _many_rows,
    _many_rows,
    _long_indexes,
    _many_lines,
)
