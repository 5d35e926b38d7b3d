"""The few HTML tags that models write into Markdown: br, kbd, sub, sup, details, summary.

Without attributes, and only in pairs; every other tag is text.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

TAG = re.compile(r"<(/?)(br|kbd|sub|sup)\s{0,3}/?>", re.IGNORECASE)
DETAILS = re.compile(r"<details(?:\s+open)?>", re.IGNORECASE)
DETAILS_END = re.compile(r"</details>", re.IGNORECASE)
SUMMARY = re.compile(r"<summary>(.*)</summary>", re.IGNORECASE)
FENCE = re.compile(r"[ >]*(```|~~~)")


def add_tags(markdown_it: MarkdownIt) -> None:
    """Add the rules of these tags to a parser."""
    markdown_it.inline.ruler.before("autolink", "tag", _inline_tag)
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown_it.block.ruler.before("fence", "details", _details, alternatives)
    markdown_it.add_render_rule("tag", _render_tag)


def pair_tags(tokens: list[Token]) -> None:
    """Mark the tags of an inline text that are whole: `br`, and an opening with its end."""
    opened: dict[str, list[Token]] = defaultdict(list)
    for token in tokens:
        if token.type != "tag":
            continue
        if token.tag == "br":
            token.meta["whole"] = True
        elif token.nesting == 1:
            opened[token.tag].append(token)
        elif opened[token.tag]:
            opened[token.tag].pop().meta["whole"] = True
            token.meta["whole"] = True


def _inline_tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = TAG.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "<" else None
    if match is None:
        return False
    if not silent:
        name = match[2].lower()
        token = state.push("tag", name, 0)
        if name != "br":
            token.nesting = -1 if match[1] else 1
        token.content = match[0]
    state.pos = match.end()
    return True


def _render_tag(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    if not token.meta.get("whole"):
        return html.escape(token.content)
    return f"</{token.tag}>" if token.nesting == -1 else f"<{token.tag}>"


def _details(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """`<details>` on a line of its own, to the line of its end."""
    match = DETAILS.match(_line(state, start))
    if match is None:
        return False
    is_growing = state.env["growing"]
    # While its end has not come, a growing block holds all that follows it.
    last = _matching_lines(state).get(start, end if is_growing else 0)
    if last and (not start < last <= end or (last == end and not is_growing)):
        return False
    if silent:
        return True
    if not last:
        _push_line(state, start)
        return True
    rest = _line(state, start)[match.end() :].strip()
    content = start + 1
    if not rest and content < last and SUMMARY.fullmatch(_line(state, content)):
        rest = _line(state, content)
        content += 1
    _push_details(state, (start, content, last), rest)
    state.line = min(last + 1, end)
    return True


def _push_line(state: StateBlock, number: int) -> None:
    """A line whose end never came, as a paragraph: it began a block while the text grew."""
    state.push("paragraph_open", "p", 1).map = [number, number + 1]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = _line(state, number), [number, number + 1], []
    state.push("paragraph_close", "p", -1)
    state.line = number + 1


def _push_details(state: StateBlock, lines: tuple[int, int, int], summary: str) -> None:
    """The tokens of a block: its first line, that of its content, and its last."""
    start, content, last = lines
    state.push("details_open", "details", 1).map = [start, min(last + 1, state.lineMax)]
    match = SUMMARY.fullmatch(summary)
    if summary:
        name = "summary" if match else "p"
        state.push(f"{name}_open", name, 1)
        inline = state.push("inline", "", 0)
        inline.content = match[1] if match else summary
        inline.children = []
        state.push(f"{name}_close", name, -1)
    line_max, state.lineMax = state.lineMax, last
    state.md.block.tokenize(state, content, last)
    state.lineMax = line_max
    state.push("details_close", "details", -1)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()


def _matching_lines(state: StateBlock) -> dict[int, int]:
    """The line of `</details>` by that of its `<details>`, found in one pass a text."""
    known: dict[int, int] | None = state.env.get("details")
    if known is None:
        known = state.env["details"] = dict(_pairs(state.src.split("\n")))
    return known


def _pairs(lines: list[str]) -> Iterator[tuple[int, int]]:
    opened: list[int] = []
    is_code = False
    for number, line in enumerate(lines):
        text = line.strip()
        if FENCE.match(text):
            is_code = not is_code
        elif is_code:
            continue
        elif DETAILS.match(text):
            opened.append(number)
        elif DETAILS_END.fullmatch(text) and opened:
            yield opened.pop(), number
