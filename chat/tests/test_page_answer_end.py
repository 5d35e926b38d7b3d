"""Below an answer and in the composer, in a real Chromium: groups, next questions, the mode."""

import json
from urllib.parse import quote

import pytest

from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITING = "Ten percent, see `shop/prices.py:L16-L18` and `shop/none.py:L1`."


@pytest.fixture
def asked(start, open_page, repository):
    """A page with a finished answer that cites a place that was read and one that is not there."""
    live = start(f"fake?text={quote(CITING)}")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    finished(page)
    return page


def test_when_an_answer_has_ended_its_sources_stand_in_groups(asked):
    asked.wait_for_selector(".source-group", state="attached")
    asked.click(".sources > summary")
    assert asked.locator(".source-group[open] > summary").inner_text().startswith("Cited")
    assert asked.locator(".source-group[open] .cite.unverified").count() == 1
    assert asked.locator(".source-group[open] >> text=not found in this commit").count() == 1
    assert asked.locator("text=1 citation is not in this commit.").count() == 1
    asked.click(".source-group[open] a.cite")
    asked.wait_for_selector(".pane .marked")


def test_a_list_of_sources_that_is_loaded_anew_stays_open_and_in_the_pane(
    start, open_page, repository, model
):
    live = start(f"fake?text={quote(CITING)}&hold=1")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    page.click(".sources > summary")
    page.click(".sources [data-path='shop/prices.py'] >> nth=0")
    page.wait_for_selector(".pane .marked")
    model.release()
    page.wait_for_selector(".source-group")
    assert page.locator(".sources[open]").count() == 1
    page.focus(".pane .code-lines")
    page.keyboard.press("n")
    page.wait_for_selector(".pane .marked")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.answer') !== null")


def test_a_question_to_go_on_with_is_asked_by_its_button(asked):
    button = asked.wait_for_selector(".follow-ups button >> nth=0")
    assert button.inner_text() == "Who calls apply_discount, and what for?"
    assert button.query_selector("code").inner_text() == "apply_discount"
    asked.focus(".follow-ups button >> nth=0")
    asked.keyboard.press("Enter")
    asked.wait_for_selector(".answer[data-state=complete] >> nth=1")
    question = "Who calls `apply_discount`, and what for?"
    assert asked.inner_text(".question >> nth=1 >> [data-part=text]") == question
    asked.wait_for_selector(".answer:last-child .follow-ups")
    assert asked.locator(".follow-ups:visible").count() == 1
    asked.reload()
    assert asked.locator(".answer:last-child .follow-ups:visible button").count() > 0
    assert asked.locator(".follow-ups").count() == 1


def test_without_a_language_model_there_is_no_mode_to_choose(start, open_page, repository):
    live = start()
    page = begin(open_page(live), live, repository)
    assert page.locator("#mode, #mode-help").filter(visible=True).count() == 2
    page.select_option("#model", "search-only|excerpts")
    assert page.locator("#mode, #mode-help").filter(visible=True).count() == 0
    page.reload()
    assert page.locator("#mode, #mode-help").filter(visible=True).count() == 0


def test_one_button_sends_and_stops_and_keeps_the_focus_on_the_question(
    start, open_page, repository, model
):
    live = start("fake?tokens=5&hold=1")
    page = begin(open_page(live), live, repository)
    page.fill("#question", "How?")
    page.focus("#send")
    page.keyboard.press("Enter")
    page.wait_for_selector("#stop")
    assert page.locator("#send").is_hidden()
    assert page.evaluate("document.activeElement.id") == "question"
    model.release()
    finished(page)
    page.wait_for_selector("#send")
    assert page.locator("#stop").is_hidden()


def test_the_mode_is_sent_explained_and_remembered(start, open_page, repository, people):
    live = start("fake?tokens=3")
    page = open_page(live)
    sent = []
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(json.loads(frame))),
    )
    begin(page, live, repository)
    assert page.input_value("#mode") == "auto"
    page.focus("#mode")
    page.keyboard.press("ArrowDown")
    assert page.input_value("#mode") == "quick"
    assert page.inner_text("#mode-help") == "One search, one answer"
    ask(page, "How?")
    finished(page)
    page.reload()
    assert page.input_value("#mode") == "quick"
    page.select_option("#mode", "research")
    ask(page, "How does it all work?")
    finished(page)
    assert page.input_value("#mode") == "quick"
    page.select_option("#mode", "research")
    other = page.context.new_page()  # research is for one question: no other tab begins with it
    other.goto(page.url)
    assert other.input_value("#mode") == "quick"
    page.reload()
    assert page.input_value("#mode") == "research"
    asked = [frame["mode"] for frame in sent if frame["event"] == "ask"]
    assert asked == ["quick", "research"]
