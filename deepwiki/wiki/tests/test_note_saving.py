"""Notes that several people save, read and delete at the same time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deepwiki.wiki.contributions.notes import NoteDraft, change_note
from deepwiki.wiki.contributions.places import NoteAnchor
from deepwiki.wiki.models import NoteVersion, PageNote
from deepwiki.wiki.tests.statements import once_before
from deepwiki.wiki.tests.wikis import make_wiki

pytestmark = pytest.mark.django_db
OLD = {"kind": "note", "text": "Old `shop/prices.py:L10-L13`.", "place": "top"}
NEW = {"kind": "correction", "text": "New words.", "place": "same"}
RENDERED = 'UPDATE "wiki_pagenote" SET "html"'


@pytest.fixture
def url(repository):
    make_wiki(repository)
    return f"/r/{repository.pk}/wiki/prices"


@pytest.fixture
def editor(client, carol):
    """A client of somebody who may change repositories."""
    client.force_login(carol)
    return client


@pytest.fixture
def note(editor, url):
    editor.post(f"{url}/notes/new", OLD)
    return PageNote.objects.get()


def test_a_note_saved_while_its_old_text_was_rendered_is_shown(editor, url, note):
    with once_before(RENDERED, lambda: editor.post(f"{url}/notes/{note.pk}", NEW)):
        editor.get(url)
    page = editor.get(url).content.decode()
    assert "New words." in page
    assert "Old" not in page


def test_a_note_deleted_while_its_form_was_open_stays_deleted(editor, url, note, carol):
    version = note.page.versions.get()
    editor.post(f"{url}/notes/{note.pk}/delete")
    change_note(note, version, NoteDraft("note", "Other words.", NoteAnchor(), carol.pk))
    note.refresh_from_db()
    assert note.deleted_at is not None
    assert NoteVersion.objects.count() == 2


@pytest.mark.parametrize("address", ["new", "{note}"])
def test_files_are_read_before_anything_is_locked(editor, url, note, address):
    with CaptureQueriesContext(connection) as queries:
        editor.post(f"{url}/notes/{address.format(note=note.pk)}", {**OLD, "text": OLD["text"]})
    statements = [query["sql"] for query in queries]
    locked = next(at for at, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    read = [at for at, sql in enumerate(statements) if '"repos_document"."text"' in sql]
    assert read
    assert max(read) < locked
