"""Rows of files for views and tables that look at little of them."""

from seqauto_pipeline.db.queries.files import FileRow


def file_row(state: str, read: int | None = None) -> FileRow:
    return FileRow(
        id=1,
        sequencing_run_id=1,
        file_type="fastq",
        slot="s",
        sample_name="s",
        lane=None,
        read=read,
        path="p",
        data_state=state,
        reason=None,
        size=None,
        modified_ns=None,
        seen_path=None,
        first_seen_scan_id=None,
        last_seen_scan_id=None,
        retired=False,
    )
