"""Markdown to sanitized HTML, for whole answers and for blocks of streamed ones.

CommonMark with tables, strikethrough, task lists and dollar math. Raw HTML is off in
the parser, and the rendered document is sanitized as a whole.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from chat.core.citations import Check
from chat.rendering import rules
from chat.rendering.sanitizer import sanitize

PARSER_OPTIONS = {"html": False, "linkify": False, "typographer": False, "maxNesting": 30}
RULES = {
    "fence": rules.fence,
    "code_block": rules.fence,
    "code_inline": rules.code_inline,
    "text": rules.text,
    "image": rules.image,
    "link_open": rules.link_open,
    "heading_open": rules.heading,
    "heading_close": rules.heading,
}


def render(markdown: str, check: Check | None = None, *, growing: bool = False) -> SafeString:
    """Sanitized HTML of a text.

    `check` looks citations up; without it each of them becomes a link. More may follow
    a `growing` text: its diagrams are not drawn yet.
    """
    return sanitize(parser().render(markdown, {"check": check, "growing": growing}))


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The parser of this process, with the rules of this package."""
    markdown_it = MarkdownIt("commonmark", PARSER_OPTIONS)
    markdown_it.enable(["table", "strikethrough"])
    markdown_it.use(tasklists_plugin, label=True)
    markdown_it.use(dollarmath_plugin, allow_space=False, double_inline=True, renderer=rules.math)
    markdown_it.validateLink = rules.may_link  # type: ignore[method-assign]
    for token_type, rule in RULES.items():
        markdown_it.add_render_rule(token_type, rule)
    return markdown_it
