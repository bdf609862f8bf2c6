"""The file models for programs, as pandas DataFrames. Described in docs/models.md.

Without Dagster, and read-only: nothing here changes the models or makes a file.
"""

from seqauto_pipeline.models.opened import Models, open_models
from seqauto_pipeline.views.finding import NotFoundError

__all__ = ["Models", "NotFoundError", "open_models"]
