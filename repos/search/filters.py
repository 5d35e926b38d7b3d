"""Include and exclude lists of files: globs as in `.gitignore`, and names.

`{a,b}` stands for both, as in a shell. In the lists of files a pattern like `.py` is the
ending of a name, as deepwiki-open has it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from repos.sources.globs import (
    GlobRule,
    GlobRules,
    PathMatcher,
    PathSelector,
    parse_rule,
)

MAX_PATTERNS = 300  # of one field
MAX_PATTERN_CHARS = 1_000
MAX_LOOKED_AT = 50  # of patterns that may match nothing
MAX_RULES = 1_000  # of one field, with the alternatives of braces
MAX_ALTERNATIVES = 100  # of one pattern with braces
SUFFIX = re.compile(r"\.[\w+-]+(\.[\w+-]+)*")
BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")  # innermost ones


@dataclass(frozen=True)
class Filters:
    """Which files are searched.

    Each entry is a glob or a name; an empty list has no effect. Of what is left, only the
    files that `within` leaves too are searched.
    """

    excluded_dirs: Sequence[str] = ()
    excluded_files: Sequence[str] = ()
    included_dirs: Sequence[str] = ()
    included_files: Sequence[str] = ()
    within: Filters | None = None

    @property
    def any(self) -> bool:
        return bool(self.included or self.excluded or (self.within and self.within.any))

    @property
    def included(self) -> tuple[str, ...]:
        """The patterns of both include lists, as they were given."""
        return (*self.included_dirs, *self.included_files)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The patterns of both exclude lists."""
        return (*self.excluded_dirs, *self.excluded_files)

    def frozen(self) -> Filters:
        """The same with tuples, which can be the key of a cache."""
        return Filters(
            tuple(self.excluded_dirs),
            tuple(self.excluded_files),
            tuple(self.included_dirs),
            tuple(self.included_files),
            self.within and self.within.frozen(),
        )


class FileMatcher:
    """Tells of paths whether they are searched."""

    def __init__(self, filters: Filters) -> None:
        self._included = PathSelector(
            GlobRules([*_folder_rules(filters.included_dirs), *_file_rules(filters.included_files)])
        )
        self._excluded = PathMatcher(
            GlobRules([*_folder_rules(filters.excluded_dirs), *_file_rules(filters.excluded_files)])
        )
        self._includes_all = not filters.included
        self._within = FileMatcher(filters.within) if filters.within else None

    def matches(self, path: str) -> bool:
        """Whether the file at `path` is searched."""
        is_included = self._includes_all or self._included.selects(path)
        if not is_included or self._excluded.excludes(path):
            return False
        return self._within is None or self._within.matches(path)


def parse_filters(fields: Mapping[str, str]) -> Filters:
    """The filters of a request's fields; missing ones have no effect."""

    def patterns(name: str) -> tuple[str, ...]:
        return parse_patterns(fields.get(name, ""))

    return Filters(
        patterns("excluded_dirs"),
        patterns("excluded_files"),
        patterns("included_dirs"),
        patterns("included_files"),
    )


def parse_patterns(text: str) -> tuple[str, ...]:
    """The patterns of a filter field, URL-decoded.

    They are separated by newlines or by commas outside braces. MAX_PATTERNS at most:
    see `has_too_many_patterns`.
    """
    return tuple(itertools.islice(_patterns(text), MAX_PATTERNS))


def has_too_many_patterns(text: str) -> bool:
    """Whether a filter field has more than MAX_PATTERNS patterns."""
    return next(itertools.islice(_patterns(text), MAX_PATTERNS, None), None) is not None


def _patterns(text: str) -> Iterator[str]:
    decoded = (unquote(part).strip() for part in _split(text))
    patterns = (pattern.removeprefix("./") for pattern in decoded)
    return (pattern for pattern in patterns if pattern.strip("./"))


def unmatched_patterns(filters: Filters, paths: Sequence[str]) -> tuple[str, ...]:
    """The include patterns that no path matches, each looked at by itself.

    Only the first MAX_LOOKED_AT of them are.
    """
    lists = [
        *((pattern, _folder_rules([pattern])) for pattern in filters.included_dirs),
        *((pattern, _file_rules([pattern])) for pattern in filters.included_files),
    ]
    tree = _Tree.of(paths)
    return tuple(
        pattern
        for pattern, lines in lists[:MAX_LOOKED_AT]
        if not any(tree.has_match(line) for line in lines)
    )


@dataclass(frozen=True)
class _Tree:
    """The files and folders of a tree, and their names."""

    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    file_names: frozenset[str] = frozenset()
    folder_names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, paths: Sequence[str]) -> _Tree:
        folders: set[str] = set()
        for path in paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        return cls(frozenset(paths), frozenset(folders), _names(paths), _names(folders))

    def has_match(self, line: str) -> bool:
        """Whether the rule in `line` matches a file or a folder."""
        rule = parse_rule(line)
        if rule is None:
            return False
        matches = re.compile(rule.regex, re.DOTALL).fullmatch
        folders, files = self._candidates(rule)
        return any(map(matches, folders)) or (not rule.folders_only and any(map(matches, files)))

    def _candidates(self, rule: GlobRule) -> tuple[frozenset[str], frozenset[str]]:
        if rule.by_name:
            return self.folder_names, self.file_names
        return self.folders, self.files


def _names(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path.rpartition("/")[2] for path in paths)


def _split(text: str) -> Iterator[str]:
    """`text` at its newlines, and at its commas outside braces that are closed."""
    for line in text.split("\n"):
        depth, start = 0, 0
        closed = line.count("{") == line.count("}")
        for position, char in enumerate(line):
            if char == "{":
                depth += 1
            elif char == "}":
                depth = max(0, depth - 1)
            elif char == "," and not (depth and closed):
                yield line[start:position]
                start = position + 1
        yield line[start:]


def _folder_rules(patterns: Sequence[str]) -> Iterator[str]:
    return (f"{pattern.rstrip('/')}/" for pattern in _expanded(patterns))


def _file_rules(patterns: Sequence[str]) -> Iterator[str]:
    return map(_with_star, _expanded(patterns))


def _expanded(patterns: Sequence[str]) -> Iterator[str]:
    """The patterns without braces, MAX_RULES of them at most."""
    alternatives = itertools.chain.from_iterable(map(_alternatives, patterns))
    return itertools.islice(alternatives, MAX_RULES)


def _with_star(pattern: str) -> str:
    """The glob of an ending such as `.py`; any other pattern as it is."""
    if SUFFIX.fullmatch(pattern):
        return f"*{pattern}"
    return pattern


def _alternatives(pattern: str) -> list[str]:
    """The patterns that one with braces stands for; itself if there are too many."""
    alternatives = [pattern[:MAX_PATTERN_CHARS]]
    while match := next(filter(None, map(BRACES.search, alternatives)), None):
        braces, choices = match[0], match[1].split(",")
        alternatives = [
            text.replace(braces, choice, 1)
            for text in alternatives
            for choice in (choices if braces in text else [braces])
        ]
        if len(alternatives) > MAX_ALTERNATIVES:
            return [pattern[:MAX_PATTERN_CHARS]]
    return alternatives
