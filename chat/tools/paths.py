"""Paths as models write them, and the paths of an index that come nearest to one."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

NEAREST = 3
MAX_NAMES = 20_000  # file names that are compared
MAX_NAME_CHARS = 100
SIDES_OF_A_DIFF = ("a/", "b/")
QUOTES = "`'\"<> "
LINES = re.compile(r"(?::|#)L?(\d{1,7})(?:[-–]L?(\d{1,7}))?$")


@dataclass(frozen=True)
class AskedPath:
    """A path, perhaps with lines behind it as citations have them."""

    text: str
    start: int | None = None
    end: int | None = None

    @classmethod
    def of(cls, text: str, prefix: str) -> AskedPath:
        """The path in a text; `prefix` may stand before it, `owner/repo:`."""
        text = text.strip(QUOTES).removeprefix(prefix)
        match = LINES.search(text)
        if match is None:
            return cls(text)
        start = int(match[1])
        return cls(text[: match.start()], start, int(match[2] or start))

    def spellings(self) -> Iterator[str]:
        """The paths that may be meant, the likeliest first; empty for the root."""
        yield self.text
        yield self._normal
        for side in SIDES_OF_A_DIFF:
            yield self._normal.removeprefix(side)

    @property
    def leaves_the_tree(self) -> bool:
        """Whether it leads above the root."""
        return f"{self._normal}/".startswith("../")

    @property
    def _normal(self) -> str:
        """From the root, without `.` and empty parts."""
        path = self.text.replace("\\", "/").lstrip("/")
        normal = posixpath.normpath(path)
        return "" if normal == "." else normal


def nearest_paths(wanted: str, paths: Iterable[str]) -> list[str]:
    """Up to NEAREST paths that are most like one that is not there, the nearest first."""
    by_name = _by_name(islice(paths, MAX_NAMES))
    parts = _parts(wanted)
    names = _names_like(_name(wanted.strip("/")), by_name)
    found = [path for name in names for path in _by_shared_parts(by_name[name], parts)]
    return found[:NEAREST]


def _by_name(paths: Iterable[str]) -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = {}
    for path in paths:
        by_name.setdefault(_name(path), []).append(path)
    return by_name


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()[:MAX_NAME_CHARS]


def _by_shared_parts(paths: Iterable[str], parts: set[str]) -> list[str]:
    """Those with the most of the parts first, then the shortest."""
    by_length = sorted(paths, key=lambda path: (len(path), path))
    return sorted(by_length, key=lambda path: -len(parts & _parts(path)))


def _parts(path: str) -> set[str]:
    return set(path.lower().split("/"))


def _names_like(name: str, names: Collection[str]) -> list[str]:
    """The name itself if it is there, else names that are spelled alike."""
    if name in names:
        return [name]
    stem = name.partition(".")[0]
    same_stem = [other for other in names if other.partition(".")[0] == stem]
    near = [other for other in names if 2 * abs(len(other) - len(name)) <= len(name)]
    alike = difflib.get_close_matches(name, near, NEAREST)
    return list(dict.fromkeys([*same_stem[:NEAREST], *alike]))


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder above the paths, without a slash at the end."""
    folders: set[str] = set()
    for path in paths:
        while path := path.rpartition("/")[0]:
            if path in folders:
                break
            folders.add(path)
    return folders
