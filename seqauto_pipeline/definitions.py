"""What Dagster loads: nothing is read before it asks for it."""

import dagster as dg

from seqauto_pipeline.garbage import importing

with importing():  # hundreds of modules, and nothing of them is garbage
    from seqauto_pipeline.orchestration.assembled import assembled

defs = dg.definitions(assembled)
