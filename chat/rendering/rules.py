"""Render rules: the HTML of Markdown tokens, where it differs from markdown-it's own.

The signature of a rule is markdown-it's: `self` is the renderer, `env` what
`environment` makes: `check` (Check or None), `growing` (more text may follow), `drawing`
(the seconds left for diagrams).
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from chat.core.citations import PATTERN, Check, Citation
from chat.rendering import diagrams
from chat.rendering.highlighting import highlight_code
from chat.rendering.notes import DIAGRAM_TOO_LARGE, NOT_DRAWN, note_html
from chat.rendering.sanitizer import SVG_DATA_PREFIX

Tokens = list[Token]
# Outside of backticks only what contains a dot or a slash is read as a path.
BARE_CITATION = re.compile(
    rf"(?<![`])(?=[\w@.+~/\[\]()-]{{0,300}}[./]){PATTERN.pattern}",
)
LINK_SCHEMES = ("http", "https", "mailto", "")
DRAWING_SECONDS = 2.0  # for all diagrams of a text
MAX_LANGUAGE_CHARS = 30
CODE_BUTTONS = (
    '<button type="button" class="quiet" data-action="wrap">Wrap</button>'
    '<button type="button" class="quiet" data-action="copy">Copy</button>'
)
HEADING_OFFSET = 2  # h1 is the page's title, h2 each question


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
    text = tokens[index].content
    match = PATTERN.fullmatch(text.strip())
    if match is None:
        return f"<code>{html.escape(text)}</code>"
    return citation_html(Citation.of(match), env["check"])


def text(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """Plain text, with the citations in it."""
    return "".join(_text_pieces(tokens[index].content, env["check"]))


def image(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """A link in place of an image, whose host would learn who reads the answer."""
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    label = html.escape(token.content or "image")
    if not may_link(source):
        return label
    return f'<a href="{html.escape(source)}">{label}</a>'


def link_open(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """A link; one to another host opens a new tab and has the host as its title."""
    token = tokens[index]
    host = urlsplit(str(token.attrGet("href") or "")).netloc
    if host:
        token.attrSet("title", host)
        token.attrSet("target", "_blank")
        token.attrSet("class", "outside")
    return self.renderToken(tokens, index, options, env)


def heading(self: RendererHTML, tokens: Tokens, index: int, options: Any, env: Any) -> str:
    """The start or end tag of a heading, HEADING_OFFSET levels down."""
    token = tokens[index]
    level = int(token.tag.removeprefix("h"))
    token.tag = f"h{min(6, level + HEADING_OFFSET)}"
    return self.renderToken(tokens, index, options, env)


def may_link(url: str) -> bool:
    """True if the URL is relative or of a scheme that links may have."""
    try:
        return urlsplit(url).scheme.lower() in LINK_SCHEMES
    except ValueError:
        return False


def citation_html(citation: Citation, check: Check | None) -> str:
    """A link to cited lines; a note instead if `check` does not find them.

    Without `check` every citation becomes a link.
    """
    if check is None:
        return _citation_link(citation, "#")
    checked = check(citation)
    if not checked.found:
        return _unverified_citation(citation)
    return _citation_link(citation, checked.href or "#")


def _citation_link(citation: Citation, url: str) -> str:
    path = html.escape(citation.path)
    return (
        f'<a class="cite" href="{html.escape(url)}" data-path="{path}"'
        f' data-start="{citation.start}" data-end="{citation.end}"'
        f' title="{path}">{_label(citation)}</a>'
    )


def _unverified_citation(citation: Citation) -> str:
    return (
        f'<span class="cite unverified" title="{html.escape(citation.path)}">{_label(citation)} '
        '<span class="cite-note">not found in this commit</span></span>'
    )


def _label(citation: Citation) -> str:
    """The file's name and its lines."""
    name = citation.path.rpartition("/")[2]
    return f"{html.escape(name)} {_line_numbers(citation)}"


def _line_numbers(citation: Citation) -> str:
    if citation.start == citation.end:
        return str(citation.start)
    return f"{citation.start}–{citation.end}"


def _text_pieces(content: str, check: Check | None) -> Iterator[str]:
    """Plain text and citations by turns, as HTML."""
    end = 0
    for match in BARE_CITATION.finditer(content):
        yield html.escape(content[end : match.start()])
        yield citation_html(Citation.of(match), check)
        end = match.end()
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
    svg = _draw(source, env)
    if not svg:
        return note_html(NOT_DRAWN) + _code_block(token, "mermaid", env["check"])
    url = SVG_DATA_PREFIX + base64.b64encode(svg.encode()).decode()
    return (
        f'<figure class="diagram"><img src="{url}" alt="Mermaid">'
        f'<details><summary>Mermaid</summary><pre tabindex="0"><code>{html.escape(source)}'
        "</code></pre></details></figure>\n"
    )


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
    """The citation after the language of a fence; empty if there is none."""
    match = PATTERN.search(token.info)
    if match is None:
        return ""
    return citation_html(Citation.of(match), check)
