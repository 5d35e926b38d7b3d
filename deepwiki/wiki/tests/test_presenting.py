"""Slides in a browser: keys, swipes, deep links, printing, the downloaded file; workshops of strangers."""

import pytest

from chat.tests.test_accessibility import LOOKS, check
from deepwiki.testing.page import bring_session
from deepwiki.wiki.tests.lessons import EXERCISE_KEY, TAUGHT
from deepwiki.wiki.tests.wikis import PAGES, make_wiki

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CURRENT = "[data-presenter-stage] .slide[data-current]"


@pytest.fixture
def page_of(start, open_page, repository):
    def page_of(**look):
        make_wiki(repository, (*PAGES, *TAUGHT))
        live = start()
        page = open_page(live, **(look or {"viewport": {"width": 1280, "height": 800}}))
        bring_session(page, live)
        page.root = f"{live.url}/r/{repository.pk}/wiki"
        return page

    return page_of


def shown(page):
    return page.get_attribute(CURRENT, "id")


def test_keys_lead_through_the_slides(page_of):
    page = page_of()
    page.goto(f"{page.root}/slides")
    page.click("[data-deck-action=present]")
    assert shown(page) == "1"
    for key, place in [
        ("ArrowRight", "2"),
        ("ArrowRight", "3"),
        ("ArrowRight", "3"),
        ("ArrowLeft", "2"),
        ("End", "3"),
        ("Home", "1"),
        (" ", "2"),
    ]:
        page.keyboard.press(key)
        assert shown(page) == place, key
    assert page.url.endswith("#2")
    assert page.inner_text("[data-presenter-status]") == "Slide 2 of 3: Its parts"
    page.keyboard.press("n")
    assert page.is_visible(f"{CURRENT} .slide-notes")
    page.keyboard.press("?")
    assert page.is_visible("[data-presenter-keys]")
    page.keyboard.press("Escape")
    assert page.is_hidden("[data-presenter-keys]")
    page.keyboard.press("o")
    assert page.locator(".overview .slide:visible").count() == 3
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert (shown(page), page.locator(".overview").count()) == ("3", 0)
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-presenter]", state="hidden")
    assert page.locator("[data-deck-slides] > .slide").count() == 3


def test_a_slide_fills_the_window_and_its_drawing_is_seen(page_of):
    page = page_of()
    page.goto(f"{page.root}/slides#2")
    page.wait_for_selector(CURRENT)
    assert page.locator("[data-presenter]").bounding_box()["width"] == 1280
    for is_full in ("true", "false"):
        page.click("[data-deck-action=fullscreen]")
        page.wait_for_selector(f"[data-deck-action=fullscreen][aria-pressed={is_full}]")
    page.wait_for_function(f"() => document.querySelector('{CURRENT} img.in-light').complete")
    assert page.locator(f"{CURRENT} img.in-light").bounding_box()["width"] > 50


def test_an_address_opens_its_slide(page_of):
    page = page_of()
    page.goto(f"{page.root}/slides#3")
    page.wait_for_selector(CURRENT)
    assert shown(page) == "3"
    page.evaluate("location.hash = '#2'")
    page.wait_for_selector(f"{CURRENT}[id='2']")


def test_swipes_turn_slides(page_of):
    page = page_of(viewport={"width": 390, "height": 800}, has_touch=True)
    page.goto(f"{page.root}/slides#1")
    page.wait_for_selector(CURRENT)
    page.evaluate(
        """() => {
          const stage = document.querySelector("[data-presenter-stage]");
          const at = (x) => new Touch({identifier: 1, target: stage, clientX: x, clientY: 300});
          stage.dispatchEvent(new TouchEvent("touchstart", {touches: [at(300)], changedTouches: [at(300)]}));
          stage.dispatchEvent(new TouchEvent("touchend", {touches: [], changedTouches: [at(100)]}));
        }"""
    )
    assert shown(page) == "2"


def test_each_slide_is_a_page_of_paper(page_of):
    page = page_of()
    page.goto(f"{page.root}/slides")
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 3
    page.emulate_media(media="print")
    drawing = page.locator(".slide img.in-light").first.bounding_box()
    assert drawing["width"] > 300 and drawing["height"] > 300


def test_the_downloaded_file_presents_itself_without_a_network(page_of, tmp_path):
    page = page_of()
    reply = page.request.get(f"{page.root}/slides/slides.html")
    file = tmp_path / "slides.html"
    file.write_bytes(reply.body())
    asked = []
    page = page.context.browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{file}#2")
    page.wait_for_selector(CURRENT)
    assert shown(page) == "2"
    page.keyboard.press("ArrowRight")
    assert shown(page) == "3"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_slides_and_workshop_follow_the_rules(page_of, look):
    page = page_of(**look)
    page.goto(f"{page.root}/slides")
    check(page, "slides")
    page.goto(f"{page.root}/slides#1")
    page.wait_for_selector(CURRENT)
    check(page, "presented")
    page.keyboard.press("o")
    check(page, "all slides")
    page.goto(f"{page.root}/workshop")
    check(page, "workshop")


def test_an_answer_is_checked_on_the_page(page_of):
    page = page_of()
    page.goto(f"{page.root}/workshop")
    page.click("#exercise-1 label:has-text('shop/mail.js')")
    page.click("#exercise-1 button[type=submit]")
    page.wait_for_selector("#exercise-1 .verdict.wrong:visible")
    page.click("#exercise-1 label:has-text('shop/prices.py')")
    page.click("#exercise-1 button[type=submit]")
    page.wait_for_selector("#exercise-1 .verdict.right:visible")
    assert page.inner_text("#workshop-progress").strip() == "1 of 2 answered rightly"


def test_a_strangers_answers_stay_in_the_browser(start, open_page, public_repository):
    make_wiki(public_repository, (*PAGES, *TAUGHT), is_public=True)
    live = start(DEEPWIKI_ALLOW_ANONYMOUS="true")
    page = open_page(live)
    page.goto(f"{live.url}/r/{public_repository.pk}/wiki/workshop")
    page.click("#exercise-1 label:has-text('shop/prices.py')")
    page.click("#exercise-1 button[type=submit]")
    page.wait_for_selector("#exercise-1[data-right]")
    page.reload()
    page.wait_for_selector(f"[data-exercise='{EXERCISE_KEY}'][data-right]")
    assert "1 of 2" in page.inner_text("#workshop-progress")
