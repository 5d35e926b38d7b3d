"""The groups that may edit a wiki, chosen by its managers, and what they see."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission

from deepwiki.wiki.contributions.editors import edits_readable, may_edit
from deepwiki.wiki.tests.wikis import make_wiki
from repos.models import Repository

pytestmark = pytest.mark.django_db


@pytest.fixture
def wiki(repository):
    return make_wiki(repository)


@pytest.fixture
def writers(alice):
    group = Group.objects.create(name="writers")
    group.user_set.add(alice)
    return group


@pytest.fixture
def as_owner(client, repository, bob):
    """Bob has added the repository; he is in a group of his own."""
    type(repository).objects.update(added_by=bob)
    client.force_login(bob)
    own = Group.objects.create(name="mine")
    own.user_set.add(bob)
    return client


def address(wiki):
    return f"/r/{wiki.repository_id}/wiki-editors"


def test_an_owner_chooses_groups_and_takes_them_back(as_owner, wiki, writers, alice):
    wiki.repository.reader_groups.add(writers)
    assert not may_edit(alice, wiki)
    page = as_owner.get(address(wiki)).content.decode()
    assert "writers</option>" in page and "mine</option>" in page
    assert as_owner.post(address(wiki), {"add": writers.pk}).status_code == 302
    assert may_edit(alice, wiki)
    page = as_owner.get(address(wiki)).content.decode()
    assert "writers</option>" not in page and "writers <span" in page
    as_owner.post(address(wiki), {"remove": writers.pk})
    assert not may_edit(alice, wiki)


def test_groups_that_are_not_theirs_cannot_be_named(as_owner, wiki, writers, alice):
    assert "writers" not in as_owner.get(address(wiki)).content.decode()
    assert as_owner.post(address(wiki), {"add": writers.pk}).status_code == 404
    assert not may_edit(alice, wiki)


@pytest.mark.parametrize("form", [{}, {"add": "all"}, {"remove": "9" * 40}, {"add": "-1"}])
def test_forms_that_name_no_group_change_nothing(as_owner, wiki, form):
    assert as_owner.post(address(wiki), form).status_code in (302, 404)
    assert not wiki.editor_groups.exists()


def test_who_does_not_manage_the_repository_is_told_of_no_such_page(client, wiki, writers, alice):
    wiki.editor_groups.add(writers)
    client.force_login(alice)
    assert client.get(address(wiki)).status_code == 404
    assert client.post(address(wiki), {"remove": writers.pk}).status_code == 404
    assert wiki.editor_groups.count() == 1


def test_the_claims_of_a_page_are_listed_for_editors(client, wiki, writers, alice):
    client.force_login(alice)
    claims = f"/r/{wiki.repository_id}/wiki/prices/claims"
    assert client.get(claims).status_code == 404
    wiki.editor_groups.add(writers)
    assert client.get(claims).status_code == 200


def test_who_reads_a_wiki_edits_it_as_owner_by_a_group_or_by_permission(wiki, writers, alice, bob):
    def edited_by(person):
        person = type(person).objects.get(pk=person.pk)
        wiki.refresh_from_db()
        found = edits_readable(person, wiki)
        assert found == may_edit(person, wiki)
        return found

    assert not edited_by(alice) and not edited_by(bob)
    assert not edits_readable(AnonymousUser(), wiki)
    wiki.editor_groups.add(writers)
    assert edited_by(alice) and not edited_by(bob)
    bob.user_permissions.add(Permission.objects.get(codename="change_repository"))
    assert edited_by(bob)
    bob.user_permissions.clear()
    Repository.objects.filter(pk=wiki.repository_id).update(added_by=bob)
    assert edited_by(bob)
