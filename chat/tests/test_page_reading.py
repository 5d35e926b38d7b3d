"""Reading an answer: where the page stands, going between versions, copying, deleting; in a real Chromium."""

from datetime import datetime

import pytest

from chat.models import Conversation, Message
from deepwiki.testing.page import ask, begin, bring_session, finished, loaded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKDOWN = (
    "# Title\n\nUse `total_of`:\n\n```python\nprint(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)
TOP = "document.getElementById('main').getBoundingClientRect().top"
FROM_END = "(() => { const m = document.getElementById('main'); return m.scrollHeight - m.scrollTop - m.clientHeight; })()"
COPIED = """
window.copied = [];
document.addEventListener("copy", () => window.copied.push(String(document.activeElement.value)));
"""


@pytest.fixture
def conversation(repository, alice):
    """One with long answers: the texts of its questions name their places."""
    conversation = Conversation.objects.create(user=alice, repository=repository, title="long")
    add(conversation, "first question", None, 1)
    add(conversation, "second question", conversation.messages.last(), 3)
    return conversation


def add(conversation, text, parent, position):
    question = Message.objects.create(
        conversation=conversation, role="user", content=text, parent=parent, position=position
    )
    return Message.objects.create(
        conversation=conversation,
        role="assistant",
        content="\n\n".join(f"{text}: paragraph {number}" for number in range(40)),
        parent=question,
        position=position + 1,
        state="complete",
    )


def top_of(page, text):
    """Where a question stands below the top of the reading column, in pixels."""
    return page.evaluate(
        f"(text) => [...document.querySelectorAll('.question')].find((q) => q.innerText.includes(text)).getBoundingClientRect().top - {TOP}",
        text,
    )


def test_a_conversation_opens_at_its_last_question(start, open_page, conversation):
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/")
    assert 0 <= top_of(page, "second question") < 60
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_an_answer_that_comes_at_once_is_read_from_its_question_on(start, open_page, repository):
    live = start("fake?tokens=900")
    page = begin(open_page(live), live, repository)
    page.clock.set_fixed_time(datetime.now())  # at once, however long this machine takes
    ask(page, "How is the discount computed?")
    finished(page)
    assert 0 <= top_of(page, "How is the discount") < 60


def test_excerpts_are_read_from_their_question_on(start, open_page, conversation):
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/")
    page.select_option("#model", "search-only|excerpts")
    page.clock.set_fixed_time(datetime.now())
    ask(page, "apply_discount")
    page.wait_for_selector(".answer[data-state=complete] >> nth=2")
    loaded(page)
    assert 0 <= top_of(page, "apply_discount") < 60


def test_a_growing_image_does_not_end_following_and_scrolling_up_does(
    start, open_page, repository, model
):
    live = start("fake?tokens=800&delay_ms=2&hold=400")
    page = begin(open_page(live), live, repository)
    ask(page, "A long one")
    page.wait_for_selector("text=t0350")
    page.evaluate(
        """() => {
        const block = document.createElement("div");
        block.id = "late";
        block.style.height = "900px";
        document.querySelector(".answer [data-part=notices]").append(block);
        }"""
    )
    page.wait_for_function(f"() => {FROM_END} < 2")
    page.mouse.move(700, 300)
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"() => {FROM_END} > 300")
    before = page.evaluate("document.getElementById('main').scrollTop")
    model.release()
    finished(page)
    assert page.evaluate("document.getElementById('main').scrollTop") == before


def test_another_version_is_shown_in_place(start, open_page, conversation):
    first = conversation.messages.get(content="first question")
    add(conversation, "first question reworded", None, 5)
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/")
    page.evaluate("window.marker = 1; document.getElementById('main').scrollTop = 40")
    before = top_of(page, "reworded")
    page.click("a[rel=prev]")
    page.wait_for_selector("text=Version 1 of 2")
    assert page.evaluate("window.marker") == 1, "the page was loaded anew"
    assert abs(top_of(page, "first question") - before) < 2
    assert page.url.endswith(f"?at={first.pk}")
    assert page.evaluate("document.activeElement.rel") == "next"
    assert page.locator(".question").count() == 2
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Version 2 of 2")
    ask(page, "And on Sundays?")
    page.wait_for_selector("text=And on Sundays?")
    finished(page)
    assert Message.objects.get(content="And on Sundays?").parent.parent.content.endswith("reworded")


def test_copying_gives_the_markdown_of_an_answer_with_or_without_the_clipboard(
    start, open_page, repository
):
    from urllib.parse import quote

    live = start(f"fake?text={quote(quote(MARKDOWN))}")
    page = open_page(live)
    page.add_init_script(COPIED)
    begin(page, live, repository)
    ask(page, "How?")
    finished(page)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.click("[data-action=copy-answer]")
    page.wait_for_selector("[data-action=copy-answer]:has-text('Copied')")
    page.click(".code [data-action=copy]")
    page.wait_for_selector(".code [data-action=copy]:has-text('Copied')")
    answer, code = page.evaluate("window.copied")
    assert answer == Message.objects.get(role="assistant").content
    assert "```python" in answer and "| 1 | 2 |" in answer and "Wrap" not in answer
    assert code.strip() == "print(1)"
    page.wait_for_selector("[data-action=copy-answer]:has-text('Copied')", state="detached")
    assert page.inner_text("[data-action=copy-answer]") == "Copy"


def test_a_selection_leaves_the_buttons_out(start, open_page, repository):
    from urllib.parse import quote

    live = start(f"fake?text={quote(quote(MARKDOWN))}")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    finished(page)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.answer'))")
    text = page.evaluate("getSelection().toString()")
    assert "print(1)" in text and "total_of" in text
    assert "Wrap" not in text and "Copy" not in text and "Download" not in text


def test_a_refused_copy_is_said(start, open_page, repository):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    finished(page)
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false; 0"
    )
    page.click("[data-action=copy-answer]")
    page.wait_for_selector("text=The browser did not allow it")


def test_deleting_the_open_conversation_closes_its_composer_and_undo_survives(
    start, open_page, repository
):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    finished(page)
    page.click(".item summary")
    page.click(".item >> text=Delete")
    page.wait_for_selector("#deleted")
    assert page.locator("#composer, #share").filter(visible=True).count() == 0
    with page.expect_response("**/parts/rail"):
        page.evaluate("document.body.dispatchEvent(new Event('conversations-changed'))")
    page.click("#rail-notices >> text=Undo")
    page.wait_for_selector("#composer")
    assert page.locator("#deleted, #rail-notices .banner").filter(visible=True).count() == 0
    ask(page, "And then?")
    page.wait_for_selector(".answer[data-state=complete] >> nth=1")


def test_the_rail_stays_closed_and_deep_research_is_for_one_question(start, open_page, repository):
    live = start("fake?text=%23%23%20Next%20Steps%0ANothing%20is%20missing.")
    page = begin(open_page(live), live, repository)
    page.click(".top [data-action=toggle-rail]")
    page.wait_for_selector("#rail-panel", state="hidden")
    page.reload()
    assert page.locator("#rail-panel").is_hidden()
    assert page.get_attribute(".top [data-action=toggle-rail]", "aria-expanded") == "false"
    page.select_option("#mode", "research")
    ask(page, "How does the shop work?")
    finished(page)
    assert page.input_value("#mode") == "auto"


def test_escape_closes_the_rail_of_a_phone(start, open_page, repository):
    live = start()
    page = open_page(live, viewport={"width": 390, "height": 844})
    begin(page, live, repository)
    page.click(".top [data-action=toggle-rail]")
    page.wait_for_selector("#rail-panel")
    page.keyboard.press("Escape")
    page.wait_for_selector("#rail-panel", state="hidden")


def test_the_details_of_an_answer_open_above_the_composer(start, open_page, repository):
    live = start("fake?tokens=900")
    page = begin(open_page(live), live, repository)
    ask(page, "How?")
    finished(page)
    page.wait_for_selector(".facts summary")
    page.evaluate("document.getElementById('main').scrollTo(0, 1e6)")
    page.click(".facts summary")
    page.wait_for_function(
        "() => document.querySelector('.facts dl').getBoundingClientRect().bottom <= document.getElementById('composer').getBoundingClientRect().top"
    )
