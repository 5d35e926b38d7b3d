"""On the page: an answer that was cut at its model's limit goes on; thinking is shown."""

import pytest

from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_answer_at_the_limit_of_output_says_so_and_goes_on(start, open_page, repository, model):
    live = start("fake?tokens=3&fault=length")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    assert finished(page, "partial") == "t0000 t0001 t0002"
    page.wait_for_selector("[data-part=ending] >> text=the longest this model writes at once")
    model.default = "fake?tokens=2"
    page.click("[data-action=continue]")
    page.wait_for_selector(".answer[data-state=complete]")
    assert page.locator("[data-action=continue]").count() == 1
    sent = model.requests[-1]["messages"]
    assert [turn["content"] for turn in sent if turn["role"] == "assistant"] == [
        "t0000 t0001 t0002 "
    ]
    assert "Continue exactly where your last answer stopped." in sent[-1]["content"]
    page.reload()
    ending = page.locator("[data-part=ending] .banner").first
    assert "the longest this model writes at once" in ending.inner_text()
    assert page.locator("[data-action=continue]").count() == 1


def test_thinking_is_shown_with_its_time(start, open_page, repository):
    live = start("fake?tokens=2&thoughts=8&delay_ms=500")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    page.wait_for_selector("text=Thinking… 2 s")
    assert finished(page) == "t0000 t0001"
    assert "hm" not in page.locator(".answer").inner_text()
