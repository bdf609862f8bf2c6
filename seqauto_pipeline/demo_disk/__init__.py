"""A realistic sequencing disk, made up: for the demo, the benchmarks and people's trials."""

from seqauto_pipeline.demo_disk.disk import DemoDisk, DemoDiskError, DemoTrouble, write_demo_disk
from seqauto_pipeline.demo_disk.plan import CONTROL_PREFIX, MAX_SAMPLES, DemoOptions

__all__ = [
    "CONTROL_PREFIX",
    "MAX_SAMPLES",
    "DemoDisk",
    "DemoDiskError",
    "DemoOptions",
    "DemoTrouble",
    "write_demo_disk",
]
