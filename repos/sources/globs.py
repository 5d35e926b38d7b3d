"""Globs as in `.gitignore`: lists of rules, and what they say about paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from repos.sources.glob_regex import name_regex, path_regex

MAX_PATTERN_CHARS = 1_000
BLOCK_RULES = 32  # rules whose patterns are tried together


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
    pattern = line.removeprefix("!")
    folders_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    if not pattern:
        return None
    if "/" in pattern:
        regex = path_regex(pattern.removeprefix("/"))
        return GlobRule(regex, is_negated, folders_only)
    return GlobRule(name_regex(pattern), is_negated, folders_only, by_name=True)


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
        if last < 0:
            return None
        return not self.rules[last].is_negated


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


class PathSelector:
    """Tells of files whether rules select them: as in a sparse checkout of git.

    The innermost of a file and its folders that a rule matches decides, so that a file
    can be taken out of a selected folder, and back into one that is not.
    """

    def __init__(self, rules: GlobRules) -> None:
        self.rules = rules
        self._folders: dict[str, bool] = {"": False}

    def selects(self, path: str) -> bool:
        """Whether the file at `path` is selected."""
        decision = self.rules.decide(path)
        if decision is None:
            return self._selects_folder(path.rpartition("/")[0])
        return decision

    def _selects_folder(self, folder: str) -> bool:
        undecided = []
        while folder not in self._folders:
            undecided.append(folder)
            folder = folder.rpartition("/")[0]
        selected = self._folders[folder]
        for inner in reversed(undecided):
            decision = self.rules.decide(inner, is_folder=True)
            if decision is not None:
                selected = decision
            self._folders[inner] = selected
        return selected


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
        regexes = [f"(?:{rule.regex})" for _, rule in self.numbered]
        return _compiled("|".join(regexes))

    @cached_property
    def compiled(self) -> list[tuple[int, re.Pattern[str], bool]]:
        return [
            (number, _compiled(rule.regex), rule.folders_only) for number, rule in self.numbered
        ]

    def last_match(self, text: str, *, is_folder: bool) -> int:
        for number, pattern, folders_only in self.compiled:
            if (is_folder or not folders_only) and pattern.fullmatch(text):
                return number
        return -1


def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.DOTALL)


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
