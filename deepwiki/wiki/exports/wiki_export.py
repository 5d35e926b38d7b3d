"""The pages of a wiki as they are exported: in reading order, within a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepwiki.wiki.contributions.notes import notes_by_page
from deepwiki.wiki.exports.note_texts import newest_of, noted_text
from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageNote, PageVersion, Wiki
from deepwiki.wiki.reading.current_versions import current_versions
from deepwiki.wiki.reading.page_ledger import exported_text
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

    @property
    def text(self) -> str:
        """Its Markdown with its notes."""
        return noted_text(exported_text(self.version), self.notes)

    @property
    def note_chars(self) -> int:
        """How long its notes are."""
        return sum(len(newest_of(note).text) for note in self.notes)

    @property
    def summary(self) -> str:
        """One sentence that says what it is about."""
        return str(self.version.content.get("summary", ""))


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
    """The pages of a wiki, in a language where they have one; without one as they are read."""
    with reading(language or reading_language()):
        return _loaded(wiki)


def _loaded(wiki: Wiki) -> WikiExport:
    versions = {version.page_id: version for version in current_versions(wiki)}
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
