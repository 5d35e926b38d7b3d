"""A shared conversation as its readers see it, in a real Chromium."""

import pytest

from chat.models import Conversation, Message, Share
from deepwiki.testing.page import bring_session
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITATION = {"path": "shop/prices.py", "start": 2, "end": 4, "found": True}
STAGES = [
    {"stage": "plan", "iteration": 1, "of": 3, "at": 0},
    {"stage": "conclude", "iteration": 2, "of": 3, "at": 10},
]


@pytest.fixture
def link(start, repository, alice):
    """A research about a folder, shared; its conversation has a name of its owner's."""
    Repository.objects.update(shares_allowed=True)
    conversation = Conversation.objects.create(
        user=alice, repository=repository, title="for the meeting with Mr. Smith"
    )
    question = Message.objects.create(
        conversation=conversation,
        role="user",
        content="How is the <b> discount computed?",
        position=1,
    )
    answer = Message.objects.create(
        conversation=conversation,
        role="assistant",
        parent=question,
        position=2,
        state="complete",
        content="The plan. Concluded, see `shop/prices.py:L2-L4`.",
        stages=STAGES,
        citations=[CITATION],
        sources=[{**CITATION, "symbol": "", "why": "words", "url": ""}],
        commit=repository.current_index.commit,
    )
    live = start()
    share = Share.objects.create(conversation=conversation, last=answer)
    return live, f"{live.url}/s/{share.key}/"


def test_who_may_read_the_repository_opens_its_sources(link, open_page):
    live, url = link
    page = open_page(live)
    bring_session(page, live, "bob")
    page.goto(url)
    page.click(".prose a.cite")
    page.wait_for_selector(".pane .marked")
    page.keyboard.press("Escape")
    page.wait_for_selector(".pane", state="hidden")
    page.click(".sources summary")
    page.click(".sources a.cite")
    page.wait_for_selector(".pane .marked")


@pytest.mark.parametrize("name", ["bob", None], ids=["a reader", "a stranger"])
def test_rounds_of_a_research_can_be_read(link, open_page, name):
    live, url = link
    page = open_page(live)
    if name:
        bring_session(page, live, name)
    page.goto(url)
    assert page.inner_text(".prose") == "Concluded, see prices.py 2–4."
    page.click(".stages button:has-text('Plan')")
    assert page.inner_text(".prose").strip() == "The plan."


def test_a_print_carries_every_round_of_a_research(link, open_page):
    live, url = link
    page = open_page(live)
    page.goto(url)
    page.emulate_media(media="print")
    assert page.inner_text(".prose").split() == "The plan. Concluded, see prices.py 2–4.".split()
    page.emulate_media(media="screen")
    assert page.inner_text(".prose") == "Concluded, see prices.py 2–4."


def test_a_stranger_is_told_and_finds_no_dead_link(link, open_page):
    live, url = link
    page = open_page(live)
    page.goto(url)
    assert "shown to people here who may read this repository" in page.inner_text("main")
    assert page.locator(".cite").count() == 2
    assert page.locator("a.cite[href]").count() == 0
    page.click("main >> text=Sign in")
    assert page.url.endswith(f"/accounts/login/?next=/s/{url.split('/s/')[1]}")


def test_the_title_is_the_question_and_nothing_of_the_owner(link, open_page):
    live, url = link
    page = open_page(live)
    page.goto(url)
    assert page.title() == "How is the <b> discount computed? · DeepWiki"
    assert page.get_attribute("meta[property='og:title']", "content") == (
        "How is the <b> discount computed?"
    )
    assert "Smith" not in page.content() and "alice" not in page.content()
