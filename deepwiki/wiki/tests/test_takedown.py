"""A wiki that is taken down is gone from every table; its rows in the admin."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from deepwiki.wiki.models import (
    BuildPage,
    PageClaim,
    PageNote,
    PageVersion,
    ReaderComment,
    VisitorWiki,
    Wiki,
    WikiBuild,
    WikiPage,
)
from deepwiki.wiki.tests.wikis import contributed, make_wiki

pytestmark = pytest.mark.django_db


def tables():
    """Every table of the app, those of many-to-many fields too."""
    models = apps.get_app_config("wiki").get_models(include_auto_created=True)
    return [model._meta.db_table for model in models]


def filled_tables():
    with connection.cursor() as cursor:
        found = set()
        for table in tables():
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.fixture
def wiki(repository, alice, client):
    """A wiki with rows in the tables."""
    made = make_wiki(repository)
    made.editor_groups.add(Group.objects.create(name="writers"))
    contributed(made, alice)
    page = made.pages.first()
    build = WikiBuild.objects.create(wiki=made, requested_by=alice)
    BuildPage.objects.create(build=build, page=page)
    version = page.versions.get()
    PageClaim.objects.create(
        version=version, position=0, path="a.py", start_line=1, end_line=2, state="verified"
    )
    VisitorWiki.objects.create(repository=repository, language="en", structure={}, pages={}, size=4)
    client.force_login(alice)
    client.get(f"/r/{repository.pk}/wiki/mail")
    return made


def test_a_wiki_that_is_deleted_leaves_no_row_in_any_table(wiki, client, carol, repository):
    assert len(filled_tables()) >= 12
    client.force_login(carol)
    assert client.post(f"/r/{repository.pk}/wiki-change/delete").status_code == 302
    assert filled_tables() == set()


def test_so_does_a_repository_that_is_deleted(wiki, repository):
    repository.delete()
    assert filled_tables() == set()


def test_the_admin_shows_what_a_wiki_holds(wiki, admin_client):
    for model in (Wiki, WikiPage, PageVersion, PageNote, ReaderComment, WikiBuild):
        name = model._meta.model_name
        listed = admin_client.get(reverse(f"admin:wiki_{name}_changelist"))
        assert listed.status_code == 200, name
        assert "pocket" in listed.content.decode(), name
        row = model.objects.first()
        assert (
            admin_client.get(reverse(f"admin:wiki_{name}_change", args=[row.pk])).status_code == 200
        )


def test_lists_of_wikis_and_builds_name_the_repository_and_eight_characters_of_the_commit(
    wiki, admin_client
):
    long = "0123456789abcdef" * 2
    for model in (Wiki, WikiBuild):
        model.objects.update(commit=long)
        name = model._meta.model_name
        rows = admin_client.get(reverse(f"admin:wiki_{name}_changelist")).content.decode()
        assert f">{wiki.repository.name}</a>" in rows, name
        assert ">01234567<" in rows and long not in rows, name


def test_staff_take_a_comment_away_in_the_admin_and_change_no_words(wiki, admin_client):
    comment = ReaderComment.objects.get()
    change = reverse("admin:wiki_readercomment_change", args=[comment.pk])
    admin_client.post(change, {"text": "Other words."})
    comment.refresh_from_db()
    assert comment.text == "Is this so?"
    admin_client.post(
        reverse("admin:wiki_readercomment_delete", args=[comment.pk]), {"post": "yes"}
    )
    assert not ReaderComment.objects.exists()
