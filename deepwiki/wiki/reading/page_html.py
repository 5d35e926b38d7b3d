"""Corrections to the rendered Markdown of a page: headings, citations of whole files, links."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.text import slugify

from chat.core.citations import Checked
from chat.rendering import draw_diagram
from chat.rendering.diagram_addresses import source_of
from chat.rendering.sanitizer import SVG_DATA_PREFIX

# A Markdown link to `wiki:<slug>` is rendered as one to this host, which cannot exist.
PAGE_HOST = "https://wiki.invalid/"
WIKI_LINK = re.compile(r"\]\(<?wiki:([\w.-]{1,100})>?\)")
PAGE_LINK = re.compile(
    rf'<a (?:[^<>]*? )?href="{re.escape(PAGE_HOST)}([^"<>]*)"[^<>]*>(.*?)</a>', re.DOTALL
)
HEADING = re.compile(r"<h([3-6])>(.*?)</h\1>", re.DOTALL)
NOTE = re.compile(r'<span class="cite-note"[^<>]*>[^<>]*</span>')
LINK_OR_CODE = re.compile(r"<a [^<>]*>.*?</a>|<code>([^<>]{1,600})</code>", re.DOTALL)
DRAWING = re.compile(r'<img src="[^"<>]*/diagrams/([\w-]+)/([\w-]+)[.]svg"')
MAX_HEADINGS = 200
MAX_ID_CHARS = 60
TOP_LEVEL = 3  # of headings below the page's title


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its id, its text, its level, from 1."""

    id: str
    text: str
    level: int


def with_wiki_targets(markdown: str) -> str:
    """Markdown whose links to pages survive the renderer, see `with_page_links`."""
    return WIKI_LINK.sub(rf"]({PAGE_HOST}\1)", markdown)


def with_page_links(text: str, urls: Mapping[str, str]) -> str:
    """Rendered HTML with links to the pages of the wiki, by slug; others become plain text."""

    def link(match: re.Match[str]) -> str:
        url = urls.get(html.unescape(match[1]))
        return f'<a href="{html.escape(url)}">{match[2]}</a>' if url else match[2]

    return PAGE_LINK.sub(link, text).replace(PAGE_HOST, "wiki:")


def page_link(slug: str) -> str:
    """The start tag of a link to a page, for `with_page_links`."""
    return f'<a href="{PAGE_HOST}{html.escape(slug)}">'


def citation_link(checked: Checked) -> str:
    """The start tag of a link to cited lines, as the renderer writes it."""
    cited = checked.citation
    return (
        f'<a class="cite" href="{html.escape(checked.href or "#")}"'
        f' data-path="{html.escape(cited.path)}" data-start="{cited.start}"'
        f' data-end="{cited.end}">'
    )


def with_heading_ids(text: str, found: list[Heading]) -> str:
    """Rendered HTML with an id for each heading; adds them to `found`.

    The second level of Markdown, the first within a page, becomes the third of HTML.
    """
    taken = {heading.id for heading in found}

    def heading(match: re.Match[str]) -> str:
        level = max(1, int(match[1]) - TOP_LEVEL)
        tag = f"h{TOP_LEVEL + level - 1}"
        title = html.unescape(strip_tags(NOTE.sub("", match[2]))).strip()
        if not title or len(found) >= MAX_HEADINGS:
            return f"<{tag}>{match[2]}</{tag}>"
        name = _free_id(title, taken)
        found.append(Heading(name, title, level))
        return f'<{tag} id="{name}" tabindex="-1" data-turn>{match[2]}</{tag}>'

    return HEADING.sub(heading, text)


def with_file_links(text: str, paths: Container[str], url: Callable[[str], str]) -> str:
    """Rendered HTML in which inline code that is a path of the index leads to that file."""

    def link(match: re.Match[str]) -> str:
        path = html.unescape(match[1] or "")
        if not path or path not in paths:
            return match[0]
        name = html.escape(path)
        return (
            f'<a class="cite" href="{html.escape(url(path) or "#")}" data-path="{name}"'
            f' data-start="1" data-end="1" title="{name}">{match[1]}</a>'
        )

    return LINK_OR_CODE.sub(link, text)


def standing_alone(text: str, prefix: str) -> str:
    """Rendered HTML for a file of its own: its drawings are within it, its ids have a prefix."""
    return DRAWING.sub(_embedded, text.replace(' id="s-', f' id="{prefix}s-'))


def _embedded(match: re.Match[str]) -> str:
    """The start of an image with the drawing itself; without one it shows its description."""
    svg = draw_diagram(source_of(match[1], match[2]))
    data = base64.b64encode(svg.encode()).decode()
    return f'<img src="{SVG_DATA_PREFIX}{data}"'


def _free_id(title: str, taken: set[str]) -> str:
    """An id that no other heading has; `s-` keeps it apart from the page's own."""
    stem = f"s-{slugify(title, allow_unicode=True)[:MAX_ID_CHARS] or 'section'}"
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    return name
