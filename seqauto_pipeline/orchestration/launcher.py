"""Where dagster.yaml finds the run launcher; see `seqauto_pipeline.orchestration.storage`."""

from seqauto_pipeline.orchestration.runtime.launcher import SeqAutoRunLauncher

__all__ = ["SeqAutoRunLauncher"]
