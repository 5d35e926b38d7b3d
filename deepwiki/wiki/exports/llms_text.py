"""`llms.txt`, a list of the pages for programs, and `llms-full.txt`, their texts.

https://llmstxt.org/
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from deepwiki.wiki.exports.page_markdown import origin, with_targets
from deepwiki.wiki.exports.wiki_export import ExportedPage, WikiExport
from deepwiki.wiki.translation.languages import language_query


def llms_text(export: WikiExport) -> str:
    """The repository's name, what it is, and a link to the Markdown of each page."""
    summary = export.pages[0].summary if export.pages else ""
    lines = [f"# {export.name}", "", f"> {summary}", "", "## Wiki", ""]
    return "\n".join([*lines, *(_line(export, page) for page in export.pages), ""])


def llms_full_text(export: WikiExport) -> str:
    """The texts of all pages, one after the other."""
    return "\n\n---\n\n".join(_text(export, page) for page in export.pages) + "\n"


def _line(export: WikiExport, page: ExportedPage) -> str:
    return f"- [{page.version.title}]({_address(export, page.slug)}): {page.summary}"


def _text(export: WikiExport, page: ExportedPage) -> str:
    text = with_targets(page.text, export.slugs, lambda slug: _address(export, slug))
    return f"{text.rstrip()}\n\n{origin(page.version, export.name)}"


def _address(export: WikiExport, slug: str) -> str:
    path = reverse("wiki-page-markdown", args=[export.wiki.repository_id, slug])
    return f"{settings.PUBLIC_ORIGIN}{path}{language_query()}"
