"""Cut the runs of a scan into shards, by root and kit."""

from collections.abc import Iterable
from itertools import groupby

Place = tuple[str, str]  # root, and path below it


def cut(places: Iterable[Place], most: int) -> tuple[tuple[Place, ...], ...]:
    """Give shards of ``most`` runs or fewer, none of them of two roots.

    A kit that fits into a shard is not cut; small kits of a root that follow each other share one.
    """
    shards: list[tuple[Place, ...]] = []
    for _, of_root in groupby(sorted(places), key=lambda place: place[0]):
        open_shard: tuple[Place, ...] = ()
        for _, of_kit in groupby(of_root, key=_kit):
            runs = tuple(of_kit)
            if len(open_shard) + len(runs) > most and open_shard:
                shards.append(open_shard)
                open_shard = ()
            while len(open_shard) + len(runs) > most:
                shards.append(runs[:most])
                runs = runs[most:]
            open_shard += runs
        if open_shard:
            shards.append(open_shard)
    return tuple(shards)


def _kit(place: Place) -> str:
    return place[1].rpartition("/")[0]
