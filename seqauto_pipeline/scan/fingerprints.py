"""Sums over what a result is made from: the same sum means that there is nothing new to do."""

import hashlib

from seqauto_pipeline import __version__
from seqauto_pipeline.disk.contents import READER_VERSION
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.scan.setup import ScanSetup

# A new number makes every run be judged again: raise it when a judgement changes.
JUDGEMENT_VERSION = "5"


def run_fingerprint(run: IndexedRun, setup: ScanSetup, skip_reason: str | None) -> str:
    """Sum up what the records of a run are made from; ``skip_reason`` is a person's."""
    facts = (
        JUDGEMENT_VERSION,
        READER_VERSION,
        run.digest,
        setup.layouts[run.root].source_md5,
        repr(setup.policy),
        setup.contents.gene_rows,
        setup.settle_minutes,
        repr(setup.archive_rules),
        *((repr(setup.run_limits),) if setup.computes_figures else ()),
        *map(repr, setup.contents.figure_limits),
        *(() if skip_reason is None else (skip_reason,)),
    )
    return _md5("|".join(map(str, facts)))


def listing_digest(setup: ScanSetup) -> str:
    """Sum up the settings that decide what a walk lists."""
    layouts = {root: layout.source_md5 for root, layout in setup.layouts.items()}
    elsewhere = sorted((root, each.root_there) for root, each in setup.listed_elsewhere.items())
    return _md5(repr((__version__, sorted(layouts.items()), setup.walk, elsewhere)))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
