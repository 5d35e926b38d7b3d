"""Markdown to safe HTML: the only place that makes HTML out of text we did not write.

Rendered with raw HTML off, then sanitised as a whole by an allow-list. The same function serves a live answer, block
by block, and the history.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import nh3
from latex2mathml.converter import convert as latex_to_mathml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from chat.core.citations import PATTERN, Check, Checked, Citation
from chat.rendering.diagrams import PREFIX as PICTURE
from chat.rendering.diagrams import draw

MATHML = set(
    "math semantics mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr "
    "mtd mstyle mpadded menclose mphantom".split()
)
TAGS = MATHML | set(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code span div em strong del s a table thead tbody tr th td input "
    "figure figcaption button sup sub dl dt dd img details summary label".split()
)
ATTRIBUTES = {
    "a": {"href", "title", "class", "target", "data-path", "data-start", "data-end"},
    "code": {"class"},
    "img": {"src", "alt"},
    "pre": {"tabindex"},
    "span": {"class", "title"},
    "div": {"class"},
    "figure": {"class", "data-language"},
    "button": {"class", "type", "data-action"},
    "ol": {"start"},
    "ul": {"class"},
    "li": {"class"},
    "th": {"class"},
    "td": {"class"},
    "input": {"type", "checked", "disabled", "class"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "form"},
    "mi": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
}
LONGEST_HIGHLIGHT = 40_000
# Without backticks only what looks like a path is taken for one.
_BARE = re.compile(rf"(?<![`])(?=[\w@.+~/\[\]()-]{{0,300}}[./]){PATTERN.pattern}")


def render(markdown: str, check: Check | None = None, *, growing: bool = False) -> str:
    """Sanitised HTML of a text. `check` looks citations up; without it they are links as they stand.

    More may still come of a `growing` one: its diagrams are not drawn yet.
    """
    return _sanitise(_parser().render(markdown, {"check": check, "growing": growing}))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 30}
    )
    parser.enable(["table", "strikethrough"])
    parser.use(tasklists_plugin, label=True)
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True, renderer=_math)
    parser.validateLink = _may_link  # type: ignore[method-assign]
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("code_inline", _code_inline)
    parser.add_render_rule("text", _plain_text)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _sanitise(rendered: str) -> str:
    return nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_only_our_pictures,
        link_rel="noopener noreferrer",
    )


def _only_our_pictures(tag: str, name: str, value: str) -> str | None:
    """Data addresses are for the diagrams we drew, and pictures are nothing else."""
    is_picture = (tag, name) == ("img", "src")
    is_data = value.strip().lower().startswith("data:")
    return (
        value
        if (value.startswith(PICTURE) if is_picture else not (name == "href" and is_data))
        else None
    )


def _may_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in ("http", "https", "mailto", "")
    except ValueError:
        return False


def _fence(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    language = (token.info.strip().split() or [""])[0][:30]
    if (
        language == "mermaid"
        and not (env or {}).get("growing")
        and (picture := draw(token.content))
    ):
        source = f'<pre tabindex="0"><code>{html.escape(token.content)}</code></pre>'
        return (
            f'<figure class="diagram"><img src="{picture}" alt="Mermaid">'
            f"<details><summary>Mermaid</summary>{source}</details></figure>\n"
        )
    label = html.escape(language) or "text"
    place = PATTERN.search(token.info)
    origin = _cite(Citation.of(place), env) if place else ""
    return (
        f'<figure class="code" data-language="{label}"><figcaption><span>{label} {origin}</span>'
        f'<button type="button" class="quiet" data-action="wrap">Wrap</button>'
        f'<button type="button" class="quiet" data-action="copy">Copy</button></figcaption>'
        f'<pre tabindex="0"><code class="highlight">{_highlighted(token.content, language)}</code></pre></figure>\n'
    )


def _highlighted(code: str, language: str) -> str:
    if len(code) > LONGEST_HIGHLIGHT or not language:
        return html.escape(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return html.escape(code)
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


def highlight_lines(code: str, language: str) -> list[str]:
    """The lines of a source file, highlighted and sanitised, for the viewer."""
    return [_sanitise(line) for line in _highlighted(code, language).split("\n")]


def _code_inline(
    self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any
) -> str:
    text = tokens[index].content
    match = PATTERN.fullmatch(text.strip())
    return _cite(Citation.of(match), env) if match else f"<code>{html.escape(text)}</code>"


def _plain_text(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    text, parts, at = tokens[index].content, [], 0
    for match in _BARE.finditer(text):
        parts += [html.escape(text[at : match.start()]), _cite(Citation.of(match), env)]
        at = match.end()
    return "".join(parts) + html.escape(text[at:])


def _cite(citation: Citation, env: Any) -> str:
    check: Check | None = (env or {}).get("check")
    checked = check(citation) if check is not None else Checked(citation, True)
    name = html.escape(citation.path.rsplit("/", 1)[-1])
    lines = (
        f"{citation.start}"
        if citation.start == citation.end
        else f"{citation.start}–{citation.end}"
    )
    path = html.escape(citation.path)
    if not checked.found:
        note = '<span class="cite-note">not found in this commit</span>'
        return f'<span class="cite unverified" title="{path}">{name} {lines} {note}</span>'
    return (
        f'<a class="cite" href="{html.escape(checked.href or "#")}" data-path="{path}" data-start="{citation.start}" '
        f'data-end="{citation.end}" title="{path}">{name} {lines}</a>'
    )


def _image(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    # A picture from elsewhere would tell its host who reads: it becomes a link.
    source = str(tokens[index].attrGet("src") or "")
    label = html.escape(tokens[index].content or "image")
    return f'<a href="{html.escape(source)}">{label}</a>' if _may_link(source) else label


def _link_open(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    target = str(token.attrGet("href") or "")
    host = urlsplit(target).netloc
    if host:
        token.attrSet("title", host)
        token.attrSet("target", "_blank")
        token.attrSet("class", "outside")
    return self.renderToken(tokens, index, options, env)


def _heading(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    # The page has the h1 and each question is an h2: an answer's headings begin below.
    token = tokens[index]
    token.tag = f"h{min(6, int(token.tag[1]) + 2)}" if not token.meta.get("moved") else token.tag
    token.meta["moved"] = True
    return self.renderToken(tokens, index, options, env)


def _math(source: str, options: Any) -> str:
    try:
        return str(
            latex_to_mathml(
                source[:2_000], display="block" if options.get("display_mode") else "inline"
            )
        )
    except Exception:  # the converter raises many kinds on bad input; its source is shown instead
        return f"<code>{html.escape(source)}</code>"
