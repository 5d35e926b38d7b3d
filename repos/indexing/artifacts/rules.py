"""Lines that declare something, in files of a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from repos.indexing.artifacts.source import DeclaringFile, first_group
from repos.indexing.symbols import Artifact

_Match = tuple[int, re.Match[str]]
MAX_BLOCK_ROWS = 40  # after a line, among which what it names is looked for


@dataclass(frozen=True)
class Rule:
    """Lines that declare an artifact: in files of a path, between two lines where these are given.

    `line` has a group `name`; it may have `indent`, of which only that of the first line
    counts, and `target`: without, the first match of the rule's `target` in the lines that
    follow tells what is named.
    """

    path: re.Pattern[str]
    kind: str
    line: re.Pattern[str]
    begins: re.Pattern[str] | None
    ends: re.Pattern[str]
    target: re.Pattern[str] | None


def rule(
    path: str, kind: str, line: str, *, between: tuple[str, str] = ("", ""), target: str = ""
) -> Rule:
    """A rule of patterns; `between` are those of the lines before the first and after the last."""
    begins, ends = between
    return Rule(
        re.compile(path),
        kind,
        re.compile(line),
        _compiled(begins),
        re.compile(ends or r"^\S"),
        _compiled(target),
    )


def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern, re.MULTILINE) if pattern else None


def declared(rules: Iterable[Rule], file: DeclaringFile) -> Iterator[Artifact]:
    """What the rules for a file's path find, in order of the rules."""
    for one in rules:
        if one.path.search(file.path):
            yield from _declared(one, file)


def _declared(one: Rule, file: DeclaringFile) -> Iterator[Artifact]:
    matches = _of_one_indent(list(_matches(one, file)))
    if not matches:
        return
    following = [number - 1 for number, _ in matches[1:]] + [len(file.rows)]
    for (number, match), end in zip(matches, following, strict=True):
        target = match.groupdict().get("target") or ""
        if one.target is not None and not target:
            block = "\n".join(file.rows[number : min(end, number + MAX_BLOCK_ROWS)])
            target = first_group(one.target, block)
        yield Artifact(one.kind, match["name"].strip(), number, target.strip())


def _matches(one: Rule, file: DeclaringFile) -> Iterator[_Match]:
    is_inside = one.begins is None
    for number, row in file.numbered():
        if one.begins is not None and one.begins.search(row):
            is_inside = True
            continue
        if one.begins is not None and one.ends.search(row):
            is_inside = False
        match = one.line.search(row) if is_inside else None
        if match is not None:
            yield number, match


def _of_one_indent(matches: list[_Match]) -> list[_Match]:
    """Those that are indented as the first, where the rule has a group for it."""
    indents = [match.groupdict().get("indent") for _, match in matches]
    return [match for match, indent in zip(matches, indents, strict=True) if indent == indents[0]]
