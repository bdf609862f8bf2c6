"""What the tests of all pages that people see have in common."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

Record = Callable[[str, object], None]

ZONE = "Australia/Adelaide"  # of the laboratory, and of the person who looks
_LOOKS_AT_A_WIDTH = 20
REQUIRE_BROWSER = "REQUIRE_BROWSER"  # set to 1: what these tests need has to be there


@dataclass(frozen=True, slots=True)
class Clicks:
    """How far something is from a page."""

    begin: Callable[[], None]
    since: Callable[[], int]


def counted_clicks(page: Page, home: str, record: Record) -> Clicks:
    """Open a home page; then count the clicks since, and record the seconds."""
    page.add_init_script(
        "addEventListener('click', () => { sessionStorage.n = +(sessionStorage.n ?? 0) + 1 }, true)"
    )
    began = []

    def _begin() -> None:
        page.goto(home)
        page.locator('a[href="/runs"]').first.wait_for()
        page.evaluate("sessionStorage.n = 0")
        began[:] = [time.monotonic()]

    def _clicks() -> int:
        record("seconds from there", round(time.monotonic() - began[0], 1))
        return int(page.evaluate("+sessionStorage.n"))

    return Clicks(_begin, _clicks)


def call_the_disk_as_in_a_laboratory(page: Page, disk: Path) -> None:
    """Replace the name of the disk on a page: where tests work it has a longer one."""
    page.evaluate(
        """folder => {
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "/data");
            }
        }""",
        str(disk),
    )


def hidden_pixels(page: Page, disk: Path) -> dict[int, int]:
    """By the width of the window, how much of the table of facts is cut off at its right."""
    call_the_disk_as_in_a_laboratory(page, disk)
    found = {}
    for width in (1000, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        fact = page.get_by_role("cell", name=re.compile("^(verdict|summary|standing)$")).first
        for _ in range(_LOOKS_AT_A_WIDTH):
            page.wait_for_timeout(700)  # a page finds its new width in several steps
            found[width] = _hidden_pixels(fact)
            if found[width] == 0:
                break
    return found


def _hidden_pixels(fact: Locator) -> int:
    return int(
        fact.evaluate(
            "cell => { const all = cell.closest('table').parentElement;"
            " return all.scrollWidth - all.clientWidth }"
        )
    )
