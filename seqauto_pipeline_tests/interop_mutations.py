"""Broken InterOp folders: what happens to files, done to real ones by chance."""

import random
import shutil
from pathlib import Path

INTEROP_RUNS = Path(__file__).parent / "data" / "interop"
REAL_RUNS = ("miseq_2014_single_read", "hiseq2500_frankendataset")
_HUGE = (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\x00\x00\xc0\x7f")


def broken_run(directory: Path, chance: random.Random) -> Path:
    """Copy a real run folder and damage one to three of its files."""
    run = directory / "run"
    shutil.copytree(INTEROP_RUNS / chance.choice(REAL_RUNS), run)
    files = sorted(path for path in run.rglob("*") if path.suffix in (".bin", ".xml"))
    for path in chance.sample(files, chance.randint(1, 3)):
        path.write_bytes(_damaged(path.read_bytes(), chance))
    return run


def _damaged(data: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(7)
    if kind == 0 or not data:
        return chance.randbytes(chance.randrange(4096))
    if kind == 1:
        return data[: chance.randrange(len(data))]
    if kind == 2:
        return data + chance.randbytes(chance.randrange(1, 400))
    if kind == 3:  # another version or record length
        return bytes([chance.randrange(256)]) + bytes([chance.randrange(256)]) + data[2:]
    changed = bytearray(data)
    for _ in range(chance.randint(1, 200)):
        place = chance.randrange(len(changed))
        if kind == 4:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 5:
            changed[place : place + 4] = chance.choice(_HUGE)
        else:
            changed[place] = chance.randrange(256)
    return bytes(changed)
