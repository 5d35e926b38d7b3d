"""Searching code in a real Chromium, by keyboard, in both themes and on a phone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from deepwiki.testing.fixtures import write_files
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


FOCUSED = "document.activeElement.getAttribute('href')"


@pytest.fixture
def results(start, open_page, index_folder, tmp_path):
    """The page with three matches in each of 25 files."""
    write_files(
        tmp_path / "r", {f"m{n:02}.py": "token\n\ntoken\n\n\n\n\ntoken\n" for n in range(25)}
    )
    repository = index_folder(tmp_path / "r")
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(f"{live.url}/r/{repository.pk}/search?query=token")
    page.wait_for_selector(".found-lines mark")
    return page


def test_j_and_k_go_from_match_to_match_and_capitals_from_file_to_file(results):
    page = results

    def press(key, focused):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED).endswith(focused)

    press("j", "m00.py?lines=1-1#L1")
    press("j", "m00.py?lines=3-3#L3")
    press("k", "m00.py?lines=1-1#L1")
    press("J", "m01.py")
    press("J", "m02.py")
    press("j", "m02.py?lines=1-1#L1")
    press("K", "m02.py")
    press("K", "m01.py")
    press("k", "m00.py?lines=8-8#L8")
    page.keyboard.press("Enter")
    page.wait_for_selector("#L8.marked")


def test_the_last_match_leads_to_more_files_and_on_to_them(results):
    page = results
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent").strip() == "More files"
    page.keyboard.press("Enter")
    page.wait_for_selector("#main >> text=m24.py")
    page.wait_for_function(f"() => {FOCUSED}?.endsWith('m20.py')")


def test_question_mark_lists_the_keys_of_the_page(results):
    page = results
    page.keyboard.press("?")
    page.wait_for_selector("#help >> text=Next and previous match")
    assert "question" not in page.inner_text("#help dl")
    page.keyboard.press("Escape")
    page.click(".found-file h2 a >> nth=0")
    page.wait_for_selector("#code-lines")
    # Its scripts have bound their keys. The state that wait_for_load_state knows may be that of the page before.
    page.wait_for_function("() => document.readyState === 'complete'")
    page.keyboard.press("?")
    page.wait_for_selector("#help >> text=Go to file")
    assert "question" not in page.inner_text("#help dl")
    page.keyboard.press("Escape")
    page.wait_for_selector("#help", state="hidden")
    page.keyboard.press("/")
    page.wait_for_selector("#code-query")
