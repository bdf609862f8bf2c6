"""Reads the shell blocks out of the pages for people."""

import re

from seqauto_pipeline_tests.deploy.conftest import CHECKOUT


def blocks(page: str, heading: str) -> list[str]:
    """The shell blocks below a second-level heading of a page."""
    text = (CHECKOUT / page).read_text()
    section = re.split(r"^## ", text.partition(f"\n## {heading}\n")[2], maxsplit=1, flags=re.M)[0]
    found = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no block below {heading!r}"
    return found


def filled(text: str, values: dict[str, str]) -> str:
    """Put values in the place of the words in capitals that stand for them."""
    for name, value in values.items():
        text = re.sub(rf"(?<![A-Z_]){name}(?![A-Z_])", value, text)
    return text
