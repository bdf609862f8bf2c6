"""Where the web UI shows what: paths below its address, for all who link to it."""

from urllib.parse import quote

from seqauto_pipeline.views.readiness import place_words

RUN_ASSET = "sequencing_runs"  # a partition of it is a sequencing run


def asset_path(asset: str, partition: str | None = None) -> str:
    """Where the page of an asset, or of one of its partitions, is."""
    if partition is None:
        return f"/assets/{asset}"
    return f"/assets/{asset}?view=partitions&partition={quote(partition, safe='')}"


def scan_path(scan: str) -> str:
    """Where the page of a scan is. ``scan`` is Dagster's id of it."""
    return f"/runs/{scan}"


def partition_of(root: str, path: str) -> str:
    """Name a run's partition by its root and path, since names repeat."""
    return place_words(root, path).replace("...", r"\x2e" * 3)  # Dagster takes no three dots


def run_path(root: str, path: str) -> str:
    """Where the page of a sequencing run is."""
    return asset_path(RUN_ASSET, partition_of(root, path))
