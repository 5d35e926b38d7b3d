"""Long pastes on the page: folded, opened, edited, taken back, sent, and folded in the thread."""

import pytest

from chat.models import Message
from chat.tests.test_accessibility import check
from deepwiki.testing.page import begin, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHIP = "#pasted-chosen li"
PASTE = """text => {
    const data = new DataTransfer()
    data.setData("text/plain", text)
    const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    document.getElementById("question").dispatchEvent(event)
}"""
LONG = "\n".join(f"line {n} of `it`" for n in range(1, 1_205))


@pytest.fixture
def page(start, open_page, repository):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    page.fill("#question", "Why does this fail?")
    page.evaluate(PASTE, LONG)
    return page


def asked():
    return Message.objects.filter(role="user").order_by("-position").first().content


def test_a_long_paste_folds_is_sent_and_stays_folded(page):
    assert page.inner_text(f"{CHIP} [data-part=name]") == "Pasted text · 1,204 lines"
    assert page.input_value("#question") == "Why does this fail?"
    page.reload()  # the draft holds it, too
    assert page.locator(CHIP).count() == 1
    page.press("#question", "Enter")
    assert page.locator(CHIP).count() == 0
    finished(page)
    assert asked() == f"Why does this fail?\n\n```pasted\n{LONG}\n```"
    assert page.title() == "Why does this fail? · DeepWiki"
    for _ in range(2):
        assert page.inner_text(".question [data-part=text]") == "Why does this fail?"
        assert page.inner_text(".question summary") == "Pasted text · 1,204 lines"
        assert page.locator(".question pre").is_hidden()
        page.click(".question summary")
        assert page.inner_text(".question pre") == LONG
        page.reload()


def test_short_pastes_are_typed_and_long_ones_can_be_sent_alone(page):
    page.evaluate(PASTE, "short")
    assert page.locator(CHIP).count() == 1
    page.fill("#question", "")
    page.press("#question", "Enter")
    finished(page)
    assert asked().startswith("```pasted\nline 1 ")


def test_it_is_opened_edited_and_taken_back_by_keys(page):
    page.focus(f"{CHIP} [data-part=name]")
    page.keyboard.press("Enter")
    assert page.input_value("#pasted textarea").startswith("line 1 of")
    check(page, "pasted text")
    page.fill("#pasted textarea", "two\nlines")
    page.click("#pasted button[value=keep]")
    assert page.inner_text(f"{CHIP} [data-part=name]") == "Pasted text · 2 lines"
    assert page.evaluate("document.activeElement.id") == "question"
    page.click(f"{CHIP} [data-part=name]")
    page.fill("#pasted textarea", "given up")
    page.keyboard.press("Escape")
    page.focus(f"{CHIP} [data-part=remove]")
    assert "Pasted text" in page.get_attribute(f"{CHIP} [data-part=remove]", "aria-label")
    page.keyboard.press("Enter")
    assert page.locator(CHIP).count() == 0
    page.press("#question", "Enter")
    finished(page)
    assert asked() == "Why does this fail?"


def test_an_edited_question_keeps_what_was_pasted(page):
    page.press("#question", "Enter")
    finished(page)
    page.hover(".question")
    page.click(".question [data-action=edit]")
    assert page.input_value(".question form textarea") == "Why does this fail?"
    page.fill(".question form textarea", "Why?")
    page.press(".question form textarea", "Enter")
    finished(page)
    page.wait_for_selector(".question >> text=Version 2 of 2")
    assert asked() == f"Why?\n\n```pasted\n{LONG}\n```"
    assert page.inner_text(".question summary") == "Pasted text · 1,204 lines"
