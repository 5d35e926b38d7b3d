"""Versions of a question, ratings, share links, sources, the keyboard: in a real Chromium against a real server."""

import re

import pytest

from chat.core.titles import title_from_words
from chat.models import Conversation, Message, Share
from deepwiki.testing.page import ask, begin, bring_session, finished
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(start, open_page, repository):
    """A page on which one question was answered."""
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    finished(page)
    page.live = live
    return page


def question(page, number=0):
    return page.locator(".question [data-part=text]").nth(number).inner_text()


def test_an_edited_question_stands_beside_the_first_and_both_stay_reachable(asked):
    page = asked
    ask(page, "And the tax?")
    page.wait_for_selector(".answer[data-state=complete] >> nth=1")
    page.hover(".question >> nth=0")
    page.click(".question >> nth=0 >> [data-action=edit]")
    assert page.input_value(".question textarea") == "How is the discount computed?"
    page.keyboard.press("Escape")
    assert page.locator(".question textarea").count() == 0
    page.click(".question >> nth=0 >> [data-action=edit]")
    page.fill(".question textarea", "How is the total computed?")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Version 2 of 2")
    finished(page)
    assert (question(page), page.locator(".question").count()) == ("How is the total computed?", 1)
    page.click("a[rel=prev]")
    page.wait_for_selector("text=Version 1 of 2")
    assert (question(page), question(page, 1)) == ("How is the discount computed?", "And the tax?")
    # A question on the older branch is answered there, with what was said there.
    ask(page, "And on Sundays?")
    page.wait_for_selector(".answer[data-state=complete] >> nth=2")
    page.reload()
    assert [question(page, n) for n in range(3)] == [
        "How is the discount computed?",
        "And the tax?",
        "And on Sundays?",
    ]
    page.click("a[rel=next]")
    page.wait_for_selector("text=Version 2 of 2")
    assert question(page) == "How is the total computed?"
    rows = {m.content: m for m in Message.objects.filter(role="user")}
    assert (
        rows["How is the total computed?"].parent_id
        == rows["How is the discount computed?"].parent_id
        is None
    )
    assert rows["And on Sundays?"].parent.parent == rows["And the tax?"]


def test_an_answer_is_rated_with_a_reason_and_the_rating_taken_back(asked):
    page = asked
    page.click("[aria-label='This did not help']")
    page.fill(".reason input[name=reason]", "Too short")
    page.click(".reason button")
    page.wait_for_selector("text=Too short")
    answer = Message.objects.get(role="assistant")
    assert (answer.rating, answer.rating_reason) == (-1, "Too short")
    page.reload()
    assert page.get_attribute("[aria-label='This did not help']", "aria-pressed") == "true"
    page.click("[aria-label='This did not help']")
    page.wait_for_selector("[aria-label='This did not help'][aria-pressed=false]")
    answer.refresh_from_db()
    assert (answer.rating, answer.rating_reason) == (None, "")


def test_a_shared_conversation_is_read_by_a_stranger_until_the_link_is_taken_back(asked, open_page):
    page = asked
    page.click("#share")
    page.click("text=Make a link")
    link = page.inner_text("[data-part=share-link]")
    ask_later = page.locator("#dialog button:has-text('Close')")
    ask_later.click()
    ask(page, "A later question")
    page.wait_for_selector(".answer[data-state=complete] >> nth=1")
    stranger = open_page(page.live)
    stranger.goto(link)  # of a folder on the server: for people with an account
    stranger.wait_for_selector("input[name=login]")
    Repository.objects.update(shares_allowed=True)
    answer = stranger.goto(link)
    assert answer.status == 200
    assert (
        answer.headers["referrer-policy"] == "no-referrer"
        and "noindex" in answer.headers["x-robots-tag"]
    )
    text = stranger.inner_text("body")
    assert "How is the discount computed?" in text and "t0000 t0001 t0002" in text
    assert "A later question" not in text and "alice" not in text
    assert stranger.locator("#composer, [data-action=edit], .rating").count() == 0
    page.click("#share")
    page.click("text=Take back")
    page.wait_for_selector("[data-part=share-link]", state="detached")
    assert stranger.goto(link).status == 404
    assert Share.objects.get().revoked_at is not None


def test_sources_are_walked_through_and_the_pane_keeps_its_width(asked):
    page = asked
    page.click(".sources summary")
    page.click(".sources a.cite >> nth=0")
    page.wait_for_selector("#pane .code-lines")
    first = page.inner_text("#pane-path")
    marked = page.locator("#pane .marked").count()
    assert marked > 0
    page.click("[data-action=next-source]")
    page.wait_for_function(
        "([first]) => document.getElementById('pane-path').textContent !== first", arg=[first]
    )
    page.keyboard.press("p")
    page.wait_for_function(
        "([first]) => document.getElementById('pane-path').textContent === first", arg=[first]
    )
    before = page.locator("#pane").bounding_box()["width"]
    page.focus(".grip")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    wider = page.locator("#pane").bounding_box()["width"]
    assert wider > before + 40
    page.keyboard.press("Escape")
    assert page.locator("#pane").is_hidden()
    page.reload()
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("o")
    page.wait_for_selector("#pane .code-lines")
    assert abs(page.locator("#pane").bounding_box()["width"] - wider) < 3


def test_everything_is_reached_by_keyboard(asked):
    page = asked
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#help").is_hidden()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "question"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "answer"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.className") == "question"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "question"
    page.keyboard.press("Control+k")
    page.wait_for_selector("#switch-list a")
    page.fill("#switch-input", "discount")
    page.wait_for_selector("#switch-list a:has-text('Discount computed')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/c/"))


def test_first_questions_are_offered_and_asked_with_one_click(start, open_page, repository):
    live = start("fake?tokens=3")
    page = begin(open_page(live), live, repository)
    offered = page.locator(".suggestions button").all_inner_texts()
    assert 2 <= len(offered) <= 4
    page.click(".suggestions button >> nth=0")
    finished(page)
    assert question(page) == offered[0]
    assert Conversation.objects.get().title == title_from_words(offered[0])


def test_a_refused_edit_costs_nothing(start, open_page, repository):
    live = start("fake?tokens=3", DEEPWIKI_REQUESTS_PER_MINUTE="2")
    page = begin(open_page(live), live, repository)
    for number, words in enumerate(("First question", "Second question")):
        ask(page, words)
        page.wait_for_selector(f".answer[data-state=complete] >> nth={number}")
    page.hover(".question >> nth=0")
    page.click(".question >> nth=0 >> [data-action=edit]")
    page.fill(".question textarea", "First, in other words")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=questions in a minute")
    assert page.locator(".question").count() == 2
    assert page.input_value(".question textarea") == "First, in other words"
    page.click(".question form .quiet")
    assert [question(page, n) for n in range(2)] == ["First question", "Second question"]


def test_a_version_edited_once_more_leads_back_to_the_one_before(asked):
    page = asked
    for number, words in ((2, "Second wording"), (3, "Third wording")):
        page.hover(".question")
        page.click("[data-action=edit]")
        page.fill(".question textarea", words)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"text=Version {number} of {number}")
        finished(page)
    page.click("a[rel=prev]")
    page.wait_for_selector("text=Version 2 of 3")
    assert question(page) == "Second wording"


def test_earlier_messages_come_as_one_scrolls_up(start, open_page, repository, people):
    conversation = Conversation.objects.create(
        user=people["alice"], repository=repository, title="Long"
    )
    rows = [None]
    for n in range(1, 101):
        role = "user" if n % 2 else "assistant"
        rows.append(
            Message(
                conversation=conversation,
                position=n,
                parent=rows[-1],
                role=role,
                content=f"number {n}\n\n```python\nx\n```",
            )
        )
    Message.objects.bulk_create(rows[1:])
    live = start()
    page = open_page(live, locale="fr-FR")
    bring_session(page, live)
    page.goto(f"{live.url}/c/{conversation.pk}/")
    assert page.locator("[data-turn]").count() == 40
    for expected in (80, 100):
        page.evaluate("document.getElementById('main').scrollTo(0, 0)")
        page.wait_for_function(
            "(n) => document.querySelectorAll('[data-turn]').length === n", arg=expected
        )
    assert "number 1" in page.locator("[data-turn]").first.inner_text()
    page.wait_for_function(
        "() => document.querySelector('.code [data-action=copy]').textContent !== 'Copy'"
    )


def test_a_key_does_nothing_once_single_keys_are_switched_off(asked):
    page = asked
    page.click("[data-action=help]")
    page.uncheck("[data-action=keys]")
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("?")
    assert page.locator("#help").is_hidden()
    page.reload()
    page.locator("#main").focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "question"


def test_escape_closes_the_source_and_leaves_the_answer_alone(start, open_page, repository):
    live = start("fake?tokens=200&hold=20")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    page.click(".sources summary")
    page.click(".sources a.cite >> nth=0")
    page.wait_for_selector("#pane .code-lines")
    page.keyboard.press("Escape")
    assert page.locator("#pane").is_hidden()
    assert page.get_attribute(".answer", "data-state") == "running"
    page.keyboard.press("Escape")
    finished(page, "stopped")


def test_trying_a_model_leaves_running_answers_alone(start, open_page, repository, people, model):
    people["bob"].is_staff = people["bob"].is_superuser = True
    people["bob"].save()
    live = start("fake?tokens=120&hold=40")
    page, admin = open_page(live), open_page(live)
    bring_session(page, live)
    bring_session(admin, live, "bob")
    admin.goto(f"{live.url}/admin/providers/")
    page.goto(f"{live.url}/r/{repository.pk}/")
    ask(page, "How is the discount computed?")
    page.wait_for_selector(".answer .prose > div")
    model.default = "fake?tokens=3"
    admin.click("button:has-text('Test connection') >> nth=0")
    admin.wait_for_selector("text=first word after")
    assert page.get_attribute(".answer", "data-state") == "running"
    model.release()
    assert finished(page).endswith("t0119")
