"""The browser itself works, and shows a page as wide as it is asked to."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.mark.parametrize("width", [1400, 1000, 390])
def test_a_page_is_as_wide_as_its_window_and_in_the_zone_of_the_laboratory(new_page, width):
    page = new_page(width)

    page.set_content("<p>ready</p>")

    assert page.evaluate("innerWidth") == width
    assert page.evaluate("new Date(0).getHours()") == 9
