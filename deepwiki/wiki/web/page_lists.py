"""The long lists of a page as HTML: the tree of the wiki, the contents of the page, its sources.

They are written here and not in templates, where each entry takes some twenty times as long.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from deepwiki.wiki.reading.page_html import Heading
from deepwiki.wiki.reading.page_tree import TreePage
from repos.search import code_urls

LINK = '<li class="kind-{}"><a href="{}">{}</a>{}</li>'
CURRENT_LINK = '<li class="kind-{}"><a href="{}" aria-current="page">{}</a>{}</li>'
UNWRITTEN = '<li class="kind-{}"><span class="soft unwritten">{} <span class="hidden">{}</span></span>{}</li>'
SOURCE = '<li><a class="cite" href="{}" data-path="{}" data-start="1" data-end="1" title="{}">{}</a>{}</li>'
STRANGERS_SOURCE = '<li><span class="mono" title="{}">{}</span>{}</li>'
FOLDER = ' <span class="soft folder-name">{}</span>'


def tree_html(pages: Iterable[TreePage], current: int | None) -> SafeString:
    """A list of pages with those below them; `current` is the id of the one that is shown."""
    items = format_html_join("", "{}", ((_tree_item(page, current),) for page in pages))
    return format_html("<ul>{}</ul>", items)


def _tree_item(page: TreePage, current: int | None) -> SafeString:
    below: SafeString | str = tree_html(page.pages, current) if page.pages else ""
    kind = page.page.kind
    if not page.url:
        return format_html(UNWRITTEN, kind, page.title, gettext("not written yet"), below)
    link = CURRENT_LINK if page.page.pk == current else LINK
    return format_html(link, kind, page.url, page.title, below)


def contents_html(headings: Iterable[Heading]) -> SafeString:
    """The headings of a page as links."""
    items = format_html_join(
        "",
        '<li class="level-{}"><a href="#{}">{}</a></li>',
        ((each.level, each.id, each.text) for each in headings),
    )
    return format_html('<ul class="contents">{}</ul>', items)


def sources_html(paths: Iterable[str], repository_id: uuid.UUID, *, linked: bool) -> SafeString:
    """Files with their folders; linked to the pages that show them, which strangers do not have."""
    paths = list(paths)
    urls = code_urls(repository_id, paths) if linked else [""] * len(paths)
    items = format_html_join(
        "", "{}", ((_source(*each),) for each in zip(paths, urls, strict=True))
    )
    return format_html("<ul>{}</ul>", items)


def _source(path: str, url: str) -> SafeString:
    folder, _, name = path.rpartition("/")
    beside: SafeString | str = format_html(FOLDER, folder) if folder else ""
    if not url:
        return format_html(STRANGERS_SOURCE, path, name, beside)
    return format_html(SOURCE, url, path, path, name, beside)
