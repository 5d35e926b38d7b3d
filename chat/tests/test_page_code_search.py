"""Searching code in a real Chromium, by keyboard, in both themes and on a phone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from deepwiki.testing.page import bring_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ARTIFACTS = Path("test-artifacts")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("light", {"color_scheme": "light"}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 390, "height": 800}}),
    ],
)
def test_lines_are_found_and_opened_by_keyboard(start, open_page, repository, name, options):
    live = start()
    page = open_page(live, **options)
    bring_session(page, live)
    page.goto(f"{live.url}/r/{repository.pk}/search")
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 400})
    page.keyboard.press("/")
    page.keyboard.type("/def \\w+/ lang:python")
    page.keyboard.press("Enter")
    page.wait_for_selector(".found-lines mark")
    page.screenshot(path=ARTIFACTS / f"code-search-{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).violations_count == 0
    page.click(".found-lines .match .number >> nth=0")
    page.wait_for_selector("#code-lines")
