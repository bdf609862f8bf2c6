"""The words that people who never open a shell read: of states, file types, and counts."""

from collections.abc import Mapping
from types import MappingProxyType

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.display import shown

FILE_STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        DataState.COMPLETE: "there",
        DataState.NON_EXISTENT: "missing",
        DataState.DELETED: "gone",
        ARCHIVED: "archived",
        DataState.ERROR: "unreadable",
        DataState.RUNNING: "being made",
        DataState.SKIPPED: "skipped",
    }
)
RUN_STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        RunState.COMPLETE: "complete",
        RunState.INCOMPLETE: "incomplete",
        RunState.SKIPPED: "skipped",
        RunState.DELETED: "gone",
        RunState.ERROR: "in error",
    }
)
_TYPE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "fastq": "FASTQ",
        "bam": "BAM",
        "vcf": "VCF",
        "joint_vcf": "joint VCF",
        "fastqc": "FastQC",
        "illumina_qc": "Illumina QC",
    }
)


def file_state_words(state: str) -> str:
    """Say the state of a file, or that it is archived; another word is left as it is."""
    return FILE_STATE_WORDS.get(state, state.replace("_", " "))


def run_state_words(state: str) -> str:
    return RUN_STATE_WORDS.get(state, state.replace("_", " "))


def type_words(file_type: str) -> str:
    """Say a file type of a layout: ``exec summary``, ``BAM``."""
    return _TYPE_WORDS.get(file_type) or shown(file_type.replace("_", " "))


def listed(words: list[str]) -> str:
    """Join words as in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
