"""Settings are translated once for a step, and the sums that a scan compares come from that."""

import dataclasses
from pathlib import Path

import pytest

from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.scan.fingerprints import listing_digest
from seqauto_pipeline.scan.setup import ScanSetup, scan_setup
from seqauto_pipeline_tests.scan.lab import Lab


def _setup(lab: Lab, **settings: object) -> ScanSetup:
    lab.overrides = settings
    return scan_setup(lab.settings, lab.home)


def test_roots_that_share_a_layout_share_the_loaded_one(tmp_path: Path):
    lab = Lab(tmp_path, ("disk", "other"))

    layouts = _setup(lab).layouts

    assert list(layouts) == [str(root) for root in lab.roots]
    assert layouts[str(lab.roots[0])] is layouts[str(lab.roots[1])]


def test_a_setup_cannot_change_during_its_step(tmp_path: Path):
    setup = _setup(Lab(tmp_path))

    with pytest.raises(dataclasses.FrozenInstanceError):
        setup.settle_minutes = 5  # type: ignore[misc]


def test_a_layout_that_cannot_be_used_ends_the_translation(tmp_path: Path):
    with pytest.raises(LayoutError, match="no such layout"):
        _setup(Lab(tmp_path), layout="nonesuch")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("skip_marker", ".leave"), ("skip_patterns", ("old",)), ("layout", "illumina")],
)
def test_a_setting_that_decides_what_is_listed_changes_the_digest(
    tmp_path: Path, setting: str, value: object
):
    lab = Lab(tmp_path)

    assert listing_digest(_setup(lab)) != listing_digest(_setup(lab, **{setting: value}))


@pytest.mark.parametrize(("setting", "value"), [("brake_min_runs", 9), ("settle_minutes", 9)])
def test_a_setting_that_only_judges_leaves_the_digest(tmp_path: Path, setting: str, value: object):
    lab = Lab(tmp_path)

    assert listing_digest(_setup(lab)) == listing_digest(_setup(lab, **{setting: value}))
