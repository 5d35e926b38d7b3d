"""Render rules: the HTML of Markdown tokens, where it differs from markdown-it's own.

The signature of a rule is markdown-it's: `self` is the renderer, `env` what
`environment` makes: `check` (Check or None), `growing` (more text may follow), `drawing`
(the seconds left for diagrams).
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from chat.core.citation_search import Mention, mentions, whole_citation
from chat.core.citations import Check, Checked, Citation, compose, short_name
from chat.rendering import diagrams
from chat.rendering.diagram_themes import in_theme
from chat.rendering.highlighting import highlight_code
from chat.rendering.notes import (
    CITE_CHANGED,
    CITE_MISSING,
    CITE_UNREAD,
    CITE_UNSUPPORTED,
    DIAGRAM_TOO_LARGE,
    NOT_DRAWN,
    cite_note_html,
    note_html,
)
from chat.rendering.sanitizer import SVG_DATA_PREFIX

Tokens = list[Token]
LINK_SCHEMES = ("http", "https", "mailto", "")
MAX_LABEL_CHARS = 40  # of a citation, that fit into a line of a phone
MAX_ADDRESS_CHARS = 4_000  # proxies refuse addresses over 8 KiB
WIDE_PIXELS = 920  # at three quarters, a column of prose
DRAWING_SECONDS = 2.0  # for all diagrams of a text
MAX_LANGUAGE_CHARS = 30
CODE_BUTTONS = (
    '<button type="button" class="quiet" data-action="wrap">Wrap</button>'
    '<button type="button" class="quiet" data-action="copy">Copy</button>'
)
ENLARGE_BUTTON = '<button type="button" class="quiet" data-action="enlarge">Enlarge</button>'
MORE_LINES_GAP = re.compile(r"\s?[,;]\s?|\sand\s")
# State of a citation -> the class of its link, and the note behind it.
MARKS = {
    "exists": ("unread", CITE_UNREAD),
    "changed": ("changed", CITE_CHANGED),
    "unsupported": ("unsupported", CITE_UNSUPPORTED),
}
HEADING_OFFSET = 2  # h1 is the page's title, h2 each question
LONG_CELL_CHARS = 40


def environment(check: Check | None, *, growing: bool = False) -> dict[str, Any]:
    """What the rules of one text share."""
    return {"check": check, "growing": growing, "drawing": DRAWING_SECONDS}


def fence(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """A code block; one in Mermaid is drawn once its text is complete."""
    token = tokens[index]
    language = _language(token)
    if language == "mermaid" and not env["growing"]:
        return _diagram(token, env)
    return _code_block(token, language, env["check"])


def code_inline(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """Inline code; `path:L3-L9` is a citation."""
    token = tokens[index]
    content = compose(token.content.strip())
    found = [] if token.meta.get("linked") else whole_citation(content, env["check"])
    if not found:
        return f"<code>{html.escape(token.content)}</code>"
    return "".join(_pieces(content, found, env["check"]))


def text(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """Plain text, with the citations in it."""
    token = tokens[index]
    if token.meta.get("linked"):
        return html.escape(token.content)
    content = compose(token.content)
    return "".join(_pieces(content, mentions(content, env["check"]), env["check"]))


def image(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """A link in place of an image, whose host would learn who reads the answer."""
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    label = html.escape(token.content or "image")
    if token.meta.get("linked") or is_relative(source) or not may_link(source):
        return label
    return f'<a href="{html.escape(source)}">{label}</a>'


def link_open(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """A link; one to another host opens a new tab and has the host as its title."""
    token = tokens[index]
    if "citation" in token.meta:
        return _citation_start(token.meta["citation"])
    host = urlsplit(str(token.attrGet("href") or "")).netloc
    if host:
        token.attrSet("title", host)
        token.attrSet("target", "_blank")
        token.attrSet("class", "outside")
    return self.renderToken(tokens, index, options, env)


def link_close(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """The end of a link, with a note if it cites lines that do not exist or were not read."""
    token = tokens[index]
    if "citation" in token.meta:
        return _citation_end(token.meta["citation"])
    return self.renderToken(tokens, index, options, env)


def heading(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """The start or end tag of a heading, HEADING_OFFSET levels down."""
    token = tokens[index]
    level = int(token.tag.removeprefix("h"))
    token.tag = f"h{min(6, level + HEADING_OFFSET)}"
    return self.renderToken(tokens, index, options, env)


def cell(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """The start of a table cell, its alignment and the room that a long text takes as classes."""
    alignment = str(tokens[index].attrs.pop("style", "")).removeprefix("text-align:")
    is_long = len(tokens[index + 1].content) > LONG_CELL_CHARS
    classes = [*filter(None, [alignment]), *(["long"] if is_long else [])]
    if classes:
        tokens[index].attrSet("class", " ".join(classes))
    return self.renderToken(tokens, index, options, env)


def may_link(url: str) -> bool:
    """True if the URL is relative or of a scheme that links may have."""
    try:
        return urlsplit(url).scheme.lower() in LINK_SCHEMES
    except ValueError:
        return False


def is_relative(url: str) -> bool:
    """True if the URL names neither a scheme nor a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def _citation_html(citation: Citation, check: Check | None, label: str) -> str:
    """A link to cited lines; a note instead if `check` does not find them.

    Without `check` every citation becomes a link.
    """
    checked = Checked(citation, "found") if check is None else check(citation)
    length = " long" if len(label) > MAX_LABEL_CHARS else ""
    return f"{_citation_start(checked, length)}{label}{_citation_end(checked)}"


def _citation_start(checked: Checked, length: str = "") -> str:
    citation = checked.citation
    path = html.escape(citation.path)
    if not checked.found:
        return f'<span class="cite unverified{length}" title="{path}">'
    mark, _ = MARKS.get(checked.state, ("", ""))
    return (
        f'<a class="{f"cite {mark}".rstrip()}{length}" href="{html.escape(checked.href or "#")}" data-path="{path}"'
        f' data-start="{citation.start}" data-end="{citation.end}" title="{path}">'
    )


def _citation_end(checked: Checked) -> str:
    if not checked.found:
        return f"{cite_note_html(CITE_MISSING)}</span>"
    _, note = MARKS.get(checked.state, ("", ""))
    return f"{cite_note_html(note)}</a>" if note else "</a>"


def _label(citation: Citation) -> str:
    """The file's name and its lines."""
    return f"{html.escape(short_name(citation.path))} {_line_numbers(citation)}"


def _line_numbers(citation: Citation) -> str:
    if citation.start == citation.end:
        return str(citation.start)
    return f"{citation.start}–{citation.end}"


def _pieces(content: str, found: Iterable[Mention], check: Check | None) -> Iterator[str]:
    """Plain text and citations by turns, as HTML; further lines of a file have no name."""
    end, path = 0, ""
    for mention in found:
        citation = mention.citation
        between = content[end : mention.start]
        follows = citation.path == path and MORE_LINES_GAP.fullmatch(between)
        yield html.escape(between)
        label = _line_numbers(citation) if follows else _label(citation)
        yield _citation_html(citation, check, label)
        end, path = mention.end, citation.path
    yield html.escape(content[end:])


def _language(token: Token) -> str:
    """The first word after the fence; empty if there is none."""
    first_word = next(iter(token.info.split()), "")
    return first_word[:MAX_LANGUAGE_CHARS]


def _diagram(token: Token, env: Any) -> str:
    """A drawing with its source; the source and why, where it cannot be drawn."""
    source = token.content
    if len(source) > diagrams.MAX_SOURCE_CHARS:
        return note_html(DIAGRAM_TOO_LARGE) + _code_block(token, "mermaid", env["check"])
    light, dark = in_theme("light", source), in_theme("dark", source)
    svg = _draw(light, env)
    if not svg:
        return note_html(NOT_DRAWN) + _code_block(token, "mermaid", env["check"])
    drawing = diagrams.Drawing.of(svg)
    pictures = _picture("in-light", light, drawing) + _picture("in-dark", dark, drawing)
    return (
        f'<figure class="diagram{_width_class(drawing)}">{pictures}{ENLARGE_BUTTON}'
        f'<details><summary>Mermaid</summary><pre tabindex="0"><code>{html.escape(source)}'
        "</code></pre></details></figure>\n"
    )


def _width_class(drawing: diagrams.Drawing) -> str:
    """Of drawings whose type would be too small if they were fitted to the column."""
    return " wide" if drawing.width > WIDE_PIXELS else ""


def _picture(css_class: str, source: str, drawing: diagrams.Drawing) -> str:
    """The picture of a source, of the size of `drawing`."""
    return (
        f'<img src="{_diagram_url(source, drawing.svg)}" class="{css_class}" width="{drawing.width}"'
        f' height="{drawing.height}" alt="Mermaid" loading="lazy">'
    )


def _diagram_url(source: str, svg: str) -> str:
    """The scheme `diagram:`, for `diagram_addresses`; the SVG itself for a long source."""
    data = diagrams.packed(source)
    if len(data) <= MAX_ADDRESS_CHARS:
        return f"diagram:{data}"
    return SVG_DATA_PREFIX + base64.b64encode(svg.encode()).decode()


def _draw(source: str, env: Any) -> str:
    """The SVG; empty if it cannot be drawn or the text's time for diagrams is used up."""
    if env["drawing"] <= 0:
        return ""
    started = monotonic()
    svg = diagrams.draw(source)
    env["drawing"] -= monotonic() - started
    return svg


def _code_block(token: Token, language: str, check: Check | None) -> str:
    label = html.escape(language) or "text"
    caption = f"<span>{label} {_origin(token, check)}</span>{CODE_BUTTONS}"
    code = highlight_code(token.content, language)
    return (
        f'<figure class="code" data-language="{label}"><figcaption>{caption}</figcaption>'
        f'<pre tabindex="0"><code class="highlight">{code}</code></pre></figure>\n'
    )


def _origin(token: Token, check: Check | None) -> str:
    """What stands behind the language of a fence, with its citations."""
    info = compose(token.info).strip().partition(" ")[2].strip()
    return "".join(_pieces(info, mentions(info, check), check))
