"""What people see in Dagster's web UI, in a real browser against a real `dagster dev`."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from seqauto_pipeline_tests.browser.showing import ZONE
from seqauto_pipeline_tests.orchestration.conftest import RUN, write_run_folder
from seqauto_pipeline_tests.orchestration.scan_site import (
    BIN,
    Site,
)

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OTHER = RUN.replace("0007", "0008")
PATIENCE_MS = 90_000
# What nobody should have to read in a browser.
_NOT_FOR_PEOPLE = ("non_existent", "`seqauto", "--accept-vanished", "Stack Trace")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two run folders that lack files, scanned once, and a running web UI."""
    with pytest.MonkeyPatch.context() as patch:
        site = Site(tmp_path_factory.mktemp("lab"))
        patch.setenv("DAGSTER_HOME", str(site.home))
        now = dt.datetime.now(ZoneInfo(ZONE))
        times = [f"{now + dt.timedelta(minutes=each):%H:%M}" for each in range(40)]
        (site.home / "seqauto.toml").write_text(
            f'scan_roots = ["{site.disk}"]\ntime_zone = "{ZONE}"\nscan_disks = false\n'
            f'scan_times = {json.dumps(times)}\nweb_server_url = "http://127.0.0.1:{site.port}"\n'
        )
        for each in (RUN, OTHER):
            write_run_folder(site.disk / each)
        scan(site)
        site.start_dev()
        try:
            yield site
        finally:
            site.kill_everything()


def scan(site: Site, *options: str) -> int:
    return site.start(str(BIN / "seqauto"), "scan", *options).wait(timeout=180)


@pytest.fixture
def page(lab: Site, new_page: Callable[..., Page]) -> Page:
    opened = new_page()
    opened.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return opened


Show = Callable[[str], None]


@pytest.fixture
def show(lab: Site, page: Page) -> Show:
    """Open a page of the web UI."""

    def _show(path: str) -> None:
        page.goto(f"http://127.0.0.1:{lab.port}{path}")

    return _show


Pictured = Callable[..., None]


@pytest.fixture
def pictured(page: Page, pictures: Path) -> Pictured:
    """Take the pictures of a page in two windows; it, or a part of it, must read well in both."""

    def _pictured(name: str, part: Locator | None = None) -> None:
        for width in (1000, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(700)  # until the page has taken its new form
            page.screenshot(path=pictures / f"web_ui_{name}_{width}.png")
            text = (part or page.locator("body")).inner_text()
            assert [each for each in _NOT_FOR_PEOPLE if each in text] == []

    return _pictured


def test_a_run_is_found_by_a_part_of_its_name_and_says_what_it_lacks(lab, page, show, pictured):
    show("/assets/sequencing_runs?view=partitions")

    page.get_by_placeholder("Filter by name").fill("M00123_0007")
    page.get_by_text(re.compile("^210101_M001.*idt_haem$")).first.click()
    page.mouse.move(0, 0)  # the name of the run would cover the page

    expect(page.get_by_text("Lacks 7 of 8 expected files")).to_be_visible()
    expect(page.get_by_text("✘✘").first).to_be_visible()
    expect(page.get_by_text("What to do:").first).to_be_visible()
    expect(page.get_by_role("link", name="scan this run again")).to_be_visible()
    pictured("run")


def test_what_a_scan_changed_is_two_clicks_from_the_home_page(lab, page, show, pictured):
    show("/")
    page.locator('a[href="/runs"]').first.click()
    page.locator('a[href^="/runs/"]').first.click()
    expect(page.get_by_text("Scan 1 finished: 2 sequencing runs changed").first).to_be_visible()
    expect(page.get_by_role("link", name="waiting_runs").last).to_be_visible()
    pictured("scan", page.get_by_text("Changed, 1 to 2 of 2, worst first:").last)
