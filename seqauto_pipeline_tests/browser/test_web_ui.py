"""What people see in Dagster's web UI, in a real browser against a real `dagster dev`."""

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from seqauto_pipeline.orchestration.alerts import send_alerts
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline_tests.browser.behind_nginx import (
    free_port,
    listens,
    nginx_files,
    nginx_program,
)
from seqauto_pipeline_tests.browser.showing import (
    ZONE,
    Clicks,
    Record,
    call_the_disk_as_in_a_laboratory,
    counted_clicks,
    hidden_pixels,
)
from seqauto_pipeline_tests.orchestration.conftest import RUN, write_run_folder
from seqauto_pipeline_tests.orchestration.scan_site import (
    BIN,
    CHECKOUT,
    Site,
    eventually,
    has_lock,
    kill,
    tags,
    worker_pid,
)
from seqauto_pipeline_tests.orchestration.telling import RECORD
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, run_name, samples

pytestmark = [pytest.mark.slow, pytest.mark.browser]

RETRY_TAG = "dagster/auto_retry_run_id"  # Dagster's own, on a run that it does once more
OTHER = RUN.replace("0007", "0008")
PATIENCE_MS = 90_000
JOB = {
    "repositoryLocationName": "seqauto_pipeline.definitions",
    "repositoryName": "__repository__",
    "jobName": "seqauto_scan",
}
JOB_PAGE = "/locations/seqauto_pipeline.definitions/jobs/seqauto_scan"
LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  ... on LaunchRunSuccess { run { runId } } } }"""
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
        teller = [sys.executable, "-c", RECORD, str(site.home / "told")]
        (site.home / "seqauto.toml").write_text(
            f'scan_roots = ["{site.disk}"]\ntime_zone = "{ZONE}"\nscan_disks = false\n'
            f'scan_times = {json.dumps(times)}\nweb_server_url = "http://127.0.0.1:{site.port}"\n'
            f"alert_command = {json.dumps(teller)}\n"
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
def pictured(lab: Site, page: Page, pictures: Path) -> Pictured:
    """Take the pictures of a page in two windows; it, or a part of it, must read well in both."""

    def _pictured(name: str, part: Locator | None = None) -> None:
        for width in (1000, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(700)  # until the page has taken its new form
            call_the_disk_as_in_a_laboratory(page, lab.disk)
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
    assert hidden_pixels(page, lab.disk) == {1000: 0, 1400: 0}


def test_what_a_scan_changed_is_two_clicks_from_the_home_page(lab, page, clicks, pictured):
    clicks.begin()
    page.locator('a[href="/runs"]').first.click()
    page.locator('a[href^="/runs/"]').first.click()
    expect(
        page.get_by_text("Scan 1 finished: 2 of 2 sequencing runs changed").first
    ).to_be_visible()
    assert clicks.since() == 2
    expect(page.get_by_role("link", name="waiting_runs").last).to_be_visible()
    pictured("scan", page.get_by_text("Changed, 1 to 2 of 2, worst first:").last)
    page.get_by_role("link", name="overview").last.click()
    expect(page.get_by_text("2 of 2 sequencing runs wait.").first).to_be_visible()
    expect(page.get_by_text("■ all there, ◧ some missing").first).to_be_visible()
    pictured("overview")
    assert hidden_pixels(page, lab.disk) == {1000: 0, 1400: 0}


def choose_step(page: Page, step: str, chosen: Locator) -> None:
    """Click the bar of a step, which moves as long as the picture of its run grows."""
    expect(page.get_by_text("Success", exact=True).first).to_be_visible()

    def is_chosen() -> bool:
        page.get_by_text(step, exact=True).first.click()
        page.wait_for_timeout(500)
        return chosen.is_visible()

    eventually(is_chosen)


def test_a_scan_of_one_run_is_launched_and_done_again_from_create_models(lab, page, show, pictured):
    show(JOB_PAGE)
    page.get_by_role("link", name="Scan one run").click()
    page.locator(".CodeMirror").filter(has_text="PART OF A NAME").click()
    pictured("launchpad")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('resources:\n  options:\n    config:\n      runs: ["_0007_"]\n')
    page.get_by_role("button", name="Launch Run").click()
    expect(page.get_by_text("It covered only _0007_").last).to_be_visible()
    first = page.url

    again = page.get_by_role("button", name=re.compile('^Re-execute .name:"create_models"'))
    choose_step(page, "create_models", again)
    again.locator("xpath=following-sibling::*").click()
    page.get_by_role("menuitem", name="From selected").click()

    page.wait_for_url(lambda url: "/runs/" in url and _run_id(url) != _run_id(first))
    expect(page.get_by_text("create_models*").first).to_be_visible()
    expect(page.get_by_text("Succeeded (2)")).to_be_visible()  # it, and what comes after it


def _run_id(url: str) -> str:
    return url.partition("/runs/")[2].partition("?")[0]


def launched(lab: Site, config: Mapping[str, object]) -> str:
    """Launch a scan as the launchpad does; give its id."""
    params = {"selector": JOB, "mode": "default", "runConfigData": config}
    run = lab.web.ask(LAUNCH, params=params)["launchRun"]["run"]
    assert isinstance(run, dict)
    return str(run["runId"])


def test_a_killed_scan_says_that_it_was_killed_and_which_is_its_retry(lab, page, show, pictured):
    with dg.DagsterInstance.get() as instance, lab.held():
        killed = launched(lab, {})
        eventually(lambda: has_lock(instance, killed))
        kill(worker_pid(instance, killed))
        eventually(lambda: RETRY_TAG in tags(instance, killed))
        retry = tags(instance, killed)[RETRY_TAG]

    show(f"/runs/{killed}")
    # Said by Dagster's code server, whose child it was, or by ours.
    death = re.compile("was terminated by signal 9 .SIGKILL|The scan died: its process")
    expect(page.get_by_text(death).last).to_be_visible()
    expect(page.get_by_role("link", name=retry).last).to_be_visible()
    pictured("killed")
    show(f"/runs/{retry}")
    page.get_by_text("View tags and config").click()
    expect(page.get_by_text(f"retry of scan {killed[:8]}").first).to_be_visible()


def test_a_root_that_is_none_of_ours_is_refused_in_words_and_nobody_is_told(
    lab, page, show, pictured
):
    config = {"resources": {"options": {"config": {"roots": ["/nowhere"]}}}}
    refused = launched(lab, config)
    show(f"/runs/{refused}")
    expect(page.get_by_text("Process for run exited").last).to_be_visible()

    show(f"/runs/{refused}")
    refusal = re.compile("'/nowhere' is not a configured root; .*Name one of these, or add it")
    expect(page.get_by_text(refusal).last).to_be_visible()
    pictured("refused")
    with dg.DagsterInstance.get() as instance:
        sent = send_alerts(instance, read_site(), dt.datetime.now(dt.UTC))
    assert [notice.title for _, notice in sent.notices if "failed" in notice.title] == []
    told = lab.home / "told"
    assert not told.exists() or "/nowhere" not in told.read_text()


def test_a_run_comes_and_waits_with_a_red_check_and_leaves_with_a_green_one(
    lab, page, show, pictured
):
    run = RunFolder(lab.disk, "idt_exome", run_name(9), samples("S1", "S2"))
    run.begin()
    run.write_sheet((Sample("S1"), Sample("S2")))  # which have one index
    run.finish()
    scan(lab)
    show("/assets/waiting_runs?view=partitions")
    expect(page.get_by_text("3 Partitions Selected")).to_be_visible()
    expect(page.get_by_text(run.name).first).to_be_attached()
    show("/assets/sequencing_runs?view=checks&checkDetail=sample_sheets_are_valid")
    expect(page.get_by_text("Fails for 1 sequencing run.").first).to_be_visible()
    expect(page.get_by_text(f"{run.name} in").first).to_be_visible()
    pictured("check")

    run.complete()
    run.write_sheet(samples("S1", "S2"))
    scan(lab)

    show("/assets/sequencing_runs?view=checks&checkDetail=sample_sheets_are_valid")
    expect(page.get_by_text("Holds for all sequencing runs.").first).to_be_visible()
    show("/assets/waiting_runs?view=partitions")
    expect(page.get_by_text("2 Partitions Selected")).to_be_visible()
    expect(page.get_by_text(run.name)).to_have_count(0)


@pytest.fixture(scope="module")
def port_of_reader(lab: Site) -> int:
    """Start the web server that everybody may use, beside the one that may launch."""
    port = free_port()
    workspace = str(CHECKOUT / "workspace.yaml")
    lab.start(*(str(BIN / "dagster-webserver"), "--read-only", "-w", workspace, "-p", str(port)))
    eventually(lambda: listens(port))
    return port


def test_the_read_only_server_offers_no_launch(page, show, port_of_reader, pictured):
    show(JOB_PAGE)
    page.get_by_role("link", name="Scan now").click()
    expect(page.get_by_role("button", name="Launch Run")).to_be_visible()

    page.goto(f"http://127.0.0.1:{port_of_reader}{JOB_PAGE}/playground")

    expect(page.get_by_text("Scans the sequencing disks").first).to_be_visible()
    page.wait_for_url(re.compile("seqauto_scan$"))  # which leads away from the launchpad
    expect(page.get_by_role("button", name="Launch Run")).to_have_count(0)
    pictured("read_only")


@pytest.fixture
def clicks(lab: Site, page: Page, record_property: Record) -> Clicks:
    """Count the clicks from Dagster's own home page."""
    return counted_clicks(page, f"http://127.0.0.1:{lab.port}/", record_property)


def test_whether_the_server_is_well_is_one_click_from_the_home_page(lab, page, clicks, pictured):
    clicks.begin()
    page.locator('a[href="/assets"]').first.click()

    row = page.locator("div", has=page.locator('a[href="/assets/server_status"]'))
    row = row.filter(has_text="Materialized").last
    expect(row).to_be_visible()
    expect(row).not_to_contain_text("sequencing_runs")
    assert clicks.since() == 1
    page.locator('a[href="/assets/server_status"]').first.click()
    expect(page.get_by_text("all that was looked at").first).to_be_visible()
    pictured("status")
    assert hidden_pixels(page, lab.disk) == {1000: 0, 1400: 0}


def test_which_runs_wait_is_two_clicks_and_what_stops_one_is_one_more(page, clicks, pictured):
    clicks.begin()
    page.get_by_role("link", name="seqauto_scan").first.click()
    page.get_by_role("link", name="Which runs wait").click()
    expect(page.get_by_text("2 Partitions Selected")).to_be_visible()
    assert clicks.since() == 2

    page.get_by_text(re.compile("^210101_M001.*idt_haem$")).first.click()
    expect(page.get_by_text("2 FASTQ missing").first).to_be_visible()
    expect(page.get_by_text("What to do:").first).to_be_visible()
    assert clicks.since() == 3
    page.mouse.move(0, 0)
    pictured("waiting")


@pytest.fixture
def behind_nginx(
    lab: Site, port_of_reader: int, tmp_path: Path, chromium: Browser
) -> Iterator[Page]:
    """Open what a reader sees behind the nginx configuration that is shipped, once logged in."""
    port = free_port()
    user, password = nginx_files(tmp_path, {443: port, 3000: port_of_reader, 3001: lab.port})
    server = lab.start(nginx_program(), "-c", str(tmp_path / "nginx.conf"))
    eventually(lambda: listens(port))
    context = chromium.new_context(
        base_url=f"https://127.0.0.1:{port}",
        ignore_https_errors=True,
        http_credentials={"username": user, "password": password},
        viewport={"width": 1400, "height": 900},
        timezone_id=ZONE,
    )
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    context.close()
    server.terminate()
    server.wait()


def test_behind_nginx_a_morning_takes_no_one_two_and_one_clicks(behind_nginx, record_property):
    page = behind_nginx
    clicks = counted_clicks(page, "/", record_property)
    expect.set_options(timeout=PATIENCE_MS)

    clicks.begin()
    expect(page.get_by_text("2 Partitions Selected")).to_be_visible()
    assert clicks.since() == 0  # which runs wait

    page.get_by_text(re.compile("^210101_M001.*idt_haem$")).first.click()
    expect(page.get_by_text("2 FASTQ missing").first).to_be_visible()
    assert clicks.since() == 1  # what stops this one

    clicks.begin()
    page.locator('a[href="/runs"]').first.click()
    page.locator('a[href^="/runs/"]').first.click()
    expect(page.get_by_text(re.compile("^Scan .* (finished|ended)")).last).to_be_visible()
    assert clicks.since() == 2  # what the last scan changed

    clicks.begin()
    page.locator('a[href="/assets"]').first.click()
    expect(page.locator('a[href="/assets/server_status"]').first).to_be_visible()
    assert clicks.since() == 1  # whether the server is well


def test_the_schedule_says_which_setting_keeps_it_from_scanning(page, show):
    show("/automation")
    page.get_by_role("link", name="scheduled_scan").click()

    page.get_by_text("0 runs requested").first.hover()

    expect(page.get_by_text(re.compile("^No scan: scan_disks is false[.;]")).first).to_be_visible()


def test_a_sensor_whose_setting_is_off_looks_off(page, show, pictured):
    show("/automation")

    def switch(name: str) -> Locator:
        row = page.locator("[class*=VirtualizedTable_row]", has_text=re.compile(f"^{name}"))
        return row.locator("[class*=formatSwitch] input")

    expect(switch("new_run_folders")).not_to_be_checked()
    expect(switch("alerts")).to_be_checked()  # for which there is a receiver
    expect(switch("server_state")).to_be_checked()
    pictured("automation")
