"""Every dialog of the page can be seen, read and left, in light, dark and on a phone; in a real Chromium."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS = {
    "light": {"color_scheme": "light", "viewport": DESKTOP},
    "dark": {"color_scheme": "dark", "viewport": DESKTOP},
    "phone": {"color_scheme": "light", "viewport": PHONE},
}
SEEN = """(box) => {
  const area = box.getBoundingClientRect();
  const style = getComputedStyle(box);
  const middle = document.elementFromPoint(area.x + area.width / 2, area.y + area.height / 2);
  return {
    inViewport: area.width > 100 && area.height > 20 && area.left >= 0 && area.top >= 0
      && area.right <= innerWidth && area.bottom <= innerHeight,
    opacity: style.opacity,
    visibility: style.visibility,
    isOnTop: middle !== null && box.contains(middle),
    fits: box.scrollWidth <= box.clientWidth,
  };
}"""
WHOLE = {
    "inViewport": True,
    "opacity": "1",
    "visibility": "visible",
    "isOnTop": True,
    "fits": True,
}


@pytest.fixture(params=list(LOOKS))
def page(request, start, open_page):
    live = start()
    opened = open_page(live, **LOOKS[request.param])
    opened.live = live
    return opened


def is_seen(page, selector):
    """Whether a box lies whole in the window, above all else, with text of enough contrast."""
    assert page.eval_on_selector(selector, SEEN) == WHOLE, selector
    found = Axe().run(page, context=selector).response["violations"]
    assert [(rule["id"], node["html"][:120]) for rule in found for node in rule["nodes"]] == []


def has_focus(page, selector):
    return page.eval_on_selector(selector, "(element) => element === document.activeElement")


def test_removing_asks_in_a_dialog_that_is_seen_as_often_as_it_is_opened(page, failed):
    begin(page, page.live, failed)
    for _ in range(2):
        page.click("#status-menu-button")
        page.click("#status >> text=Remove")
        page.wait_for_selector("dialog#dialog[open]:modal #remove-for-good")
        is_seen(page, "#dialog")
        assert has_focus(page, "#dialog [autofocus]"), "Enter would remove it at once"
        page.click("text=Keep it")
        page.wait_for_selector("#dialog:not([open])", state="attached")
        assert not page.is_visible("#remove-for-good")


def test_help_and_the_switcher_are_seen(page, failed, repository):
    begin(page, page.live, repository)
    page.click("[data-action=help]")
    is_seen(page, "#help")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#switch-list a:has-text('flusk')")
    is_seen(page, "#switcher")


def test_sharing_is_seen_and_the_focus_stays_in_it(page, repository):
    begin(page, page.live, repository)
    ask(page, "How is the discount computed?")
    finished(page)
    page.click("#share")
    page.wait_for_selector("#dialog >> text=Make a link")
    is_seen(page, "#dialog")
    page.click("text=Make a link")
    page.wait_for_selector("[data-part=share-link]")
    is_seen(page, "#dialog")
    assert has_focus(page, "#dialog button.primary")
    page.click("text=Take back")
    page.wait_for_selector("[data-part=share-link]", state="detached")
    is_seen(page, "#dialog")
    assert has_focus(page, "#dialog button.primary")


def test_what_opens_below_an_answer_is_seen(page, repository):
    begin(page, page.live, repository)
    ask(page, "How is the discount computed?")
    finished(page)
    page.wait_for_selector(".rating")
    page.click(".facts summary")
    is_seen(page, ".facts dl")
    assert page.eval_on_selector_all(
        ".facts summary, [data-action=copy-answer]",
        "([facts, copy]) => copy.getBoundingClientRect().top - facts.getBoundingClientRect().bottom < 40"
        " || innerWidth < 720",
    ), "the buttons hang in the middle of the open facts"
    page.click(".facts summary")
    page.click("[aria-label='This helped']")
    page.wait_for_selector(".reason")
    is_seen(page, ".reason")


def test_what_fills_the_dialog_says_itself_how():
    """A `hx-swap` around it would be inherited: the dialog would be replaced by its contents."""
    for template in TEMPLATES.rglob("*.html"):
        for tag in re.findall(r'<[^>]*hx-target="#dialog"[^>]*>', template.read_text()):
            assert 'hx-swap="innerHTML"' in tag, (template.name, tag)
