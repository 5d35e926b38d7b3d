"""The list of conversations: groups, excerpts of what is searched, several at once, what was deleted."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Share
from chat.services.conversation_removal import KEPT
from repos.models import Repository

pytestmark = pytest.mark.django_db


def rail(client, **query):
    return client.get("/parts/rail", query).content.decode()


def titles(page):
    return re.findall(r'class="title">([^<]*)', page)


def change_all(client, conversations, action, **data):
    ids = [str(getattr(one, "pk", one)) for one in conversations]
    return client.post(f"/conversations/{action}", {"conversation": ids, **data})


def test_they_are_grouped_by_repository_where_one_chose_so(client, mine):
    other = Repository.objects.create(kind="github", url="https://github.com/a/b", name="a/b")
    mine("first")
    mine("second", about=other)
    mine("third")
    assert ">Today<" in rail(client)
    page = rail(client, groups="repository")
    assert titles(page) == ["third", "first", "second"]
    assert re.findall(r"<h2>([^<]*)</h2>", page)[-1] == "a/b"
    assert ">Today<" not in rail(client), "the choice was not kept"
    assert ">Today<" in rail(client, groups="day")
    assert ">Today<" in rail(client, groups="nonsense")


def test_what_is_searched_is_shown_where_it_stands(client, mine):
    long = (
        "Before. " * 40 + "The sum is `PriceList.total_of` <b>rounded</b> once. " + "After. " * 40
    )
    found = mine("How are prices made?", long)
    mine("Where is mail sent?")
    page = rail(client, q="Total_OF rounded")
    assert "<mark>total_of</mark> &lt;b&gt;<mark>rounded</mark>&lt;/b&gt; once" in page
    answer = found.messages.get(role="assistant")
    assert f"/c/{found.pk}/?at={answer.pk}#turn-{answer.pk}" in page
    assert len(re.search(r"excerpt\">(.*?)</span>", page, re.DOTALL).group(1)) < 400
    assert "<mark>prices</mark> made?" in rail(client, q="prices")


def test_a_search_shows_nothing_of_reasoning(client, mine):
    mine("Why?", "<think>\nThe prices, first.\n</think>\n\nSo: `<think>` stays, </think> too.")
    page = rail(client, q="stays")
    assert "<mark>stays</mark>" in page and "prices" not in page
    assert "excerpt" not in rail(client, q="first")


def test_several_are_deleted_archived_and_brought_back_at_once(client, mine):
    one, two, three = mine("one"), mine("two"), mine("three")
    page = change_all(client, [one, two], "delete").content.decode()
    assert "2 conversations deleted." in page and titles(page) == ["three"]
    assert Conversation.objects.filter(deleted_at=None).get() == three
    response = change_all(client, [one, two], "restore", undone=str(one.pk))
    assert f'hx-swap-oob="delete" id="undo-{one.pk}"' in response.content.decode()
    assert sorted(titles(response.content.decode())) == ["one", "three", "two"]
    assert str(one.pk) in response.headers["HX-Trigger"]
    assert "2 conversations archived." in change_all(client, [one, two], "archive").content.decode()
    assert titles(rail(client)) == ["three"]


def test_nobody_changes_several_of_somebody_elses(client, mine, bob, alice):
    conversation = mine("Mine alone")
    client.force_login(bob)
    assert change_all(client, [conversation], "delete").status_code == 404
    assert change_all(client, [uuid.uuid4(), "x'; --"], "delete").status_code == 404
    client.force_login(alice)
    assert change_all(client, [conversation], "nonsense").status_code == 404
    assert change_all(client, [], "delete").status_code == 404
    conversation.refresh_from_db()
    assert conversation.deleted_at is None


def test_deleted_ones_are_listed_until_they_are_gone_for_good(client, mine):
    kept, old, other = mine("kept"), mine("old"), mine("never deleted")
    change_all(client, [kept, old], "delete")
    Conversation.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - KEPT)
    page = rail(client, deleted=1)
    assert titles(page) == ["kept"]
    assert "7 days left" in page and 'name="deleted" value="1"' in page
    Conversation.objects.filter(pk=kept.pk).update(
        deleted_at=timezone.now() - KEPT + timedelta(hours=3)
    )
    assert "1 day left" in rail(client, deleted=1)
    client.post(f"/c/{kept.pk}/erase", {"deleted": "1"})
    client.post(f"/c/{other.pk}/erase", {"deleted": "1"})
    assert not Conversation.objects.filter(pk=kept.pk).exists()
    assert Conversation.objects.filter(pk=other.pk).exists(), "it had not been deleted before"


def test_share_links_of_a_deleted_one_lead_nowhere_until_it_is_back(client, mine, repository):
    Repository.objects.update(shares_allowed=True)
    conversation = mine("shared")
    share = Share.objects.create(
        conversation=conversation, last=conversation.messages.get(role="assistant")
    )
    client.post(f"/c/{conversation.pk}/delete")
    assert client.get(f"/s/{share.key}/").status_code == 404
    client.post(f"/c/{conversation.pk}/restore")
    assert client.get(f"/s/{share.key}/").status_code == 200
    client.post(f"/c/{conversation.pk}/delete")
    client.post(f"/c/{conversation.pk}/erase")
    assert not Share.objects.exists()


def test_the_repository_is_named_only_where_there_are_several(client, mine):
    mine("one")
    assert 'class="soft repository"' not in rail(client)
    mine("two", about=Repository.objects.create(kind="github", url="https://x.org/b", name="a/b"))
    assert 'class="soft repository"' in rail(client)
    assert 'class="soft repository"' not in rail(client, groups="repository")
