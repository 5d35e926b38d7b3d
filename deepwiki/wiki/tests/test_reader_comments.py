"""Comments of readers to the editors of a page."""

import pytest

from deepwiki.wiki.models import ReaderComment
from deepwiki.wiki.tests.wikis import make_wiki

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(repository):
    make_wiki(repository)
    return f"/r/{repository.pk}/wiki/prices"


def send(client, url, text="Is this so?", **form):
    return client.post(f"{url}/comments", {"text": text, **form})


def shown(client, url):
    return client.get(url).content.decode()


def test_editors_are_told_and_other_readers_see_nothing(client, url, alice, bob, carol):
    client.force_login(alice)
    assert send(client, url, quote="ten percent").status_code == 302
    assert "Is this so?" in shown(client, f"{url}/comments")
    client.force_login(bob)
    assert "Is this so?" not in shown(client, f"{url}/comments")
    assert "1 open comment" not in shown(client, url)
    client.force_login(carol)
    assert "1 open comment" in shown(client, url)
    listed = shown(client, f"{url}/comments")
    assert "Is this so?" in listed
    assert "ten percent" in listed
    assert alice.username in listed


def test_an_editor_marks_a_comment_as_done_and_reopens_it(client, url, alice, carol, repository):
    client.force_login(alice)
    send(client, url)
    comment = ReaderComment.objects.get()
    assert client.post(f"{url}/comments/{comment.pk}/resolve").status_code == 404
    client.force_login(carol)
    reply = client.post(f"{url}/comments/{comment.pk}/resolve", {"all": "1"})
    assert reply.url == f"/r/{repository.pk}/wiki-comments"
    comment.refresh_from_db()
    assert comment.resolved_by == carol
    assert "open comment" not in shown(client, url)
    assert f"done: {carol.username}" in shown(client, f"/r/{repository.pk}/wiki-comments")
    client.post(f"{url}/comments/{comment.pk}/reopen")
    assert "1 open comment" in shown(client, url)


def test_one_deletes_what_one_has_written_and_nothing_else(client, url, alice, bob, carol):
    client.force_login(alice)
    send(client, url)
    address = f"{url}/comments/{ReaderComment.objects.get().pk}/delete"
    for other in (bob, carol):
        client.force_login(other)
        assert client.post(address).status_code == 404
    client.force_login(alice)
    assert client.post(address).status_code == 302
    assert not ReaderComment.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Write something first."), (" \n", "Write something"), ("x" * 2_001, "at most 2,000")],
)
def test_what_cannot_be_sent_says_why(client, url, alice, text, said):
    client.force_login(alice)
    reply = send(client, url, text)
    assert reply.status_code == 422
    assert said in reply.content.decode()


def test_a_person_sends_a_limited_number_within_an_hour(client, url, alice, bob, monkeypatch):
    monkeypatch.setattr("deepwiki.wiki.contributions.comments.MAX_PER_HOUR", 2)
    client.force_login(alice)
    assert [send(client, url).status_code for _ in range(3)] == [302, 302, 422]
    client.force_login(bob)
    assert send(client, url).status_code == 302


def test_a_comment_that_was_withdrawn_counts_as_sent(client, url, alice, monkeypatch):
    monkeypatch.setattr("deepwiki.wiki.contributions.comments.MAX_PER_HOUR", 2)
    client.force_login(alice)
    for _ in range(2):
        assert send(client, url).status_code == 302
        client.post(f"{url}/comments/{ReaderComment.objects.get().pk}/delete")
    assert send(client, url).status_code == 422


def test_a_comment_is_text_and_its_quote_is_cut(client, url, alice):
    client.force_login(alice)
    send(client, url, "<b>a\x01</b>", quote="q " * 5_000)
    page = shown(client, f"{url}/comments")
    assert "&lt;b&gt;a\ufffd&lt;/b&gt;" in page
    assert len(ReaderComment.objects.get().quote) == 1_000


def test_strangers_send_nothing(client, public_repository, settings):
    settings.ALLOW_ANONYMOUS = True
    make_wiki(public_repository, is_public=True)
    url = f"/r/{public_repository.pk}/wiki/prices"
    assert send(client, url).url.startswith("/accounts/login/")
    assert "Comment to the editors" not in shown(client, url)
    assert not ReaderComment.objects.exists()


def test_comments_go_with_the_account_of_their_author(client, url, alice):
    client.force_login(alice)
    send(client, url)
    alice.delete()
    assert not ReaderComment.objects.exists()
