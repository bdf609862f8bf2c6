"""What the outbox hands out: runs, as far as receivers are told of them, and stored things."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from seqauto_pipeline.core.data_state import DataState

_COMPLETE = DataState.COMPLETE.value


class StoredFile(NamedTuple):  # a scan has hundreds of thousands
    """One expected file that the current sheet asks for."""

    id: int
    run_id: int
    file_type: str
    sample_name: str | None
    lane: int | None
    read: int | None
    path: str  # relative to the run folder, escaped
    data_state: str
    size: int | None
    modified_ns: int | None

    @property
    def is_complete(self) -> bool:
        return self.data_state == _COMPLETE


class StoredSample(NamedTuple):
    """One row of the current sheet."""

    sheet_id: int
    lane: int | None
    sample_id: str
    sample_name: str
    sample_project: str | None
    sample_number: int
    i7: str | None
    i5: str | None
    is_control: bool
    failed: bool
    enrichment_kit: str | None
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RunToTell:
    """All that a receiver may be told of one run."""

    id: int
    root: str  # escaped, as are all paths
    path: str
    name: str
    data_state: str
    date: dt.date | None
    sequencer: str | None
    sequencer_model: str | None
    experiment: str | None
    enrichment_kit: str | None
    has_basecalls: bool
    has_interop: bool
    bad: bool
    hidden: bool
    gold_standard: bool
    is_in_two_places: bool
    sheet_md5: str | None
    sheet_path: str
    samples: tuple[StoredSample, ...]
    files: tuple[StoredFile, ...]
    contents: Mapping[int, Mapping[str, Any]]  # of exec summaries and gene lists, by file


class WantedThing(NamedTuple):  # a scan has a hundred of each run
    """What one receiver should hold now, as a scan stores it."""

    kind: str
    key: str
    is_shared: bool  # by several runs
    hash: str | None  # None: it is blocked
    needs: tuple[tuple[str, str], ...]
    blocked: tuple[str, str] | None = None  # code and reason
    is_only_of_new: bool = False  # what it is blocked for does not matter once it is delivered


class StoredThing(NamedTuple):  # a dry run makes some hundred of each run
    """One row of the outbox."""

    id: int
    receiver: str
    kind: str
    key: str
    sequencing_run_id: int | None
    wanted_hash: str | None
    wanted_since: dt.datetime | None
    needs: tuple[tuple[str, str], ...]
    blocked_code: str | None
    blocked_reason: str | None
    outcome: str | None
    tried_hash: str | None
    tried_at: dt.datetime | None
    attempts: int
    next_try_at: dt.datetime | None
    answer_status: int | None
    answer: str | None
    sent_hash: str | None
    sent_body: Mapping[str, Any] | None
    delivered_at: dt.datetime | None
    home_hash: str | None
    server_id: str | None
    state: str  # of the thing by itself: what is due may have to wait for others
