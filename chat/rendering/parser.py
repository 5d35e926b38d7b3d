"""The Markdown parser: CommonMark with tables, strikethrough, task lists and formulas.

Raw HTML is off but for a few tags. Block structure is parsed for the whole text, inline text block by block,
so that a caller can stop between blocks.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, block, inline, normalize, text_join
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from chat.rendering import rules, task_items
from chat.rendering.formulas import add_formulas
from chat.rendering.inline_tags import add_tags, pair_tags
from chat.rendering.link_targets import resolve_links

# Blocks nested deeper are text. A list takes two levels. markdown-it drops blocks that are
# nested deeper than its own limit, which is therefore higher.
MAX_DEPTH = 60
BLOCK_NESTING = 100
MAX_BLOCKS = 200  # of one rendering: each is a message to every reader
INLINE_NESTING = 20  # what is deeper in a line is text; unclosed brackets cost this many passes
PARSER_OPTIONS = {"html": False, "linkify": False, "typographer": False}
RULES = {
    "fence": rules.fence,
    "code_block": rules.fence,
    "code_inline": rules.code_inline,
    "text": rules.text,
    "image": rules.image,
    "link_open": rules.link_open,
    "link_close": rules.link_close,
    "th_open": rules.cell,
    "td_open": rules.cell,
    "heading_open": rules.heading,
    "heading_close": rules.heading,
}
# `__init__` of `lib/__init__.py` and `self.__init__()` is a name, not emphasis.
DUNDER = re.compile(r"__[A-Za-z0-9](?:[A-Za-z0-9_]{0,60}[A-Za-z0-9])?__")
BEHIND_DUNDER = re.compile(r"[./]\w|\(")
Environment = MutableMapping[str, Any]


@dataclass
class Block:
    """A top-level block: its source, the line it begins at (from 0), its parsed tokens."""

    line: int
    source: str
    tokens: list[Token]


def parse_blocks(markdown: str, env: Environment) -> list[Block]:
    """The top-level blocks of a text, their inline text not parsed yet.

    Together they hold every line but blank ones and link definitions before the first.
    """
    state = StateCore(markdown, parser(BLOCK_NESTING), env)
    normalize(state)
    block(state)
    lines = state.src.split("\n")
    groups = _joined(_groups(state.tokens))
    ends = [*(line for line, _ in groups), len(lines)][1:]
    return [
        Block(line, "\n".join(lines[line:end]), tokens)
        for (line, tokens), end in zip(groups, ends, strict=True)
    ]


def parse_inline(tokens: list[Token], env: Environment) -> None:
    """Parse the inline text of a block's tokens, in place."""
    tasks = task_items.take_markers(tokens)
    state = StateCore("", parser(INLINE_NESTING), env, tokens)
    inline(state)
    text_join(state)
    for token in tokens:
        pair_tags(token.children or [])
        resolve_links(token.children or [], env["check"])
    task_items.add_checkboxes(tasks)


def to_html(tokens: list[Token], env: Environment) -> str:
    """HTML of a block's tokens, not sanitized."""
    markdown_it = parser(INLINE_NESTING)
    html: str = markdown_it.renderer.render(tokens, markdown_it.options, env)
    return html


@lru_cache(maxsize=2)
def parser(max_nesting: int) -> MarkdownIt:
    """A parser with the rules of this package."""
    markdown_it = MarkdownIt("commonmark", {**PARSER_OPTIONS, "maxNesting": max_nesting})
    markdown_it.enable(["table", "strikethrough"])
    markdown_it.block.ruler.before("table", "flatten", _flatten, {"alt": []})
    add_formulas(markdown_it)
    add_tags(markdown_it)
    markdown_it.inline.ruler.before("emphasis", "dunder", _dunder)
    markdown_it.validateLink = rules.may_link  # type: ignore[method-assign]
    for token_type, rule in RULES.items():
        markdown_it.add_render_rule(token_type, rule)
    return markdown_it


def _groups(tokens: list[Token]) -> list[tuple[int, list[Token]]]:
    """Tokens by top-level block, with the block's first line."""
    groups: list[tuple[int, list[Token]]] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0 and token.map:
            groups.append((token.map[0], []))
        if groups:
            groups[-1][1].append(token)
    return groups


def _joined(groups: list[tuple[int, list[Token]]]) -> list[tuple[int, list[Token]]]:
    """At most MAX_BLOCKS groups: of more, equally many follow each other as one."""
    size = -(-len(groups) // MAX_BLOCKS)
    if size <= 1:
        return groups
    runs = (groups[start : start + size] for start in range(0, len(groups), size))
    return [(run[0][0], [token for _, tokens in run for token in tokens]) for run in runs]


def _flatten(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A block rule: below MAX_DEPTH the lines of the innermost block are one paragraph."""
    if state.level < MAX_DEPTH or silent:
        return False
    last = start + 1
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent):
        last += 1
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, last]
    token = state.push("inline", "", 0)
    token.content = state.getLines(start, last, state.blkIndent, keepLastLF=False).strip()
    token.map = [start, last]
    token.children = []
    state.push("paragraph_close", "p", -1)
    state.line = last
    return True


def _dunder(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """An inline rule: a name in double underscores beside a dot, a slash or a bracket."""
    match = DUNDER.match(state.src, state.pos) if state.src[state.pos] == "_" else None
    if match is None:
        return False
    is_name = state.src[state.pos - 1 : state.pos] in ("/", ".")
    if not is_name and not BEHIND_DUNDER.match(state.src, match.end()):
        return False
    if not silent:
        state.append_pending(match[0])
    state.pos = match.end()
    return True
