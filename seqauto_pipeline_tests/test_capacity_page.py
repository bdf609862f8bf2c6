"""The tables of docs/capacity.md are those that the benchmarks work out."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).parents[1]
PAGE = (CHECKOUT / "docs/capacity.md").read_text()


@pytest.fixture(scope="module")
def sums() -> ModuleType:
    path = CHECKOUT / "benchmarks/capacity_sums.py"
    spec = importlib.util.spec_from_file_location("capacity_sums", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


def test_the_page_has_the_tables_that_are_worked_out(sums: ModuleType):
    assert sums.time_table() in PAGE
    assert sums.size_table() in PAGE


def test_what_the_page_says_beside_the_tables_is_worked_out_too(sums: ModuleType):
    runs = 100_000_000 / sums.ONE_RUN.files
    words = " ".join(PAGE.split())

    assert f"listed in {sums.listing_wait(runs, 1) / sums.HOUR:.1f} h" in words
    assert f"some {round(sums.HOUR / sums.rescan(1, 1), -5):,.0f} cold runs an hour" in words


def test_a_slow_disk_makes_a_scan_wait_as_long_as_was_measured(sums: ModuleType):
    """200 runs with 5 ms more each call, by stages: docs/performance.md, "On a slow disk"."""
    listing, contents = 31 - 0.6, 15 - 4.6
    waited = sums.first_scan(200, 5) - sums.first_scan(200, 0)

    assert sums.listing_wait(200, 5) == pytest.approx(listing, rel=0.05)
    assert waited == pytest.approx(listing + contents, rel=0.05)
