"""The assets of the catalog: what each is, in the order in which a scan makes them."""

from collections.abc import Iterator

import dagster as dg

from seqauto_pipeline.views.web_ui import RUN_ASSET

RUNS, WAITING, OVERVIEW = RUN_ASSET, "waiting_runs", "overview"
FILE_LIST, SHEETS = "file_list", "sample_sheets"
OF_FILES = ("fastq", "bam", "vcf", "joint_vcf")
QC = "qc"
STATUS = "server_status"

RUN_KEYS, WAITING_KEYS = "sequencing_run", "waiting_run"  # sets of partitions

_SCAN, _LAB, _QC, SERVER_GROUP = "scan", "sequencing_runs", "qc", "server"
OWNERS = ["team:bioinformatics"]
_NOT_COMPLETE = (
    "“Materialized” means that the scan told of it. It does not mean that its files are complete: "
    "the verdict and the checks say that."
)


def catalog_specs(kits: tuple[str, ...]) -> list[dg.AssetSpec]:
    """List all assets but the server's state; ``kits`` get an asset of QC figures each."""
    return [*_of_scan(), *_of_runs(), _overview(), *_of_files(), *map(kit_spec, kits)]


def kit_asset(kit: str) -> str:
    """Name the asset with the QC figures of a kit."""
    return "qc_" + "".join(each if each.isalnum() and each.isascii() else "_" for each in kit)


def kit_spec(kit: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        kit_asset(kit),
        deps=[QC],
        group_name=_QC,
        owners=OWNERS,
        kinds={"table"},
        description=f"QC of the kit {kit}: each point of the plots is a sequencing run, at the day "
        "on which it was sequenced, whichever scan found it.",
    )


def _of_scan() -> Iterator[dg.AssetSpec]:
    yield dg.AssetSpec(
        FILE_LIST,
        group_name=_SCAN,
        owners=OWNERS,
        kinds={"filesystem"},
        description="What the last scan saw on the sequencing disks: run folders, files, bytes.",
    )
    yield dg.AssetSpec(
        SHEETS,
        deps=[FILE_LIST],
        group_name=_SCAN,
        owners=OWNERS,
        kinds={"csv"},
        description="What the sample sheets of new and changed runs say.",
    )


def _of_runs() -> Iterator[dg.AssetSpec]:
    yield dg.AssetSpec(
        RUNS,
        deps=[SHEETS],
        group_name=_LAB,
        owners=OWNERS,
        kinds={"filesystem", "table"},
        partitions_def=dg.DynamicPartitionsDefinition(name=RUN_KEYS),
        description="Every sequencing run, with its place. Open Partitions, type a part of its "
        f"name, and read how it stands, what it lacks and what to do. {_NOT_COMPLETE}",
    )
    yield dg.AssetSpec(
        WAITING,
        deps=[RUNS],
        group_name=_LAB,
        owners=OWNERS,
        kinds={"table"},
        partitions_def=dg.DynamicPartitionsDefinition(name=WAITING_KEYS),
        description="The sequencing runs that are not ready, with what each waits for and since "
        "when. A run leaves this list when a scan finds it ready.",
    )


def _overview() -> dg.AssetSpec:
    return dg.AssetSpec(
        OVERVIEW,
        deps=[RUNS],
        group_name=_LAB,
        owners=OWNERS,
        kinds={"table"},
        description="The newest sequencing runs by file types, as a picture, after each scan that "
        "changed something.",
    )


def _of_files() -> Iterator[dg.AssetSpec]:
    for kind in (*OF_FILES, QC):
        words = "QC files" if kind == QC else f"{kind} files"
        yield dg.AssetSpec(
            kind,
            deps=[RUNS],
            group_name=_QC if kind == QC else _LAB,
            owners=OWNERS,
            kinds={"table"},
            description=f"The {words} of all sequencing runs, counted after each scan that "
            f"changed something: how many are expected, there, missing. {_NOT_COMPLETE}",
        )
