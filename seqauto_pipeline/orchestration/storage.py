"""Where dagster.yaml finds the storage classes.

Each home has a dagster.yaml of its own, which an upgrade does not touch: what it names stays here,
wherever the classes are written.
"""

from seqauto_pipeline.garbage import importing

with importing():  # it brings SQLAlchemy, in every process of Dagster's
    from seqauto_pipeline.orchestration.runtime.storage import HomeArtifactStorage, HomeStorage

__all__ = ["HomeArtifactStorage", "HomeStorage"]
