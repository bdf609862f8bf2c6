"""What of the files on record a laboratory's own rule counts as archived."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import FileCount, FileRow


def with_archived(
    archive: Archive, files: Iterable[FileRow], runs: Mapping[int, SequencingRun]
) -> tuple[FileRow, ...]:
    """Mark the files that are archived; ``runs`` by id are theirs."""
    if not archive.rules:
        return tuple(files)
    return tuple(
        file._replace(is_archived=True)
        if _shown(archive, file.data_state, file.file_type, runs[file.sequencing_run_id])
        != file.data_state
        else file
        for file in files
    )


def counted_as_archived(
    archive: Archive, counts: Iterable[FileCount], runs: Mapping[int, SequencingRun]
) -> tuple[FileCount, ...]:
    """Count files that are archived under that state."""
    return tuple(
        replace(
            count,
            data_state=_shown(
                archive, count.data_state, count.file_type, runs[count.sequencing_run_id]
            ),
        )
        for count in counts
    )


def _shown(archive: Archive, data_state: str, file_type: str, run: SequencingRun) -> str:
    return archive.state_of(data_state, file_type, run.enrichment_kit, run.date)
