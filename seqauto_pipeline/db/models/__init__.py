"""The file models. Columns and relationships only: queries are in `queries` and `store`."""

from seqauto_pipeline.db.models.annotations import Annotation
from seqauto_pipeline.db.models.files import (
    ExpectedFile,
    FileEvent,
    LoadedContent,
    UnalignedReads,
    UnexpectedFile,
)
from seqauto_pipeline.db.models.jobs import Job, JobEvent, JobPause
from seqauto_pipeline.db.models.messages import Message
from seqauto_pipeline.db.models.outbox import OutboxReceiver, OutboxRun, OutboxThing
from seqauto_pipeline.db.models.scans import Scan, ScanFence
from seqauto_pipeline.db.models.sequencing import RunEvent, SequencingRun
from seqauto_pipeline.db.models.sheets import SampleSheet, SequencingSample

__all__ = [
    "Annotation",
    "ExpectedFile",
    "FileEvent",
    "Job",
    "JobEvent",
    "JobPause",
    "LoadedContent",
    "Message",
    "OutboxReceiver",
    "OutboxRun",
    "OutboxThing",
    "RunEvent",
    "SampleSheet",
    "Scan",
    "ScanFence",
    "SequencingRun",
    "SequencingSample",
    "UnalignedReads",
    "UnexpectedFile",
]
