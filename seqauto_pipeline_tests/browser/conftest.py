"""A real Chromium, and pages in it of the two widths that people have.

The browser is one for each test file, and not for the whole suite: while it runs, an event loop
runs in its thread, which other tests may need.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from seqauto_pipeline_tests.browser.showing import REQUIRE_BROWSER, ZONE

_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        reason = "there is no chromium on the PATH"
        if os.environ.get(REQUIRE_BROWSER) == "1":
            pytest.fail(f"{REQUIRE_BROWSER}=1, but {reason}")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_OPTIONS))
        yield browser
        browser.close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Open an empty page: a window of some width and height, in a zone that is not UTC."""
    contexts = []

    def _new_page(width: int = 1400, height: int = 900) -> Page:
        size = {"width": width, "height": height}
        contexts.append(chromium.new_context(viewport=size, timezone_id=ZONE))
        return contexts[-1].new_page()

    yield _new_page
    for context in contexts:
        context.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: docs/pictures where WRITE_PICTURES=1, else nowhere that stays."""
    if os.environ.get("WRITE_PICTURES") == "1":
        return Path(__file__).parents[2] / "docs" / "pictures"
    return tmp_path
