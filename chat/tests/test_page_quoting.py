"""A selection is quoted into the next question with its place; in a real Chromium."""

from urllib.parse import quote

import pytest

from chat.models import Message
from deepwiki.testing.page import ask, begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "The sum is rounded, see `shop/prices.py:L1-L2`.\n\n```python\nx = 1\ny = 2\n```\n"
SELECT = """([selector, first, last]) => {
  const elements = document.querySelectorAll(selector);
  const range = document.createRange();
  range.setStart(elements[first], 0);
  range.setEnd(elements[last], elements[last].childNodes.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture
def page(start, open_page, repository):
    live = start(f"fake?text={quote(quote(TEXT))}")
    opened = begin(open_page(live), live, repository)
    ask(opened, "How?")
    finished(opened)
    return opened


def select(page, selector, first=0, last=0):
    page.evaluate(SELECT, [selector, first, last])
    page.locator("#main").dispatch_event("pointerup")


def test_a_sentence_of_an_answer_is_quoted_with_what_it_cites(page):
    page.fill("#question", "Is this so?")
    select(page, ".answer [data-part=body] p")
    page.wait_for_selector("#quote:visible")
    page.click("#quote")
    typed = page.input_value("#question")
    assert typed.startswith("Is this so?\n\n> `shop/prices.py:L1-L2`\n>\n> The sum is rounded, see")
    assert typed.endswith("\n\n") and page.evaluate("document.activeElement.id") == "question"
    assert page.is_hidden("#quote")
    page.keyboard.type("And why?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer[data-state=complete] >> nth=1")
    content = Message.objects.filter(role="user").latest("position").content
    assert "> The sum is rounded" in content and content.endswith("And why?")


def test_code_is_quoted_as_code_by_a_key(page):
    select(page, ".answer [data-part=body] pre code")
    page.locator("#main").focus()
    page.keyboard.press("q")
    assert page.input_value("#question") == "> ```\n> x = 1\n> y = 2\n> ```\n\n"


def test_lines_of_the_source_are_quoted_with_their_place(page):
    page.click(".answer [data-part=body] a.cite")
    page.wait_for_selector("#pane [data-code] li >> nth=4")
    select(page, "#pane [data-code] li code", 3, 4)
    page.wait_for_selector("#quote:visible")
    page.click("#quote")
    typed = page.input_value("#question").split("\n")
    assert typed[0] == "> `shop/prices.py:L4-L5`"
    assert typed[2] == "> ```" and len(typed) == 8


@pytest.mark.parametrize("selector", [".question [data-part=text]", "#rail .title"])
def test_what_is_no_answer_and_no_source_is_not_quoted(page, selector):
    select(page, selector)
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true)))")
    assert page.is_hidden("#quote")
    page.locator("#main").focus()
    page.keyboard.press("q")
    assert page.input_value("#question") == ""
