"""What stands at a turn: links to one answer, versions in the browser's history, the line of figures."""

import pytest

from chat.models import Conversation, Message
from deepwiki.testing.page import ask, begin, bring_session, finished

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COPIED = """
    window.copied = [];
    Object.defineProperty(navigator, "clipboard", {
        value: { writeText: (text) => { window.copied.push(text); return Promise.resolve(); } },
    });
"""


@pytest.fixture
def long(alice, repository):
    conversation = Conversation.objects.create(user=alice, repository=repository, title="Long")
    row = None
    for number in range(1, 101):
        row = Message.objects.create(
            conversation=conversation,
            position=number,
            parent=row,
            role="user" if number % 2 else "assistant",
            content=f"number {number}\n\n" + "words " * 60,
        )
    return conversation


def add(conversation, content, parent, position):
    question = Message.objects.create(
        conversation=conversation, position=position, parent=parent, role="user", content=content
    )
    return Message.objects.create(
        conversation=conversation,
        position=position + 1,
        parent=question,
        role="assistant",
        content=f"answer to {content}",
    )


@pytest.fixture
def versions(alice, repository):
    conversation = Conversation.objects.create(user=alice, repository=repository, title="Versions")
    for number, content in enumerate(("first", "second", "third")):
        add(conversation, content, None, 2 * number + 1)
    return conversation


def open_conversation(open_page, live, conversation, end="", **kwargs):
    page = open_page(live, **kwargs)
    page.add_init_script(COPIED)
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/{end}")
    return page


def test_a_link_to_an_answer_leads_to_it_however_far_up_it_stands(start, open_page, long):
    live = start()
    page = open_conversation(open_page, live, long)
    target = long.messages.get(position=98)
    page.locator(f"[data-message='{target.pk}'] [data-action=copy-turn]").click()
    page.wait_for_selector("[data-action=copy-turn]:has-text('Copied')")
    (link,) = page.evaluate("window.copied")
    assert link == f"{live.url}/c/{long.pk}/?at={target.pk}#turn-{target.pk}"
    far = long.messages.get(position=4)
    page = open_conversation(open_page, live, long, f"?at={far.pk}#turn-{far.pk}")
    page.wait_for_selector("[data-linked]")
    assert page.get_attribute("[data-linked]", "data-message") == str(far.pk)
    assert 0 <= page.locator("[data-linked]").bounding_box()["y"] < 200
    assert page.evaluate("document.activeElement.dataset.message") == str(far.pk)


def test_a_link_to_an_answer_that_is_not_there_shows_the_conversation(start, open_page, long):
    live = start()
    page = open_conversation(open_page, live, long, f"#turn-{long.pk}")
    page.wait_for_function("() => document.querySelectorAll('[data-turn]').length === 100")
    assert page.locator("[data-linked]").count() == 0


def test_back_and_forward_go_through_the_versions_that_were_shown(start, open_page, versions):
    live = start()
    page = open_conversation(open_page, live, versions)
    page.evaluate("window.marker = 1")
    for number in (2, 1):
        page.click("a[rel=prev]")
        page.wait_for_selector(f"text=Version {number} of 3")
    page.go_back()
    page.wait_for_selector("text=Version 2 of 3")
    page.go_back()
    page.wait_for_selector("text=Version 3 of 3")
    page.go_forward()
    page.wait_for_selector("text=Version 2 of 3")
    assert page.inner_text(".question [data-part=text]") == "second"
    assert page.evaluate("window.marker") == 1, "the page was loaded anew"
    page.locator(".question").focus()
    page.keyboard.press("[")
    page.wait_for_selector("text=Version 1 of 3")
    page.keyboard.press("]")
    page.wait_for_selector("text=Version 2 of 3")


def test_what_is_asked_in_a_version_takes_its_address(start, open_page, versions):
    live = start("fake?tokens=3")
    page = open_conversation(open_page, live, versions)
    page.click("a[rel=prev]")
    page.wait_for_selector("text=Version 2 of 3")
    ask(page, "And then?")
    finished(page)
    assert "?" not in page.url
    page.go_back()
    page.wait_for_selector(".question >> text=And then?")


def test_the_line_below_an_answer_tells_its_figures_and_grey_notices(start, open_page, repository):
    live = start("fake?text=See%2520%60shop%252Fprices.py%3AL1-L2%60.")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    finished(page)
    facts = page.locator(".fact").all_inner_texts()
    assert [fact.split(":")[0].strip() for fact in facts] == [
        "Files cited",
        "Model",
        "First word",
        "In all",
        "Tokens",
    ]
    assert "1 file" in facts[0] and "fake" in facts[1]
    line = page.locator(".meta").bounding_box()
    assert line["height"] < 40, "it is more than one line"


@pytest.mark.parametrize("code", ["words_only", "nothing_found"])
def test_notices_of_low_rank_stand_in_grey_below(start, open_page, versions, code):
    notice = {"code": code, "message": "A notice to read."}
    Message.objects.filter(role="assistant").update(notices=[notice])
    live = start()
    page = open_conversation(open_page, live, versions)
    is_low = code == "words_only"
    assert page.locator(".asides li").count() == int(is_low)
    assert page.locator("[data-part=notices] .banner").count() == int(not is_low)


@pytest.mark.parametrize("state", ["stopped", "interrupted", "complete"])
def test_an_answer_that_was_cut_offers_to_go_on(start, open_page, versions, model, state):
    Message.objects.filter(role="assistant").update(state=state)
    live = start("fake?tokens=2")
    page = open_conversation(open_page, live, versions)
    assert page.locator("[data-action=continue]").count() == int(state != "complete")
    if state == "stopped":
        page.click("[data-action=continue]")
        finished(page)
        assert "answer to third" in page.inner_text("#thread"), "what stood there was taken back"
