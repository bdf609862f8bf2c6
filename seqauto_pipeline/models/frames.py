"""Tables as DataFrames: one type for each column name, whichever table it is in."""

import pandas as pd

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.db.queries.tables import Table

MOMENT = "datetime64[ns, UTC]"
DAY = "datetime64[ns]"  # local to the instrument: it has no zone

_SINCE_THE_EPOCH = "modified_at"  # in nanoseconds, in the database
_CATEGORIES = (
    *("code", "data_state", "enrichment_kit", "file_type", "layout", "r1_data_state"),
    *("r2_data_state", "reason", "root", "sequencer_model", "severity"),
)
_INTEGERS = (
    *("closed_scan_id", "file_id", "lane", "line", "message_id", "opened_scan_id", "read"),
    *("run_number", "sample_number", "scan_id", "sequencing_run_id", "size"),
)
_BOOLEANS = (
    *("automatically_process", "bad", "failed", "gold_standard", "has_basecalls", "has_interop"),
    *(
        "hidden",
        "is_archived",
        "is_control",
        "is_everything",
        "is_full",
        "is_open",
        "legacy",
        "retired",
    ),
)
_MOMENTS = (
    *("acknowledged_at", "acknowledged_until", "applied_at", "as_of", "closed_at"),
    *("first_seen_at", "last_seen_at", "modified_at", "opened_at", "started_at", "state_since"),
)
_TYPES = {
    **dict.fromkeys(_CATEGORIES, "category"),
    **dict.fromkeys(_INTEGERS, "Int64"),
    **dict.fromkeys(_BOOLEANS, "boolean"),
    **dict.fromkeys(_MOMENTS, MOMENT),
    "run_date": DAY,
    "value_number": "Float64",
    "extra": "object",  # a dictionary
}


def data_frame(table: Table) -> pd.DataFrame:
    """Make a DataFrame with typed columns, also of a table without rows."""
    names = list(table.columns)
    frame = pd.DataFrame([tuple(row) for row in table.rows], columns=names, dtype=object)
    if _SINCE_THE_EPOCH in names:
        nanoseconds = frame[_SINCE_THE_EPOCH].astype("Int64")
        frame[_SINCE_THE_EPOCH] = pd.to_datetime(nanoseconds, unit="ns", utc=True)
    return frame.astype({name: _TYPES.get(name, "string") for name in names})


def with_archived(files: pd.DataFrame, archive: Archive) -> pd.DataFrame:
    """Add a column that says which deleted files a laboratory's own rules call archived."""
    of_run = files[["file_type", "enrichment_kit", "run_date"]].astype(object)
    gone = of_run[(files["data_state"] == DataState.DELETED).to_numpy(dtype=bool)]
    covered = {
        index: archive.covers(
            kind, None if pd.isna(kit) else kit, None if pd.isna(date) else date.date()
        )
        for index, kind, kit, date in gone.itertuples()
    }
    marks = [covered.get(index, False) for index in files.index]
    return files.assign(is_archived=pd.array(marks, dtype="boolean"))
