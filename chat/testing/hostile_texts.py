"""Texts that are dear to render: each a function of its length in characters.

Most were quadratic in a Markdown parser, a highlighter or a diagram renderer.
"""

from __future__ import annotations

from collections.abc import Callable

# Lexers whose cost grew with the square of blank lines or of one repeated character.
BOMBS = {"c": "\n", "cpp": "\n", "java": "\n", "php": "<?php\n", "perl": "$", "ruby": "<<"}
REPEATED = {
    "headings": "# a\n",
    "task items": "- [ ] a\n",
    "items": "1. a\n",
    "nested items": "- a\n  - b\n    - c\n",
    "quotes": "> ",
    "one quote": ">",
    "emphasis": "*a ",
    "mixed emphasis": "**a*_b_",
    "strong inside words": "a**b",
    "strikes": "~~a",
    "brackets": "[",
    "images": "![",
    "open links": "[x](a",
    "links": "[](",
    "backticks": "`",
    "backtick pairs": "`a ",
    "escapes": "\\",
    "entities": "&amp;",
    "ampersands": "&",
    "angles": "<",
    "autolinks": "<http://a>",
    "definitions": "[a]: b\n",
    "footnotes": "[^1]: a\n",
    "formulas": "$x$ ",
    "dollars": "$",
    "dollar words": "$a ",
    "double dollars": "$$",
    "parentheses of formulas": "\\(",
    "rules": "---\n",
    "underlined headings": "a\n---\n",
    "rows": "|a|b|\n|-|-|\n|1|2|\n",
    "bars": "|",
    "lines": "a\n",
    "paragraphs": "a\n\n",
    "blank lines": "\n",
    "path characters": "a/",
    "citations": "a.b:L1 ",
    "citation ends": ":L1",
    "open tags": "<kbd>",
    "open details": "<details>\n",
}


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * size)[:size]


def _fence(language: str, piece: str) -> Callable[[int], str]:
    return lambda size: f"```{language}\n{(piece * size)[:size]}\n```\n"


def _columns(size: int) -> str:
    count = size // 4
    return "|a" * count + "|\n" + "|-" * count + "|\n"


def _deep_list(size: int) -> str:
    depth = int(size**0.5)
    return "".join(f"{'  ' * level}- a\n" for level in range(depth))


def _kanban(size: int) -> str:
    return "```mermaid\nkanban\n" + "  todo[Todo]\n    t1[Task one]\n" * (size // 30) + "```\n"


def _all_to_all(size: int) -> str:
    count = min(size // 8, 600)
    sides = [" & ".join(f"{side}{n}" for n in range(count)) for side in "ab"]
    return "```mermaid\nflowchart LR\n" + " --> ".join(sides) + "\n```\n"


def _many_diagrams(size: int) -> str:
    return "".join(_kanban(600 + number) for number in range(size // 640))


HOSTILE: dict[str, Callable[[int], str]] = {
    **{name: _repeated(piece) for name, piece in REPEATED.items()},
    **{f"a fence of {name}": _fence(name, piece) for name, piece in BOMBS.items()},
    "a fence of newlines": _fence("", "\n"),
    "a fence of python": _fence("python", "def f(x):\n    return [y for y in x if y]\n"),
    "columns": _columns,
    "a deep list": _deep_list,
    "a deep formula": lambda size: "$$" + "\\frac{" * (size // 6) + "$$\n",
    "a long formula": lambda size: "$$" + "x^2+" * (size // 4) + "$$\n",
    "a kanban board": _kanban,
    "all to all": _all_to_all,
    "many diagrams": _many_diagrams,
}
