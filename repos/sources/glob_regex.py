"""Patterns of ignore files as regular expressions (gitignore(5), wildmatch.c).

Each part of a pattern is matched once, at the leftmost place where it fits, and never
again (`(?>…)`): what stands between two stars has no second place that could help.
Matching therefore takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "\\x21-\\x7e",
    "lower": "a-z",
    "print": "\\x20-\\x7e",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
ONE = "[^/]"
ANY = "[^/]*"
NEVER = "(?!)"


def path_regex(pattern: str) -> str:
    """The regex of a pattern with slashes: `**` stands for any number of folders."""
    runs: list[list[str]] = [[]]
    for part in _parts(pattern):
        if len(part) > 1 and not part.strip("*"):  # git reads more stars as two
            runs.append([])
        else:
            runs[-1].append(name_regex(part))
    first, *others = runs
    if not others:
        return "/".join(first)
    return _run_regexes(first, others)


def _parts(pattern: str) -> Iterator[str]:
    """The names between the slashes; a slash in a class does not count."""
    start = position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "[":
            _, position = _class_regex(pattern, position)
        elif char == "/" or pattern.startswith("\\/", position - 1):
            yield pattern[start : position - 1]
            position += char != "/"
            start = position
        elif char == "\\":
            position += 1
    yield pattern[start:]


def _run_regexes(first: list[str], others: list[list[str]]) -> str:
    """Runs of names with `**` between them; the last run stands at the end."""
    *middle, last = others
    regex = "".join(f"{name}/" for name in first)
    for run in middle:
        if run:
            regex += f"(?>(?:{ONE}*+/)*?{'/'.join(run)}/)"
    if last:
        return f"{regex}(?:.*/)?{'/'.join(last)}"
    return f"{regex}.+"


def name_regex(pattern: str) -> str:
    """The regex of a pattern for one name: `*`, `?`, `[…]` and backslashes."""
    pieces = list(_pieces(pattern))
    if NEVER in pieces:
        return NEVER
    runs: list[str] = [""]
    for piece in pieces:
        if piece == ANY:
            runs.append("")
        else:
            runs[-1] += piece
    first, *others = runs
    if not others:
        return first
    middle = "".join(f"(?>{ANY}?{run})" for run in others[:-1] if run)
    return f"{first}{middle}{ANY}{others[-1]}"


def _pieces(pattern: str) -> Iterator[str]:
    """The regex of each character, class or run of stars."""
    position = 0
    while position < len(pattern):
        char = pattern[position]
        position += 1
        if char == "*":
            while pattern[position : position + 1] == "*":
                position += 1
            yield ANY
        elif char == "?":
            yield ONE
        elif char == "[":
            regex, position = _class_regex(pattern, position)
            yield regex
        elif char == "\\":
            # A backslash at the end makes a pattern that never matches.
            yield re.escape(pattern[position]) if position < len(pattern) else NEVER
            position += 1
        else:
            yield re.escape(char)


def _class_regex(pattern: str, position: int) -> tuple[str, int]:
    """The regex of a class whose `[` was read, and the position behind its `]`."""
    is_negated = pattern[position : position + 1] in ("!", "^")
    position += is_negated
    members: list[str] = []
    start = position
    while position < len(pattern) and (pattern[position] != "]" or position == start):
        member, position = _class_member(pattern, position)
        if member is None:
            return NEVER, len(pattern)
        members.append(member)
    if position >= len(pattern):
        return NEVER, len(pattern)  # not closed
    inside = "".join(members)
    if is_negated:
        return f"[^/{inside}]", position + 1
    if not inside:
        return NEVER, position + 1
    return f"(?!/)[{inside}]", position + 1


def _class_member(pattern: str, position: int) -> tuple[str | None, int]:
    """A character, a range or a class by name; None for a name there is none of."""
    if pattern.startswith("[:", position) and (end := pattern.find(":]", position)) > 0:
        return POSIX_CLASSES.get(pattern[position + 2 : end]), end + 2
    low, position = _class_char(pattern, position)
    is_range = pattern[position : position + 1] == "-" and pattern[position + 1 : position + 2]
    if not is_range or is_range == "]":
        return re.escape(low), position
    high, position = _class_char(pattern, position + 1)
    if low > high:
        return "", position  # an empty range
    return f"{re.escape(low)}-{re.escape(high)}", position


def _class_char(pattern: str, position: int) -> tuple[str, int]:
    """A character of a class, a backslash before it left out."""
    if pattern[position] == "\\" and position + 1 < len(pattern):
        position += 1
    return pattern[position], position + 1
