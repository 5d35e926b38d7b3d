"""A wiki as one HTML file: nothing is loaded, its links lead within it or to the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from deepwiki.wiki.contributions.page_notes import ShownNote, shown_note
from deepwiki.wiki.exports.wiki_export import ExportedPage, WikiExport
from deepwiki.wiki.reading.rendered_page import rendered
from deepwiki.wiki.translation.languages import html_language, speaking


@dataclass(frozen=True)
class HtmlPage:
    """A page with its HTML, whose ids begin with its slug, and its notes."""

    page: ExportedPage
    html: SafeString
    notes: Sequence[ShownNote]

    @property
    def language(self) -> str:
        """The BCP 47 code of its text."""
        return html_language(self.page.version.language)


def html_file(export: WikiExport) -> bytes:
    """The file. Citations lead to the host, where that has pages."""
    with speaking(export.language):
        return _file(export).encode()


def _file(export: WikiExport) -> str:
    urls = {slug: f"#{slug}" for slug in export.slugs}
    pages = [
        HtmlPage(page, _html(export, page, urls), _notes(export, page, urls))
        for page in export.pages
    ]
    language = html_language(export.language)
    context = {"export": export, "repository": export.wiki.repository, "pages": pages}
    return render_to_string("wiki/file.html", {**context, "language": language})


def _html(export: WikiExport, page: ExportedPage, urls: dict[str, str]) -> SafeString:
    shown = rendered(page.version, export.wiki.repository, for_strangers=True, ledger=page.ledger)
    return shown.with_prefix(f"{page.slug}-").as_html(urls)


def _notes(export: WikiExport, page: ExportedPage, urls: dict[str, str]) -> list[ShownNote]:
    repository = export.wiki.repository
    return [shown_note(note, repository, urls, for_strangers=True) for note in page.notes]
