"""Parts of the page that come late, in a real Chromium: no click and no other part is lost."""

from urllib.parse import quote

import pytest

from deepwiki.testing.page import ask, begin

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITING = "Ten percent, see `shop/prices.py:L16-L18` and `tests/test_prices.py:L4-L5`."
FOOTER = "**/m/*/footer"
SOURCE = "**/source?*"
ENDED = ".answer[data-state=complete]"


class Held:
    """Requests of a page that wait until they are let go."""

    def __init__(self, page, *patterns):
        self.page = page
        self.routes = []
        for pattern in patterns:
            page.route(pattern, lambda route: self.routes.append(route))

    def let_go(self, number=0):
        self.page.evaluate("0")  # a request is told before it is held
        self.routes.pop(number).continue_()


@pytest.fixture
def page(start, open_page, repository):
    live = start(f"fake?text={quote(CITING)}")
    return begin(open_page(live), live, repository)


def test_the_buttons_below_an_answer_are_shown_when_they_stay(page):
    footer = Held(page, FOOTER)
    with page.expect_request(FOOTER):
        ask(page, "How is the discount computed?")
    page.wait_for_selector(ENDED)
    assert page.locator("[data-action=copy-answer]").filter(visible=True).count() == 0
    footer.let_go()
    page.wait_for_selector("[data-action=copy-answer]")


def test_they_are_shown_also_when_the_server_is_not_reached(page):
    page.route(FOOTER, lambda route: route.abort())
    ask(page, "How is the discount computed?")
    page.wait_for_selector("[data-action=copy-answer]")


def test_a_click_that_has_begun_before_a_part_comes_counts(page):
    footer = Held(page, FOOTER)
    with page.expect_request(FOOTER):
        ask(page, "How is the discount computed?")
    page.wait_for_selector(ENDED)
    page.hover(".sources > summary")
    page.mouse.down()
    with page.expect_response(FOOTER):
        footer.let_go()
    with page.expect_request(FOOTER):
        page.mouse.up()
    footer.let_go()
    page.wait_for_selector(".sources[open] .source-group")


def test_sources_opened_one_after_the_other_are_shown_whatever_comes_first(page):
    held = Held(page, FOOTER, SOURCE)
    with page.expect_request(FOOTER):
        ask(page, "How is the discount computed?")
    page.wait_for_selector(ENDED)
    for name in "shop/prices.py", "tests/test_prices.py":
        with page.expect_request(SOURCE):
            page.click(f".prose a.cite[data-path='{name}']")
    held.let_go(-1)
    page.wait_for_selector("#pane-path:has-text('tests/test_prices.py')")
    assert page.evaluate("document.activeElement.matches('#pane .code-lines')")
    held.let_go()
    page.wait_for_selector(".source-group", state="attached")
