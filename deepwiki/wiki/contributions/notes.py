"""Notes and corrections that people pin to pages: every version of them is kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from deepwiki.foundation.text import clean
from deepwiki.wiki.contributions.note_lines import NoteCitations, cited_lines
from deepwiki.wiki.contributions.places import NoteAnchor
from deepwiki.wiki.models import NoteVersion, PageNote, PageVersion, Wiki, WikiPage
from deepwiki.wiki.reading.page_ledger import PageLedger
from deepwiki.wiki.reading.rendered_page import page_links
from repos.models import Repository

MAX_CHARS = 5_000
MAX_NOTES = 100  # on a page, without deleted ones
MAX_ALL_NOTES = 1_000  # on a page, with them
MAX_VERSIONS = 500  # of a note
WRITTEN = ("anchor", "language", "cited", "checked_commit", "html")  # by who saves a note


class NoteRefused(Exception):
    """A note cannot be saved: `code` is one of the sentences of `deepwiki.wiki.web.note_form`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NoteDraft:
    """What a person wrote, and where it belongs. `user_id` is the person."""

    kind: str
    text: str
    anchor: NoteAnchor
    user_id: int

    def checked(self) -> NoteDraft:
        """The same with text that can be stored. Raises NoteRefused."""
        text = clean(self.text).replace("\r\n", "\n").strip()
        if not text:
            raise NoteRefused("empty")
        if len(text) > MAX_CHARS:
            raise NoteRefused("too_long")
        if self.kind not in PageNote.Kind.values:
            raise NoteRefused("kind")
        return NoteDraft(self.kind, text, self.anchor, self.user_id)

    def is_same(self, version: NoteVersion) -> bool:
        """Whether a version says this already."""
        return (version.text, version.kind) == (self.text, self.kind)


def shown_notes(page: WikiPage) -> list[PageNote]:
    """The notes of a page, the oldest first; each has its `newest` version."""
    return list(_with_newest(page.notes.filter(deleted_at=None))[:MAX_NOTES])


def notes_by_page(wiki: Wiki) -> dict[int, list[PageNote]]:
    """The same of all pages of a wiki."""
    found: dict[int, list[PageNote]] = defaultdict(list)
    for note in _with_newest(PageNote.objects.filter(page__wiki=wiki, deleted_at=None)):
        found[note.page_id].append(note)
    return found


def all_notes(page: WikiPage) -> list[PageNote]:
    """The same with those that were deleted, the newest first."""
    return list(reversed(_with_newest(page.notes.all())[:MAX_ALL_NOTES]))


def create_note(page: WikiPage, version: PageVersion, draft: NoteDraft) -> PageNote:
    """Pin a note to a page, on which `version` is read. Raises NoteRefused."""
    draft = draft.checked()
    cited = _cited(draft, page.wiki.repository)
    with transaction.atomic():
        _lock(page.pk)
        if _is_full(page.pk) or PageNote.objects.filter(page=page).count() >= MAX_ALL_NOTES:
            raise NoteRefused("too_many")
        note = PageNote(page=page, language=version.language, anchor=draft.anchor.as_json())
        note.save()
        _write(note, draft, cited)
    return note


def change_note(note: PageNote, version: PageVersion, draft: NoteDraft) -> None:
    """Give a note another text, kind or place; its lines are those of the present index.

    The same text is no new version. Raises NoteRefused.
    """
    draft = draft.checked()
    cited = _cited(draft, note.page.wiki.repository)
    with transaction.atomic():
        held = PageNote.objects.select_for_update(no_key=True).get(pk=note.pk)
        if held.anchor != draft.anchor.as_json():
            held.anchor, held.language = draft.anchor.as_json(), version.language
        _write(held, draft, cited)


def delete_note(note: PageNote, user_id: int) -> None:
    """Take a note off its page; it can be brought back."""
    _set_deleted(note, timezone.now(), user_id)


def bring_back(note: PageNote) -> None:
    """Put a deleted note on its page again. Raises NoteRefused if that is full."""
    with transaction.atomic():
        _lock(note.page_id)
        if _is_full(note.page_id):
            raise NoteRefused("too_many")
        _set_deleted(note, None, None)


def newest_version(note: PageNote) -> NoteVersion:
    """What a note says."""
    return note.versions.order_by("-version_number")[0]


def _lock(page_id: int) -> None:
    """So that nobody else adds a note to the page meanwhile."""
    WikiPage.objects.select_for_update(no_key=True).get(pk=page_id)


def _is_full(page_id: int) -> bool:
    return PageNote.objects.filter(page=page_id, deleted_at=None).count() >= MAX_NOTES


def _set_deleted(note: PageNote, at: datetime | None, by: int | None) -> None:
    PageNote.objects.filter(pk=note.pk).update(deleted_at=at, deleted_by=by)


def _with_newest(notes: QuerySet[PageNote]) -> list[PageNote]:
    newest = NoteVersion.objects.filter(note__in=notes.values("pk"))
    newest = newest.order_by("note", "-version_number")
    rows = list(notes.order_by("pk"))
    versions = newest.distinct("note").select_related("author")
    by_note = {version.note_id: version for version in versions}
    for row in rows:
        row.newest = by_note[row.pk]  # type: ignore[attr-defined]
    return rows


def _write(note: PageNote, draft: NoteDraft, cited: NoteCitations) -> None:
    """Store a version if it says something else, and the lines that it cites."""
    _store_version(note, draft, cited.commit)
    note.cited, note.checked_commit = cited.as_json(), cited.commit
    note.html = {}
    note.save(update_fields=WRITTEN)


def _store_version(note: PageNote, draft: NoteDraft, commit: str) -> None:
    newest = note.versions.order_by("-version_number").first()
    if newest is not None and draft.is_same(newest):
        NoteVersion.objects.filter(pk=newest.pk).update(commit=commit)
        return
    number = note.versions.aggregate(last=Max("version_number"))["last"] or 0
    if number >= MAX_VERSIONS:
        raise NoteRefused("too_many_versions")
    NoteVersion.objects.create(
        note=note,
        version_number=number + 1,
        kind=draft.kind,
        text=draft.text,
        commit=commit,
        author_id=draft.user_id,
    )


def _cited(draft: NoteDraft, repository: Repository) -> NoteCitations:
    """Reads and hashes files: never while a row is locked."""
    links = page_links(repository, "", PageLedger(), for_strangers=False)
    return cited_lines(draft.text, repository, links)
