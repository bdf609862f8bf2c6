"""All kinds of faults, and the table that a campaign prints."""

import os
import shutil
import statistics
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby

from seqauto_pipeline_tests.faults import shims
from seqauto_pipeline_tests.faults.bench import Bench
from seqauto_pipeline_tests.faults.disk_kinds import DISK_FAULTS
from seqauto_pipeline_tests.faults.home_kinds import HOME_FAULTS
from seqauto_pipeline_tests.faults.network_kinds import NETWORK_FAULTS
from seqauto_pipeline_tests.faults.postgres_kinds import POSTGRES_FAULTS
from seqauto_pipeline_tests.faults.process_kinds import PROCESS_FAULTS
from seqauto_pipeline_tests.faults.service_kinds import SERVICE_FAULTS
from seqauto_pipeline_tests.faults.trial import Campaign, Fault, Injection
from seqauto_pipeline_tests.faults.version_kinds import CHECKOUT, VERSION_FAULTS

FAULTS = (
    *(*PROCESS_FAULTS, *HOME_FAULTS, *DISK_FAULTS, *POSTGRES_FAULTS),
    *(*VERSION_FAULTS, *NETWORK_FAULTS, *SERVICE_FAULTS),
)

_OF_THEIR_OWN = ("process", "second process", "services", "home", "clock", "PostgreSQL", "network")
_GROUPS = {name: name for name in _OF_THEIR_OWN} | {"migration": "upgrade", "versions": "upgrade"}


def possible(bench: Bench, kinds: Sequence[str] = ()) -> tuple[Fault, ...]:
    """Choose the faults that this bench and machine can have, by the beginnings of their names."""
    has = {
        "": True,
        "sqlite": bench.server is None,
        "postgres": bench.server is not None,
        "mount": bench.is_mounted and os.geteuid() == 0,
        "shims": shims.are_loaded(),
        "git": (CHECKOUT / ".git").exists() and shutil.which("git") is not None,
        "network": bench.server is not None and bench.server.address is not None,
        "dev": True,
    }
    return tuple(
        each
        for each in FAULTS
        if has[each.needs] and (not kinds or any(map(each.name.startswith, kinds)))
    )


def in_rounds(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Give the faults again and again for ever, those that last long in some rounds only.

    In which rounds differs from fault to fault, so that the first has some of them.
    """
    for number in count():
        for place, fault in enumerate(faults):
            if (number + place) % fault.every == 0:
                yield fault


def newest(injections: Iterable[Injection]) -> list[Injection]:
    """Leave of those that were put in again what became of them the last time."""
    return list({each.trial: each for each in injections}.values())


def put_in_again(
    campaign: Campaign, injections: Iterable[Injection], times: int
) -> Iterator[Injection]:
    """Put those that were not right in again, as often as said; give the worst of each.

    The moment of a fault differs from one time to the next: right once is not right.
    """
    named = {each.name: each for each in FAULTS}
    for old in injections:
        if not old.is_good:
            found = [campaign.inject(old.number, named[old.kind], old.seed) for _ in range(times)]
            yield max(found, key=lambda each: (not each.is_good, each.seconds))


def table(injections: Iterable[Injection]) -> Iterator[str]:
    """Write a line for each kind, one for each group of docs/reliability.md, and one for all."""
    ordered = sorted(injections, key=lambda each: (each.kind, each.database))
    yield f"{'fault':<58} times  lost wrong median s  worst s  next scan"
    for (kind, database), group in groupby(ordered, lambda each: (each.kind, each.database)):
        yield _line(f"{kind} ({database})", tuple(group))
    for group, of_group in groupby(sorted(ordered, key=_group), _group):
        yield _line_of_kinds(group, tuple(of_group))
    if ordered:
        yield _line_of_kinds("all", ordered)


def _group(injection: Injection) -> str:
    thing = injection.kind.partition(":")[0]
    return _GROUPS.get(thing, "disks")


def _line_of_kinds(name: str, of: Sequence[Injection]) -> str:
    return _line(f"{name}, {len({each.kind for each in of})} kinds", of)


def _line(name: str, of: Sequence[Injection]) -> str:
    seconds = [each.seconds for each in of]
    failed = sum(each.next_code != 0 for each in of)
    return (
        f"{name:<58} {len(of):>5} {sum(each.lost for each in of):>5} "
        f"{sum(each.wrong for each in of):>5} {statistics.median(seconds):>8.1f} "
        f"{max(seconds):>8.1f}  {f'{failed} FAILED' if failed else 'finished'}"
    )
