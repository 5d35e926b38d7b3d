r"""Formulas: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, where what they hold looks like one.

Dollars and backslashes are frequent in prose about code: `PATH=$HOME/bin:$PATH` and
`\(a\|b\)` are no formulas, and stay as they were written.
"""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert as latex_to_mathml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from chat.rendering.cpu_limit import CpuLimitExceeded, cpu_limit

MAX_FORMULA_CHARS = 2_000
MAX_FORMULA_LINES = 40
FORMULA_SECONDS = 0.1  # of CPU time
CLOSINGS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
COMMAND = re.compile(r"\\[A-Za-z]+|\\[,;!{}\\]")
WORD = re.compile(r"[^\W\d_]{2,}")
FUNCTIONS = set("sin cos tan cot log ln lg exp lim max min sup inf mod gcd lcm det arg dim".split())
OPERATORS = re.compile(r"[=^_+<>|*≤≥≠±×·→∈]|-")
# What stands in source code and shells, hardly ever in a formula without commands.
CODE_SIGNS = re.compile(r"""["'`;#@~?&$]|//|::|->|=>|==|\$\{|^\{|\\\||^[\W_]+$""")
OPEN_END = re.compile(r"[=+\-*/^_<>:,.(\[{&|\\]$")


def add_formulas(markdown_it: MarkdownIt) -> None:
    """Add the rules of formulas to a parser."""
    markdown_it.inline.ruler.before("escape", "formula", _inline_formula)
    # No alternative of a paragraph: a growing one could not know that it has ended.
    markdown_it.block.ruler.before("fence", "formula_block", _block_formula)
    markdown_it.add_render_rule("formula", _render_inline)
    markdown_it.add_render_rule("formula_block", _render_block)


def looks_like_formula(source: str, *, is_delimited: bool) -> bool:
    r"""Whether text between delimiters is a formula.

    `is_delimited`: the delimiters are rare in prose (`$$`, `\[`), so that words may stand
    in it beside an operator.
    """
    source = source.strip()
    if not source or not re.search(r"\w|\\[A-Za-z]", source):
        return False
    if COMMAND.search(source):
        return "`" not in source
    if CODE_SIGNS.search(source) or OPEN_END.search(source):
        return False
    words = [word for word in WORD.findall(source) if word not in FUNCTIONS]
    has_operator = OPERATORS.search(source) is not None
    if is_delimited:
        return has_operator or not words
    return not words or (has_operator and all(len(word) == 2 for word in words))


def to_mathml(source: str, *, is_block: bool) -> str:
    """A LaTeX formula as MathML; its source where it cannot be converted in time."""
    display = "block" if is_block else "inline"
    try:
        if len(source) > MAX_FORMULA_CHARS:
            return f"<code>{html.escape(source)}</code>"
        with cpu_limit(FORMULA_SECONDS):
            return str(latex_to_mathml(source, display=display))
    except (CpuLimitExceeded, Exception):  # the converter raises many types
        return f"<code>{html.escape(source)}</code>"


def _inline_formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    opening = _opening(state.src, state.pos)
    if not opening or not _may_open(state.src, state.pos, opening):
        return False
    start = state.pos + len(opening)
    end = _closing(state.src, start, min(state.posMax, start + MAX_FORMULA_CHARS), opening)
    if end < 0:
        return False
    source = state.src[start:end]
    after = state.src[end + len(opening) : end + len(opening) + 1]
    if not _is_formula(source, after, opening):
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content = source
        token.markup = opening
    state.pos = end + len(opening)
    return True


def _opening(text: str, position: int) -> str:
    """The delimiter that begins at a position; empty if none does."""
    if text.startswith("$$", position):
        return "$$"
    if text.startswith("$", position):
        return "$"
    two = text[position : position + 2]
    return two if two in CLOSINGS else ""


def _may_open(text: str, position: int, opening: str) -> bool:
    """Whether a delimiter stands where a formula may begin: not inside of a word."""
    before = text[position - 1 : position]
    if before == "\\" or before == "$":
        return False
    if opening == "\\[":
        return True
    return not (before.isascii() and (before.isalnum() or before in ("_", "=", "/", "-", ".")))


def _closing(text: str, start: int, limit: int, opening: str) -> int:
    """Where the closing delimiter begins, -1 without one before `limit`."""
    closing = CLOSINGS[opening]
    position = text.find(closing, start, limit)
    while position > 0 and text[position - 1] == "\\" and not _is_even(text, position):
        position = text.find(closing, position + 1, limit)
    return position


def _is_even(text: str, position: int) -> bool:
    """Whether an even number of backslashes, at most 8, stands before a position."""
    before = text[max(0, position - 8) : position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _is_formula(source: str, after: str, opening: str) -> bool:
    if opening == "$":
        has_space = source[:1].isspace() or source[-1:].isspace()
        if has_space or "\n\n" in source or (after.isascii() and after.isalnum()) or after == "$":
            return False
    if opening == "\\[" and (after == "(" or not OPERATORS.search(source)):
        return COMMAND.search(source) is not None and after != "("
    return looks_like_formula(source, is_delimited=opening in ("$$", "\\["))


def _block_formula(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A formula on lines of its own, in `$$` or `\\[`."""
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    opening = first[:2]
    if opening not in ("$$", "\\[") or state.is_code_block(start):
        return False
    lines = _block_lines(state, start, min(end, start + MAX_FORMULA_LINES), CLOSINGS[opening])
    source = "\n".join(lines)[2:-2]
    if not lines or not _is_block(source, is_alone=first.strip() == opening):
        return _unfinished_block(state, start, end, opening)
    if silent:
        return True
    state.line = start + len(lines)
    token = state.push("formula_block", "math", 0)
    token.block = True
    token.content = source.strip()
    token.markup = opening
    token.map = [start, state.line]
    return True


def _unfinished_block(state: StateBlock, start: int, end: int, opening: str) -> bool:
    """The rest of a growing text behind a delimiter on a line of its own, as text for now."""
    lines = state.getLines(start, end, state.blkIndent, keepLastLF=False).split("\n")
    is_whole = len(lines) > MAX_FORMULA_LINES or any(not line.strip() for line in lines)
    if not state.env["growing"] or lines[0].strip() != opening or is_whole or state.level:
        return False
    if CLOSINGS[opening] in "".join(lines[1:]):
        return False
    state.line = end
    state.push("paragraph_open", "p", 1).map = [start, end]
    token = state.push("inline", "", 0)
    token.content = "\n".join(lines).strip()
    token.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _is_block(source: str, *, is_alone: bool) -> bool:
    """`is_alone`: the delimiters stand alone on their lines, which prose never does."""
    if is_alone and source.strip() and "`" not in source:
        return True
    return looks_like_formula(source, is_delimited=True)


def _block_lines(state: StateBlock, start: int, end: int, closing: str) -> list[str]:
    """The lines to the one that ends with the delimiter; empty if there is none.

    A formula has no blank line in it.
    """
    lines: list[str] = []
    for number in range(start, end):
        line = state.getLines(number, number + 1, state.blkIndent, keepLastLF=False).strip()
        lines.append(line)
        if line.endswith(closing) and (number > start or len(line) > 4):
            return lines if closing not in "".join(lines)[2:-2] else []
        if not line:
            return []
    return []


def _render_inline(
    self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any
) -> str:
    token = tokens[index]
    if token.markup in ("$$", "\\["):
        return f'<span class="math display">{to_mathml(token.content, is_block=True)}</span>'
    return f'<span class="math inline">{to_mathml(token.content, is_block=False)}</span>'


def _render_block(
    self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any
) -> str:
    return f'<div class="math block">{to_mathml(tokens[index].content, is_block=True)}</div>\n'
