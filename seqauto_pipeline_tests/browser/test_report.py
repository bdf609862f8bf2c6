"""The report as people open it: from disk, on a desktop and a phone, with and without a mouse."""

import datetime as dt
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from seqauto_pipeline.demo_disk import DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.report.lists import runs_data
from seqauto_pipeline.report.rendering import data_script
from seqauto_pipeline.report.summary import RunSummary
from seqauto_pipeline.report.update import update_report
from seqauto_pipeline.views.opening import opened
from seqauto_pipeline_tests.browser.showing import ZONE, call_the_disk_as_in_a_laboratory
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import Sample

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DESKTOP, LAPTOP, PHONE = 1400, 1000, 390
PAGES = ("index.html", "run", "problems.html", "samples.html#sample=0", "qc.html", "kit")
PICTURED = {
    *(("index", width) for width in (LAPTOP, PHONE)),
    *(("run", DESKTOP), ("kit", LAPTOP), ("samples", PHONE)),
}
CANARY = "<img src=x onerror=window.hit=1>"
HOSTILE_RUN = f"200920_NB501009_0009_AH00009GXG{CANARY}"
HOSTILE_KIT = f"kit'\"`{CANARY}"
CUT = "each => each.scrollWidth > each.clientWidth"
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a demo disk, where a person with bad intentions had a folder of their own."""
    folder = tmp_path_factory.mktemp("report")
    lab = Lab(folder)
    lab.environ |= {"SEQAUTO_TIME_ZONE": ZONE}
    marker = str(lab.settings.skip_marker)
    write_demo_disk(
        lab.root, DemoOptions(runs=12, samples=6), load_layout("tau"), skip_marker=marker
    )
    hostile = lab.run(9, kit=HOSTILE_KIT, name=HOSTILE_RUN, rows=(Sample("S1"),))
    hostile.complete()
    hostile.put("0_fastq/javascript:window.hit=1", b"")
    hostile.write_sheet(f"[Data]\nSample_ID,Sample_Name,index\nS1,{CANARY},ACGT\n".encode())
    lab.scan()
    with opened(lab.home, lab.settings, dt.datetime.now(dt.UTC)) as models:
        update_report(models, folder / "report")
    return folder / "report"


class Visit:
    """One window on the report, which notes what should not happen there."""

    def __init__(self, page: Page, report: Path) -> None:
        self.page, self.report = page, report
        self.trouble: list[str] = []
        page.on("console", lambda said: self.trouble.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.trouble.append(f"dialog: {dialog.message}"))
        page.on("request", self._note)

    def _note(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((f"file://{self.report}/", "data:,")):
            self.trouble.append(f"request: {url}")

    def open(self, name: str) -> Page:
        self.page.goto(f"file://{self.report}/{self._file(name)}")
        return self.page

    def _file(self, name: str) -> str:
        if name == "run":
            (found,) = self.report.glob("runs/Exome_24_001_*.html")
        elif name == "kit":
            (found,) = self.report.glob("qc/kit_idt_exome-*.html")
        else:
            return name
        return str(found.relative_to(self.report))


@pytest.fixture
def visit(new_page, report) -> Iterator[Visit]:
    visit = Visit(new_page(DESKTOP), report)
    yield visit
    assert visit.trouble == []


@pytest.fixture
def on_phone(new_page, report) -> Iterator[Visit]:
    visit = Visit(new_page(PHONE, 800), report)
    yield visit
    assert visit.trouble == []


def take_picture(page: Page, report: Path, file: Path) -> None:
    """Take a picture for the documentation, where the disk is called as in a laboratory."""
    call_the_disk_as_in_a_laboratory(page, report.parent / "disk")
    page.screenshot(path=file)


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong for people who see, hear or move otherwise."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("width", [DESKTOP, LAPTOP, PHONE])
def test_every_page_is_as_wide_as_its_window_and_its_list_is_not_cut(
    new_page, report, pictures, width
):
    visit = Visit(new_page(width, 900), report)

    for name in PAGES:
        page = visit.open(name)
        if (name.partition(".")[0], width) in PICTURED:
            take_picture(page, report, pictures / f"report_{name.partition('.')[0]}_{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if name != "run":  # of which the matrix may be as wide as a laboratory has file types
            assert not page.evaluate(f"[...document.querySelectorAll('.scroll')].some({CUT})"), name
    assert visit.trouble == []


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_page_is_accessible(new_page, report, width):
    visit = Visit(new_page(width, 900), report)

    assert [found for name in PAGES for found in violations(visit.open(name))] == []


def test_a_run_is_found_and_read_with_the_keyboard_alone(visit):
    page = visit.open("index.html")
    keys = page.keyboard

    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    keys.type("exome_24 NB501009")
    expect(page.locator("#count")).to_have_text("1 run of 13")
    for _ in range(30):
        keys.press("Tab")
        if page.evaluate("document.activeElement.matches('#runs tbody a')"):
            break
    keys.press("Enter")

    expect(page.locator("h1")).to_contain_text("Exome_24_001")
    expect(page.locator(".verdict")).to_contain_text("expected files")
    keys.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_list_is_narrowed_by_kit_state_date_and_waiting_and_its_address_keeps_it(visit):
    page = visit.open("index.html")
    count = page.locator("#count")
    expect(count).to_have_text("13 runs")

    page.select_option("#kit", "idt_exome")
    expect(count).to_have_text("4 runs of 13")
    page.check("#waiting")
    waiting = page.locator("#runs tbody tr")
    assert all(cell.strip() for cell in waiting.locator("td:nth-child(8)").all_inner_texts())
    page.fill("#from", "2026-01-01")
    expect(count).to_have_text("1 run of 13")
    expect(waiting.locator("td").nth(4)).to_have_text("incomplete")

    page.reload()
    expect(count).to_have_text("1 run of 13")
    page.click("#reset")
    expect(count).to_have_text("13 runs")
    page.select_option("#state", "in error")
    expect(count).to_have_text("2 runs of 13")


def test_each_column_sorts_both_ways(visit):
    page = visit.open("index.html")
    for position, head in enumerate(page.locator("#runs th").all(), start=1):
        texts = []
        for _ in range(2):
            head.locator("button").click()
            texts.append(page.locator(f"#runs td:nth-child({position})").all_inner_texts())
            assert head.get_attribute("aria-sort") in {"ascending", "descending"}

        assert sorted(texts[0]) == sorted(texts[1])
        assert texts[0] != texts[1] or len(set(texts[0])) == 1, position


def test_the_waiting_runs_are_one_click_away_from_every_page(visit):
    page = visit.open("problems.html")

    page.get_by_role("link", name="Waiting").click()

    expect(page.locator("#waiting")).to_be_checked()
    expect(page.locator("#count")).to_have_text("12 runs of 13")


def test_a_sample_is_found_on_a_phone_by_a_part_of_its_name_and_its_missing_file_read(on_phone):
    page = on_phone.open("samples.html")

    page.fill("#sample", "24g010003")
    expect(page.locator("#count")).to_have_text("1 sample")
    row = page.locator("#samples tbody tr")
    expect(row).to_contain_text("not there")
    row.get_by_role("link").click()

    expect(page.locator("td.s-non_existent").first).to_have_attribute("title", "missing")
    region = page.get_by_role("region", name="Samples and their files")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Where each file is").click()
    expect(page.get_by_text("S003").nth(1)).to_be_visible()


def test_the_qc_of_a_run_is_marked_among_the_runs_of_its_kit(visit):
    page = visit.open("run")

    chart = page.locator(".chart", has_text="MeanDepth_Kit")
    expect(chart.locator(".this")).to_have_count(1)
    expect(chart.locator(".dot").first).to_be_visible()
    expect(chart.locator(".read")).to_contain_text("this run:")
    expect(page.locator("tr[data-figure=MeanDepth_Kit] .others")).not_to_be_empty()
    chart.get_by_text("Values").click()
    expect(chart.get_by_role("link").first).to_be_visible()


def test_nothing_of_a_disk_acts_in_any_page(visit, report):
    names = [str(each.relative_to(report)) for each in report.rglob("*.html")]

    for name in [*names, "samples.html#sample=img", "index.html#q=img"]:
        page = visit.open(name)
        page.wait_for_load_state()
        assert page.evaluate("window.hit") is None, name
        assert page.locator("img").count() == 0, name

    page.get_by_role("link", name=HOSTILE_RUN).click()
    expect(page.locator("h1")).to_have_text(HOSTILE_RUN)
    expect(page.locator("th[scope=row]").first).to_have_text(CANARY)


def test_a_page_prints_without_what_only_a_screen_can_use(visit):
    page = visit.open("run")
    page.emulate_media(media="print")

    expect(page.locator("header nav")).to_be_hidden()
    expect(page.locator("table.matrix")).to_be_visible()
    assert len(page.pdf()) > 10_000


def test_ten_thousand_runs_are_listed_a_page_at_a_time(visit, report, record_property):
    (data,) = report.glob("data/runs-*.js")
    original = data.read_bytes()
    data.write_bytes(
        data_script("var seqautoRuns", runs_data([_summary(n) for n in range(10_000)]))
    )
    try:
        page = visit.open("index.html")
        expect(page.locator("#count")).to_have_text("10,000 runs")
        timing = "performance.getEntriesByType('navigation')[0].domComplete"
        record_property("list of 10,000 runs complete after ms", page.evaluate(timing))

        expect(page.locator("#where")).to_have_text("1 to 100 of 10,000")
        assert page.locator("#runs tbody tr").count() == 100
        page.click("#next")
        expect(page.locator("#where")).to_have_text("101 to 200 of 10,000")
        page.fill("#q", "_9999_ah")
        expect(page.locator("#count")).to_have_text("1 run of 10,000")
        assert len(data.read_bytes()) < 5_000_000
    finally:
        data.write_bytes(original)


def _summary(number: int) -> RunSummary:
    name = f"{200101 + number % 900}_NB50{number % 40:04d}_{number:04d}_AH{number:05d}GXG"
    return RunSummary(
        page=f"runs/{name}-0123456789.html", size=0, fingerprint="", name=name,
        kit=f"kit_{number % 12}", date=f"20{10 + number % 16}-0{1 + number % 9}-12",
        sequencer=f"NB50{number % 40:04d}", words="Exome_20_022 project_7 NextSeq 500/550",
        state="complete", found=250, expected=264, errors=number % 3, warnings=0,
        waits_for="8 BAM missing, 6 VCF missing" if number % 4 == 0 else "", since="2026-01-02",
        samples=(), lacking=(), problems=(), of_samples={}, of_run={}, lost_types=(),
    )  # fmt: skip
