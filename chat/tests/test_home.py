"""The home page: what is typed finds repositories, or offers to add one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from deepwiki.testing.page import bring_session
from repos.models import Index, Repository

pytestmark = pytest.mark.django_db(transaction=True)
FLASK = "https://github.com/pallets/flask"
CLICK = "https://github.com/pallets/click"


def add(url):
    name = url.removeprefix("https://github.com/")
    row = Repository.objects.create(kind="github", url=url, name=name)
    row.current_index = Index.objects.create(
        repository=row,
        commit="abcdef0123456789",
        state=Index.State.READY,
        files=12,
        chunks=345,
        languages=["python", "cpp", "javascript", "sql"],
        updated_at=timezone.now() - timedelta(days=3, hours=5),
    )
    row.save()
    return row


@pytest.fixture
def flask(people):
    return add(FLASK)


@pytest.fixture
def choices(client, people, flask):
    client.force_login(people["alice"])
    return lambda typed: client.get(reverse("choices"), {"repo_url": typed}).content.decode()


@pytest.mark.parametrize("typed", ["pallets/click", CLICK, f"git clone {CLICK}.git"])
def test_an_address_that_is_not_listed_is_offered_last(choices, typed):
    assert "Add pallets/click" in choices(typed)


@pytest.mark.parametrize("typed", ["pallets/flask", FLASK, f"{FLASK}/tree/main", "flask"])
def test_what_is_listed_is_found_and_not_offered(choices, flask, typed):
    text = choices(typed)
    assert f"/r/{flask.pk}/" in text and "Add pallets" not in text and "1 repository" in text


def test_words_that_find_nothing_say_how_to_add(choices):
    assert "To add one, type its address" in choices("no such thing")


def test_a_row_says_what_the_index_holds_and_when_it_was_made(choices):
    text = " ".join(choices("").split())
    facts = ["Ready", "Python, C++, JavaScript", "12 files", "345 passages", "abcdef01"]
    for fact in [*facts, "3 days ago"]:
        assert fact in text, fact


def test_only_ones_own_last_question_counts(choices, flask, people):
    Conversation.objects.create(user=people["bob"], repository=flask, title="theirs")
    assert "asked just now" not in choices("")
    Conversation.objects.create(user=people["alice"], repository=flask, title="mine")
    assert "asked just now" in choices("")


def test_recent_conversations_are_ones_own_and_not_archived(client, flask, people):
    for name, archived in (("alice", False), ("alice", True), ("bob", False)):
        Conversation.objects.create(
            user=people[name], repository=flask, title=f"{name} {archived}", archived=archived
        )
    client.force_login(people["alice"])
    response = client.get(reverse("home"))
    assert [item.title for item in response.context["recent"]] == ["alice False"]


def test_words_that_are_in_one_name_open_it(client, flask, people):
    client.force_login(people["alice"])
    add_url = reverse("repository-add")
    response = client.post(add_url, {"repo_url": "flask"})
    assert (response.status_code, response["Location"]) == (302, f"/r/{flask.pk}/")
    add(CLICK)
    assert client.post(add_url, {"repo_url": "flask"}).status_code == 302
    assert client.post(add_url, {"repo_url": "pallets"}).status_code == 422


def test_words_never_open_what_somebody_may_not_read(client, flask, people):
    Repository.objects.filter(pk=flask.pk).update(is_private=True, added_by=people["bob"])
    client.force_login(people["alice"])
    assert client.post(reverse("repository-add"), {"repo_url": "flask"}).status_code == 422


@pytest.mark.browser
def test_the_arrow_keys_choose_what_was_found(start, open_page, flask):
    add(CLICK)
    live = start()
    page = open_page(live)
    bring_session(page, live)
    page.goto(live.url)
    page.keyboard.press("/")
    page.keyboard.type("flask")
    page.wait_for_selector("#choices a:has-text('click')", state="detached")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/r/{flask.pk}/")
