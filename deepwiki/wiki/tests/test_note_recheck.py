"""The lines that notes cite after the index was switched: looked for by a worker, once a file."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from deepwiki.testing.growth import growth
from deepwiki.wiki import refresh, services
from deepwiki.wiki.contributions.notes import NoteDraft, create_note, delete_note
from deepwiki.wiki.contributions.places import NoteAnchor
from deepwiki.wiki.models import PageNote, PageVersion, Wiki
from deepwiki.wiki.tests.statements import once_before
from deepwiki.wiki.tests.test_recheck import FILES as SMALL_FILES
from deepwiki.wiki.tests.test_recheck import MAIL, PAGES, PRICES, reindexed
from deepwiki.wiki.tests.wikis import make_wiki

pytestmark = pytest.mark.django_db
LONG = "shop/long.py"
FILES = {**SMALL_FILES, LONG: "".join(f"value_{n} = {n}\n" for n in range(100))}
VERY_LONG = "".join(f"value_{n} = {n}\n" for n in range(20_000))


@pytest.fixture
def wiki(app):
    return make_wiki(app, PAGES)


@pytest.fixture
def note(wiki, carol):
    """Pins a note to a page."""

    def pin(text):
        version = PageVersion.objects.select_related("page").get(page__slug="prices")
        draft = NoteDraft("note", text, NoteAnchor(), carol.pk)
        return create_note(version.page, version, draft)

    return pin


@pytest.fixture
def page(client, app, carol):
    """Reads the page."""
    client.force_login(carol)
    return lambda: client.get(f"/r/{app.pk}/wiki/prices").content.decode()


def cited(note):
    note.refresh_from_db()
    return [(lines["state"], lines["present_path"], lines["present_start"]) for lines in note.cited]


def other_commit(repository):
    type(repository.current_index).objects.update(commit="other")
    repository.current_index.documents.filter(path=LONG).update(sha="0" * 40)


def test_a_reader_looks_for_no_lines(app, note, page):
    pinned = note("See `shop/long.py:L10-L13`.")
    other_commit(app)
    with CaptureQueriesContext(connection) as queries:
        assert "See" in page()
    assert not [query for query in queries if '"repos_document"."text"' in query["sql"]]
    pinned.refresh_from_db()
    assert pinned.checked_commit != "other"
    refresh.run(Wiki.objects.get().pk)
    pinned.refresh_from_db()
    assert pinned.checked_commit == "other"


def test_a_switch_of_the_index_sends_a_message_for_notes_alone(app, note, settings):
    settings.WIKI_AUTOMATIC = False
    waiting = ProcrastinateJob.objects.filter(task_name="wiki.refresh")
    note("Nothing is cited.")
    cites = note("See `shop/long.py:L10-L13`.")
    PageNote.objects.exclude(pk=cites.pk).update(checked_commit="before")
    services.follow_index(app)
    assert not waiting.exists()
    PageNote.objects.update(checked_commit="before")
    services.follow_index(app)
    assert waiting.count() == 1


def test_a_file_under_another_name_has_moved_and_the_page_says_where(app, tmp_path, note, page):
    pinned = note("See `shop/mail.py:L4-L5`.")
    reindexed(app, tmp_path, {"shop/mail.py": None, "post/letters.py": MAIL})
    assert cited(pinned) == [("moved", "post/letters.py", 4)]
    assert "post/letters.py:L4-L5" in page()


def test_lines_that_are_back_are_verified_again(app, tmp_path, note):
    pinned = note("See `shop/prices.py:L4-L5`. Never `shop/none.py:L9`.")
    reindexed(app, tmp_path, {"shop/prices.py": PRICES.replace("sum(", "max(")})
    assert cited(pinned) == [("changed", "", 0), ("unsupported", "", 0)]
    reindexed(app, tmp_path, {"shop/prices.py": PRICES})
    assert cited(pinned) == [("verified", "", 0), ("unsupported", "", 0)]


def test_a_deleted_note_is_looked_at_for_it_may_be_brought_back(app, note, carol):
    pinned = note("See `shop/long.py:L10-L13`.")
    delete_note(pinned, carol.pk)
    other_commit(app)
    refresh.run(Wiki.objects.get().pk)
    pinned.refresh_from_db()
    assert pinned.checked_commit == "other" and pinned.deleted_at is not None


def test_what_is_saved_while_lines_are_looked_for_stays(app, wiki, note, carol, client):
    pinned = note("See `shop/long.py:L10-L13`.")
    other_commit(app)
    client.force_login(carol)
    form = {"kind": "note", "text": "See `shop/long.py:L30-L31`.", "place": "same"}
    address = f"/r/{app.pk}/wiki/prices/notes/{pinned.pk}"
    with once_before('UPDATE "wiki_pagenote"', lambda: client.post(address, form)):
        refresh.run(wiki.pk)
    pinned.refresh_from_db()
    assert [lines["lines"]["start"] for lines in pinned.cited] == [30]


def test_a_file_is_hashed_once_however_many_notes_cite_it(app, tmp_path, wiki, note):
    reindexed(app, tmp_path, {LONG: VERY_LONG})
    pinned = [note(f"See `{LONG}:L{start}-L{start + 1}`.").pk for start in range(1, 17)]
    other_commit(app)

    def recheck(count):
        PageNote.objects.filter(pk__in=pinned[:count]).update(checked_commit="before")
        PageNote.objects.filter(pk__in=pinned[count:]).update(checked_commit="other")
        refresh.run(wiki.pk)

    assert growth(recheck, len(pinned), bound=2.5) < 2.5
