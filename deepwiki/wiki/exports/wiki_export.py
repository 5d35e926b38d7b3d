"""The pages of a wiki as they are exported: in reading order, within a bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from deepwiki.wiki.contributions.notes import notes_by_page
from deepwiki.wiki.exports.note_texts import newest_of, noted_text
from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageNote, PageVersion, Wiki
from deepwiki.wiki.reading.current_versions import current_versions, versions_in
from deepwiki.wiki.reading.page_ledger import PageLedger, page_ledger, shown_summary
from deepwiki.wiki.reading.page_tree import TreePage, load_tree
from deepwiki.wiki.translation.languages import reading, reading_language

MAX_CHARS = 20_000_000  # of all texts together


@dataclass(frozen=True)
class ExportedPage:
    """A page, what it says, the slugs of the pages above it, the topmost first, and its notes."""

    page: TreePage
    version: PageVersion
    above: Sequence[str]
    notes: Sequence[PageNote] = ()

    @property
    def slug(self) -> str:
        return self.page.page.slug

    @property
    def parent(self) -> str:
        """The slug of the page above it; empty for one at the top."""
        return next(reversed(self.above), "")

    @property
    def depth(self) -> int:
        """How many pages stand above it."""
        return len(self.above)

    @cached_property
    def ledger(self) -> PageLedger:
        """What is known of its citations."""
        return page_ledger(self.version)

    @cached_property
    def own_text(self) -> str:
        """Its Markdown as readers see it, what does not stand marked in words."""
        return self.ledger.exported(self.version.text)

    @property
    def text(self) -> str:
        """The same with its notes."""
        return noted_text(self.own_text, self.notes)

    @property
    def note_chars(self) -> int:
        """How long its notes are."""
        return sum(len(newest_of(note).text) for note in self.notes)

    @property
    def summary(self) -> str:
        """One sentence that says what it is about."""
        return shown_summary(self.version, self.ledger)


@dataclass(frozen=True)
class WikiExport:
    """What is exported of a wiki; `left_out` counts pages beyond the bound."""

    wiki: Wiki
    pages: Sequence[ExportedPage]
    left_out: int = 0
    language: str = DEFAULT_LANGUAGE

    @property
    def name(self) -> str:
        """The name of the repository."""
        return self.wiki.repository.name

    @property
    def slugs(self) -> frozenset[str]:
        """Of the pages that are in it."""
        return frozenset(page.slug for page in self.pages)


def load_export(wiki: Wiki, language: str | None = None) -> WikiExport:
    """The pages of a wiki as they are read in a language; without one in the reader's."""
    with reading(language or reading_language()):
        return _loaded(wiki, current_versions(wiki))


def load_export_in(wiki: Wiki, language: str) -> WikiExport:
    """The pages of a wiki that have a version in a language, in it."""
    with reading(language):
        return _loaded(wiki, versions_in(wiki, language))


def _loaded(wiki: Wiki, rows: Iterable[PageVersion]) -> WikiExport:
    versions = {version.page_id: version for version in rows}
    for version in versions.values():
        version.page.wiki = wiki  # nobody loads it again
    notes = notes_by_page(wiki)
    tree = load_tree(wiki)
    pages = [
        ExportedPage(
            page,
            versions[page.page.pk],
            [each.page.slug for each in tree.above(page)],
            notes.get(page.page.pk, ()),
        )
        for page in tree.written
        if page.page.pk in versions
    ]
    kept = _within_bounds(pages)
    return WikiExport(wiki, kept, len(pages) - len(kept), reading_language())


def _within_bounds(pages: Sequence[ExportedPage]) -> list[ExportedPage]:
    kept, room = [], MAX_CHARS
    for page in pages:
        room -= len(page.version.text) + page.note_chars
        if room < 0:
            break
        kept.append(page)
    return kept
