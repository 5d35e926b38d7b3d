"""Who reads which wiki."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from deepwiki.wiki.models import Wiki
from deepwiki.wiki.permissions import find_readable_wiki, readable_wikis
from deepwiki.wiki.tests.wikis import make_wiki
from repos.models import Repository

pytestmark = pytest.mark.django_db


def status(client, repository, slug="prices"):
    return client.get(f"/r/{repository.pk}/wiki/{slug}").status_code


def test_who_may_read_the_repository_reads_its_wiki_and_nobody_else(client, repository, alice, bob):
    make_wiki(repository)
    Repository.objects.filter(pk=repository.pk).update(is_private=True, added_by=alice)
    client.force_login(alice)
    assert status(client, repository) == 200
    client.force_login(bob)
    assert status(client, repository) == 404
    assert status(client, repository, "") == 404


def test_a_closed_repository_shows_no_page(client, repository, alice):
    make_wiki(repository)
    Repository.objects.filter(pk=repository.pk).update(closed_at=timezone.now())
    client.force_login(alice)
    assert status(client, repository) == 404
    page = client.get(f"/r/{repository.pk}/wiki/").content.decode()
    assert "its wiki is closed" in page
    assert "A tiny shop" not in page


@pytest.mark.parametrize(
    ("strangers_enter", "is_public", "expected"),
    [(True, True, 200), (True, False, 302), (False, True, 302), (False, False, 302)],
)
def test_a_stranger_reads_a_public_wiki_where_strangers_are_let_in(
    client, public_repository, settings, strangers_enter, is_public, expected
):
    settings.ALLOW_ANONYMOUS = strangers_enter
    make_wiki(public_repository, is_public=is_public)
    assert status(client, public_repository) == expected
    assert status(client, public_repository, "") == expected


def test_a_stranger_does_not_read_the_wiki_of_a_private_repository(
    client, public_repository, settings, alice
):
    settings.ALLOW_ANONYMOUS = True
    make_wiki(public_repository, is_public=True)
    Repository.objects.filter(pk=public_repository.pk).update(is_private=True, added_by=alice)
    assert status(client, public_repository) == 302
    assert not readable_wikis(AnonymousUser()).exists()


def test_a_stranger_gets_links_to_the_host_and_no_source_pane(client, public_repository, settings):
    settings.ALLOW_ANONYMOUS = True
    make_wiki(public_repository, is_public=True)
    page = client.get(f"/r/{public_repository.pk}/wiki/prices").content.decode()
    assert "https://github.com/shop/pocket/blob/" in page
    assert f"/r/{public_repository.pk}/code/" not in page
    assert 'id="pane"' not in page
    assert "Sign in" in page


def test_search_engines_are_kept_out_unless_the_wiki_is_public(client, repository, alice):
    make_wiki(repository)
    client.force_login(alice)
    address = f"/r/{repository.pk}/wiki/prices"
    assert client.get(address).headers["X-Robots-Tag"] == "noindex"
    Wiki.objects.update(is_public=True)
    assert "X-Robots-Tag" not in client.get(address).headers


def test_a_wiki_has_an_address_by_name(client, public_repository, alice):
    make_wiki(public_repository)
    client.force_login(alice)
    assert client.get("/shop/pocket/wiki/").url == f"/r/{public_repository.pk}/wiki/"
    assert client.get("/shop/pocket/wiki/mail").url == f"/r/{public_repository.pk}/wiki/mail"
    assert client.get("/shop/none/wiki/").status_code == 404


def test_the_address_by_name_tells_strangers_nothing(client, public_repository, settings):
    settings.ALLOW_ANONYMOUS = True
    make_wiki(public_repository)
    assert client.get("/shop/pocket/wiki/").url.startswith("/accounts/login/")
    Wiki.objects.update(is_public=True)
    assert client.get("/shop/pocket/wiki/").url == f"/r/{public_repository.pk}/wiki/"


def read_by(person):
    """The wikis that a person finds one by one, which must be those that are listed."""
    found = {
        wiki.pk
        for wiki in Wiki.objects.all()
        if find_readable_wiki(person, wiki.repository_id) is not None
    }
    assert found == set(readable_wikis(person).values_list("pk", flat=True))
    return found


@pytest.mark.parametrize("strangers_enter", [True, False])
def test_a_wiki_is_found_by_whoever_it_is_listed_for(
    public_repository, settings, alice, bob, strangers_enter
):
    settings.ALLOW_ANONYMOUS = strangers_enter
    wiki = make_wiki(public_repository, is_public=True)
    people = [alice, bob, AnonymousUser()]
    rows, wikis = Repository.objects.filter(pk=public_repository.pk), Wiki.objects.all()
    expected = [{wiki.pk}, {wiki.pk}, {wiki.pk} if strangers_enter else set()]
    assert list(map(read_by, people)) == expected
    wikis.update(is_public=False)
    assert list(map(read_by, people)) == [{wiki.pk}, {wiki.pk}, set()]
    rows.update(is_private=True, added_by=alice)
    assert list(map(read_by, people)) == [{wiki.pk}, set(), set()]
    rows.get().readers.add(bob)
    assert list(map(read_by, people)) == [{wiki.pk}, {wiki.pk}, set()]
    for change in ({"is_disabled": True}, {"is_disabled": False}):
        wikis.update(**change)
        assert read_by(alice) == (set() if change["is_disabled"] else {wiki.pk})
    rows.update(closed_at=timezone.now())
    assert list(map(read_by, people)) == [set(), set(), set()]
