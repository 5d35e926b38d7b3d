"""Globs as in `.gitignore` (gitignore(5), wildmatch.c), matched in linear time.

Each part of a pattern is matched once, at the leftmost place where it fits, and never
again (`(?>…)`): what stands between two stars has no second place that could help.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

MAX_PATTERN_CHARS = 1_000
BLOCK_RULES = 32  # rules whose patterns are tried together
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


@dataclass(frozen=True)
class GlobRule:
    """One line of an ignore file.

    `regex` matches a whole path from the root, or only a name if `by_name`.
    """

    regex: str
    is_negated: bool = False
    folders_only: bool = False
    by_name: bool = False


def parse_rule(line: str) -> GlobRule | None:
    """The rule of one line, None for a comment, an empty or an endless line."""
    line = _without_trailing_spaces(line)
    if not line or line.startswith("#") or len(line) > MAX_PATTERN_CHARS:
        return None
    is_negated = line.startswith("!")
    pattern = line[1:] if is_negated else line
    folders_only = pattern.endswith("/")
    pattern = pattern[:-1] if folders_only else pattern
    if not pattern:
        return None
    by_name = "/" not in pattern
    regex = _name_regex(pattern) if by_name else _path_regex(pattern.removeprefix("/"))
    return GlobRule(regex, is_negated, folders_only, by_name)


class GlobRules:
    """Ordered rules: the last one that matches a path decides about it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.rules = [rule for rule in map(parse_rule, lines) if rule is not None]
        self._by_name = _Blocks(self.rules, by_name=True)
        self._by_path = _Blocks(self.rules, by_name=False)

    def __bool__(self) -> bool:
        return bool(self.rules)

    def decide(self, path: str, *, is_folder: bool = False) -> bool | None:
        """Whether the rules exclude this path itself; None if they say nothing.

        Its parent folders are not considered.
        """
        name = path.rpartition("/")[2]
        last = max(
            self._by_name.last_match(name, is_folder=is_folder),
            self._by_path.last_match(path, is_folder=is_folder),
        )
        return None if last < 0 else not self.rules[last].is_negated


class PathMatcher:
    """Tells of files whether rules exclude them or a folder they are in.

    Decisions about folders are remembered. What is in an excluded folder is excluded.
    """

    def __init__(self, rules: GlobRules) -> None:
        self.rules = rules
        self._folders: dict[str, bool] = {}

    def excludes(self, path: str) -> bool:
        """Whether the file at `path` is excluded."""
        folder = path.rpartition("/")[0]
        return self._excludes_folder(folder) or bool(self.rules.decide(path))

    def _excludes_folder(self, folder: str) -> bool:
        """Iterative: paths may be deeper than the stack."""
        unknown = []
        while folder and folder not in self._folders:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        excluded = self._folders.get(folder, False)
        for inner in reversed(unknown):
            excluded = excluded or bool(self.rules.decide(inner, is_folder=True))
            self._folders[inner] = excluded
        return excluded


class _Blocks:
    """Rules of one sort with their numbers, some tried together, the last ones first."""

    def __init__(self, rules: Sequence[GlobRule], *, by_name: bool) -> None:
        numbered = [(n, rule) for n, rule in enumerate(rules) if rule.by_name == by_name]
        numbered.reverse()
        starts = range(0, len(numbered), BLOCK_RULES)
        self.blocks = [_Block(numbered[start : start + BLOCK_RULES]) for start in starts]

    def last_match(self, text: str, *, is_folder: bool) -> int:
        """The number of the last rule that matches, -1 if none does."""
        for block in self.blocks:
            if block.together.fullmatch(text):
                number = block.last_match(text, is_folder=is_folder)
                if number >= 0:
                    return number
        return -1


@dataclass(frozen=True)
class _Block:
    numbered: Sequence[tuple[int, GlobRule]]

    @cached_property
    def together(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{rule.regex})" for _, rule in self.numbered), re.DOTALL)

    @cached_property
    def compiled(self) -> list[tuple[int, re.Pattern[str], bool]]:
        return [
            (number, re.compile(rule.regex, re.DOTALL), rule.folders_only)
            for number, rule in self.numbered
        ]

    def last_match(self, text: str, *, is_folder: bool) -> int:
        for number, pattern, folders_only in self.compiled:
            if (is_folder or not folders_only) and pattern.fullmatch(text):
                return number
        return -1


def _without_trailing_spaces(line: str) -> str:
    """Spaces at the end do not count unless a backslash stands before them."""
    end = len(line)
    while end and line[end - 1] == " ":
        end -= 1
    if end < len(line) and _ends_with_escape(line[:end]):
        end += 1
    return line[:end]


def _ends_with_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _path_regex(pattern: str) -> str:
    """The regex of a pattern with slashes: `**` stands for any number of folders."""
    runs: list[list[str]] = [[]]
    for part in _parts(pattern):
        if part == "**":
            runs.append([])
        else:
            runs[-1].append(_name_regex(part))
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
    regex = "/".join(first) + "/" if first else ""
    for run in middle:
        if run:
            regex += f"(?>(?:{ONE}*+/)*?{'/'.join(run)}/)"
    if last:
        return f"{regex}(?:.*/)?{'/'.join(last)}"
    return f"{regex}.+"


def _name_regex(pattern: str) -> str:
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
    return (f"(?!/)[{inside}]" if inside else NEVER), position + 1


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
