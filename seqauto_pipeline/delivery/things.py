"""What is delivered: kinds of things, in the order in which they depend on each other."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import msgspec

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Body: TypeAlias = Mapping[str, Json]
ThingKey: TypeAlias = tuple[str, str]  # kind and key

_SORTED = msgspec.json.Encoder(order="sorted")


class Kind(StrEnum):
    """In the order of delivery."""

    EXPERIMENT = "experiment"
    ENRICHMENT_KIT = "enrichment_kit"
    SEQUENCER_MODEL = "sequencer_model"
    SEQUENCER = "sequencer"
    SEQUENCING_RUN = "sequencing_run"
    SAMPLE_SHEET = "sample_sheet"
    SEQUENCING_FILES = "sequencing_files"  # of one sample
    JOINT_VCF = "joint_vcf"
    EXEC_SUMMARY = "exec_summary"
    GENE_LIST = "gene_list"
    GENE_COVERAGE = "gene_coverage"  # it is announced
    UPLOAD_VCF = "upload_vcf"
    UPLOAD_COVERAGE = "upload_coverage"


SHARED = frozenset(
    {Kind.EXPERIMENT, Kind.ENRICHMENT_KIT, Kind.SEQUENCER_MODEL, Kind.SEQUENCER}
)  # by several runs; never changed once delivered
QC_KINDS = frozenset({Kind.EXEC_SUMMARY, Kind.GENE_LIST, Kind.GENE_COVERAGE})
UPLOADS = frozenset({Kind.UPLOAD_VCF, Kind.UPLOAD_COVERAGE})
ORDER: Mapping[str, int] = {kind.value: position for position, kind in enumerate(Kind)}


class BlockCode(StrEnum):
    """Why a thing cannot be said to VariantGrid: see docs/delivery.md."""

    TWO_PLACES = "two_places"
    NO_EXPERIMENT = "no_experiment"
    NO_KIT = "no_kit"
    UNKNOWN_KIT = "unknown_kit"
    NO_SEQUENCER = "no_sequencer"
    NAME = "name"
    NO_INDEX = "no_index"
    TWO_INDEXES = "two_indexes"
    SAMPLE_NAME_TWICE = "sample_name_twice"
    NO_TOOL = "no_tool"
    READS_LOST = "reads_lost"
    FIGURES = "figures"
    GENES = "genes"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Blocked:
    code: BlockCode
    reason: str  # what is wrong and what to do, one sentence


class Thing(NamedTuple):  # a scan has a hundred of each run
    """One thing that a receiver may be told: its body, or why there is none."""

    kind: Kind
    key: str
    body: Body | None
    needs: tuple[ThingKey, ...] = ()
    blocked: Blocked | None = None
    lacks: str = ""  # what is not on the disk yet: it is no fault, and nothing is stored

    @property
    def id(self) -> ThingKey:
        return (self.kind.value, self.key)


def hash_of(body: Body) -> str:
    """Sum up a body: the same hash means that there is nothing new to send."""
    return hashlib.sha256(_SORTED.encode(body)).hexdigest()[:32]
