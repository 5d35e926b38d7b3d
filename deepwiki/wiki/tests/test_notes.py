"""Notes that people pin to pages."""

import pytest
from django.contrib.auth.models import Group
from django.db.models import F

from deepwiki.wiki import refresh
from deepwiki.wiki.contributions.places import NoteAnchor
from deepwiki.wiki.models import NoteVersion, PageNote, Wiki, WikiPage
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    " <form action=//evil><input name=q></form> **bold**"
)


@pytest.fixture
def wiki(repository):
    return make_wiki(repository)


@pytest.fixture
def editor(client, wiki, carol):
    """A client of somebody who may change repositories."""
    client.force_login(carol)
    return client


@pytest.fixture
def url(repository):
    return f"/r/{repository.pk}/wiki/prices"


def place_of(client, url, text):
    """The value of the option for a place."""
    form = client.get(f"{url}/notes/new").context
    return next(place.value for place in form["places"] if text in place.label)


def write_note(client, url, text, place="top", kind="note"):
    return client.post(f"{url}/notes/new", {"kind": kind, "text": text, "place": place})


def shown(client, url):
    return client.get(url).content.decode()


def test_the_list_of_notes_shows_their_words_without_the_marks_of_markdown(editor, url):
    write_note(editor, url, "## Sales\n\nOnly **on Mondays**, see [the `list`](https://a.example).")
    assert ">Sales Only on Mondays, see the list.</a>" in shown(editor, f"{url}/notes")


def test_a_note_stands_at_its_place_whatever_a_build_writes(editor, url):
    place = place_of(editor, url, "Discounts")
    assert write_note(editor, url, "Only **on Mondays**.", place).status_code == 302
    page = shown(editor, url)
    assert page.index("Discounts</h4>") < page.index("Only <strong>on Mondays</strong>.")
    assert page.index("on Mondays") < page.index("ten percent off")
    sample = SamplePage("prices", "Prices", "## First\n\nNew.\n\n## Discounts\n\nAll of it is new.")
    write(WikiPage.objects.get(slug="prices"), sample, "c0ffee")
    page = shown(editor, url)
    assert page.index("New.</p>") < page.index("Discounts</h3>") < page.index("on Mondays")
    assert page.index("on Mondays") < page.index("All of it is new")


def test_a_note_whose_place_is_gone_is_at_the_end(editor, url):
    write_note(editor, url, "Only on Mondays.", place_of(editor, url, "Discounts"))
    sample = SamplePage("prices", "Prices", "## Other\n\nThings of another kind.")
    write(WikiPage.objects.get(slug="prices"), sample, "c0ffee")
    page = shown(editor, url)
    assert page.index("of another kind") < page.index("no longer on this page")
    assert page.index("no longer on this page") < page.index("Only on Mondays.")


def test_a_note_says_so_when_the_lines_that_it_cites_have_changed(editor, url, repository):
    write_note(editor, url, "See `shop/prices.py:L10-L13` and `shop/prices.py:L900-L901`.")
    note = PageNote.objects.get()
    assert [lines["state"] for lines in note.cited] == ["verified", "unsupported"]
    assert "has changed since" not in shown(editor, url)
    repository.current_index.documents.filter(path="shop/prices.py").update(
        text="# another\n" * 30, sha="0" * 40
    )
    type(repository.current_index).objects.update(commit="other")
    refresh.run(Wiki.objects.get().pk)
    page = shown(editor, url)
    assert "has changed since" in page
    assert "shop/prices.py:L10-L13" in page
    assert PageNote.objects.get().checked_commit == "other"
    form = {"kind": "note", "text": note.versions.get().text, "place": "same"}
    assert editor.post(f"{url}/notes/{note.pk}", form).status_code == 302
    assert "has changed since" not in shown(editor, url)
    assert NoteVersion.objects.count() == 1


def test_lines_that_moved_are_told_from_those_that_changed(editor, url, repository):
    write_note(editor, url, "See `shop/prices.py:L10-L13`.")
    repository.current_index.documents.filter(path="shop/prices.py").update(sha="0" * 40)
    document = repository.current_index.documents.get(path="shop/prices.py")
    document.text = "#\n#\n" + document.text
    document.save()
    type(repository.current_index).objects.update(commit="other")
    refresh.run(Wiki.objects.get().pk)
    page = shown(editor, url)
    assert "Moved since" in page
    assert "L12-L15" in page


def test_every_version_of_a_note_is_kept_with_its_author(editor, url, carol):
    write_note(editor, url, "First words.")
    note = PageNote.objects.get()
    edit = f"{url}/notes/{note.pk}"
    editor.post(edit, {"kind": "correction", "text": "Second words.", "place": "same"})
    page = shown(editor, edit)
    assert page.count("First words.") == 2  # as it came and as it went
    assert carol.username in page
    assert "Correction" in shown(editor, url)
    assert [version.text for version in NoteVersion.objects.order_by("version_number")] == [
        "First words.",
        "Second words.",
    ]


def test_a_deleted_note_can_be_brought_back(editor, url):
    write_note(editor, url, "Only on Mondays.")
    note = PageNote.objects.get()
    reply = editor.post(f"{url}/notes/{note.pk}/delete", follow=True)
    assert "Undo" in reply.content.decode()
    assert "Only on Mondays." not in shown(editor, url)
    editor.post(f"{url}/notes/{note.pk}/undo")
    assert "Only on Mondays." in shown(editor, url)
    assert editor.post(f"{url}/notes/{note.pk}/explode").status_code == 404


def test_a_preview_stores_nothing(editor, url):
    reply = editor.post(
        f"{url}/notes/new", {"kind": "note", "text": "*So*", "place": "top", "preview": "1"}
    )
    assert "<em>So</em>" in reply.content.decode()
    assert not PageNote.objects.exists()


@pytest.mark.parametrize("preview", ["", "1"])
def test_hostile_markdown_is_text(editor, url, preview):
    form = {"kind": "note", "text": HOSTILE, "place": "top"}
    reply = editor.post(f"{url}/notes/new", {**form, "preview": preview} if preview else form)
    page = reply.content.decode() if preview else shown(editor, url)
    body = page[page.index("note-text") :].partition("</form>")[0]
    assert "<strong>bold</strong>" in body
    for forbidden in ("<script>alert", 'href="javascript', "<img src=x", "<form action=//evil"):
        assert forbidden not in body


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "  "}, "Write something first."),
        ({"text": "x" * 5_001}, "at most 5,000 characters"),
        ({"kind": "poem"}, "Choose whether"),
        ({"place": "999999"}, "no such place"),
        ({"place": "-1"}, "no such place"),
        ({"place": "²"}, "no such place"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(editor, url, form, said):
    sent = {"kind": "note", "text": "Words.", "place": "top", **form}
    reply = editor.post(f"{url}/notes/new", sent)
    assert reply.status_code == 422
    assert said in reply.content.decode()
    assert not PageNote.objects.exists()


def test_characters_that_cannot_be_stored_are_replaced(editor, url):
    assert write_note(editor, url, "a\x01b").status_code == 302
    assert NoteVersion.objects.get().text == "a\ufffdb"


def test_a_page_holds_a_limited_number_of_notes(editor, url, monkeypatch):
    monkeypatch.setattr("deepwiki.wiki.contributions.notes.MAX_NOTES", 1)
    assert write_note(editor, url, "One.").status_code == 302
    assert write_note(editor, url, "Two.").status_code == 422


def test_a_place_is_that_of_the_version_on_the_screen(editor, url):
    form = editor.get(f"{url}/notes/new").context
    place = place_of(editor, url, "Discounts")
    version = form["form"].version.pk
    write(WikiPage.objects.get(slug="prices"), SamplePage("prices", "Prices", "## X\n\nY."), "c0")
    editor.post(
        f"{url}/notes/new", {"kind": "note", "text": "N", "place": place, "version": version}
    )
    assert PageNote.objects.get().anchor["heading"] == "Discounts"


def test_a_group_that_a_manager_chose_writes_notes(client, wiki, url, alice):
    client.force_login(alice)
    assert "Write a note" not in shown(client, url)
    assert write_note(client, url, "Mine.").status_code == 404
    group = Group.objects.create(name="writers")
    group.user_set.add(alice)
    wiki.editor_groups.add(group)
    assert "Write a note" in shown(client, url)
    assert write_note(client, url, "Mine.").status_code == 302


def test_readers_see_notes_and_strangers_no_names(client, public_repository, settings, alice):
    settings.ALLOW_ANONYMOUS = True
    wiki = make_wiki(public_repository, is_public=True)
    page = wiki.pages.get(slug="prices")
    note = PageNote.objects.create(page=page, anchor=NoteAnchor().as_json())
    NoteVersion.objects.create(
        note=note,
        version_number=1,
        kind="note",
        text="See `shop/prices.py:L10-L13` and [Mail](wiki:mail).",
        author=alice,
    )
    address = f"/r/{public_repository.pk}/wiki/prices"
    strangers = shown(client, address)
    assert 'role="note"' in strangers
    assert "https://github.com/shop/pocket/blob/" in strangers
    assert f"/r/{public_repository.pk}/code/" not in strangers
    assert alice.username not in strangers
    client.force_login(alice)
    assert f"/r/{public_repository.pk}/code/" in shown(client, address)
    assert f'href="/r/{public_repository.pk}/wiki/mail"' in shown(client, address)


def test_an_index_that_is_gone_leaves_the_note(editor, url, repository):
    write_note(editor, url, "See `shop/prices.py:L10-L13`.")
    type(repository).objects.update(current_index=None)
    assert 'role="note"' in shown(editor, url)


def test_notes_of_a_switched_off_wiki_are_nowhere(editor, url):
    write_note(editor, url, "Words.")
    Wiki.objects.update(is_disabled=True, leave_out_unsupported=F("leave_out_unsupported"))
    assert editor.get(f"{url}/notes").status_code == 404
