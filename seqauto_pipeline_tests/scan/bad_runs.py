"""What is done to a run to make it bad, and the healthy ones beside it."""

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import (
    RunFolder,
)

GOOD = 2  # healthy runs beside the bad one
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 8


def jpeg_as_sheet(run: RunFolder) -> None:
    run.write_sheet(JPEG)


def base_calls_without_fastqs(run: RunFolder) -> None:
    for sample in ("S1", "S2"):
        for read in (1, 2):
            run.remove("fastq", sample, read)


def healthy(lab: Lab) -> list[RunFolder]:
    return [lab.run(100 + number).complete() for number in range(GOOD)]


def assert_healthy(lab: Lab, runs: list[RunFolder]) -> None:
    for run in runs:
        assert lab.run_states()[run.path] == "complete"
        assert lab.counts(run.path) == {"complete": 15}
        assert lab.messages(run.path) == ()
