"""A page with the notes that are pinned to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from chat.rendering.sanitizer import cleaned
from deepwiki.wiki.contributions.note_html import note_html
from deepwiki.wiki.contributions.note_lines import NoteLines
from deepwiki.wiki.contributions.notes import shown_notes
from deepwiki.wiki.contributions.places import NoteAnchor, find_place, page_blocks
from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.models import NoteVersion, PageNote, PageVersion
from repos.models import Repository


@dataclass(frozen=True)
class ShownNote:
    """A note as its page shows it."""

    note: PageNote
    version: NoteVersion
    html: SafeString
    lines: Sequence[NoteLines]

    @property
    def changed(self) -> list[NoteLines]:
        """The lines that it cites and that are no longer there."""
        return self._in(ClaimState.CHANGED)

    @property
    def moved(self) -> list[NoteLines]:
        """The lines that it cites and that stand elsewhere now."""
        return self._in(ClaimState.MOVED)

    @property
    def missing(self) -> list[NoteLines]:
        """The lines that it cites and that never were there."""
        return self._in(ClaimState.UNSUPPORTED)

    def _in(self, state: ClaimState) -> list[NoteLines]:
        return [lines for lines in self.lines if lines.state == state]


@dataclass(frozen=True)
class PagePart:
    """A stretch of a page's HTML, and the notes behind it."""

    html: SafeString
    notes: Sequence[ShownNote] = ()


@dataclass(frozen=True)
class NotedPage:
    """A page in parts; `homeless` are notes whose place is gone."""

    parts: Sequence[PagePart]
    homeless: Sequence[ShownNote]


def with_notes(
    page_html: SafeString,
    version: PageVersion,
    repository: Repository,
    urls: Mapping[str, str],
    *,
    for_strangers: bool,
) -> NotedPage:
    """The HTML of a version with the notes of its page at their places."""
    if not getattr(version, "has_notes", True):
        return NotedPage([PagePart(page_html)], [])
    notes = shown_notes(version.page)
    by_place: dict[int | None, list[ShownNote]] = defaultdict(list)
    blocks = page_blocks(page_html)
    for note in notes:
        place = find_place(
            NoteAnchor.from_json(note.anchor),
            blocks,
            is_translated=note.language != version.language,
        )
        by_place[place].append(shown_note(note, repository, urls, for_strangers=for_strangers))
    homeless = by_place.pop(None, [])
    return NotedPage(list(_parts(page_html, by_place)), homeless)


def shown_note(
    note: PageNote, repository: Repository, urls: Mapping[str, str], *, for_strangers: bool
) -> ShownNote:
    """A note that has its `newest` version."""
    newest: NoteVersion = note.newest  # type: ignore[attr-defined]
    html = note_html(note, newest, repository, for_strangers=for_strangers)
    lines = list(map(NoteLines.from_json, note.cited))
    return ShownNote(note, newest, html.as_html(urls), lines)


def _parts(
    page_html: str, by_place: Mapping[int | None, Sequence[ShownNote]]
) -> Iterator[PagePart]:
    start = 0
    for place in sorted(place for place in by_place if place is not None):
        yield PagePart(cleaned(page_html[start:place]), by_place[place])
        start = place
    yield PagePart(cleaned(page_html[start:]))
