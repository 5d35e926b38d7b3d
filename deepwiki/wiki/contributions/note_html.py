"""What notes say as HTML, by the renderer of pages.

It is kept with the note until another version is saved, or an address changes.
"""

from __future__ import annotations

from typing import Any

from chat.rendering.service import render_blocks
from deepwiki.wiki.models import NoteVersion, PageNote
from deepwiki.wiki.reading.page_html import with_file_links, with_wiki_targets
from deepwiki.wiki.reading.page_ledger import PageLedger
from deepwiki.wiki.reading.page_links import WikiLinks, index_commit
from deepwiki.wiki.reading.rendered_page import PageHtml, page_links, rendering_key
from repos.models import Repository

NOTE_SECONDS = 0.5
WHO = {True: "strangers", False: "people"}
NO_LEDGER = PageLedger()  # of notes it is kept apart: see `note_lines`


def note_html(
    note: PageNote, version: NoteVersion, repository: Repository, *, for_strangers: bool
) -> PageHtml:
    """What a version of a note says; kept once for people and once for strangers."""
    who = WHO[for_strangers]
    key = _key(version, repository)
    stored = note.html.get(who)
    if stored is not None and stored["key"] == key:
        return PageHtml(stored["html"])
    page = text_html(version.text, repository, for_strangers=for_strangers)
    if page.is_whole:
        note.html[who] = {"key": key, "html": page.html}
        PageNote.objects.filter(pk=note.pk).update(html=note.html)
    return page


def text_html(text: str, repository: Repository, *, for_strangers: bool) -> PageHtml:
    """Markdown as a page shows it, without ids of its headings."""
    commit = index_commit(repository)
    links = page_links(repository, commit, NO_LEDGER, for_strangers=for_strangers)
    parts = render_blocks(with_wiki_targets(text), links, seconds=NOTE_SECONDS)
    html = "".join(part for _, part in parts)
    return PageHtml(_linked(html, links))


def _key(version: NoteVersion, repository: Repository) -> list[Any]:
    """Another version, another commit or other addresses are rendered again."""
    return [version.pk, rendering_key(repository, NO_LEDGER), index_commit(repository)]


def _linked(html: str, links: WikiLinks | None) -> str:
    if links is None:
        return html
    return with_file_links(html, links.lines, links.file_url)
