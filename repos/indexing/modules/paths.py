"""The paths of an index, looked up by folder and by end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from operator import methodcaller
from posixpath import normpath

OUTSIDE = "/"
MAX_MATCHES = 30  # files that one import may mean


class PathTable:
    """The files that imports may mean, and what manifests say of them.

    `aliases` are patterns of tsconfig's `paths`, `packages` names of packages and Go
    modules; both lead to folders.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self.aliases: list[tuple[str, str]] = []
        self.packages: dict[str, str] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for path in sorted(self.paths):
            folder, _, name = path.rpartition("/")
            self._by_folder.setdefault(folder, []).append(path)
            self._by_stem.setdefault(name.split(".", 1)[0], []).append(path)
        self.python_roots = self._python_roots()

    def first(self, candidates: Iterable[str]) -> list[str]:
        """The first candidate that is there."""
        return list(islice(filter(self.paths.__contains__, candidates), 1))

    def in_folder(self, folder: str, suffixes: tuple[str, ...]) -> list[str]:
        """The files directly in a folder that end so."""
        ends_so = methodcaller("endswith", suffixes)
        return list(islice(filter(ends_so, self._by_folder.get(folder, ())), MAX_MATCHES))

    def ending(self, parts: Sequence[str], suffixes: tuple[str, ...]) -> list[str]:
        """The files whose path, without its suffix, ends with these parts; none without parts."""
        if not parts:
            return []
        end = "/".join(parts)
        found = [
            path
            for path in self._by_stem.get(parts[-1], [])[:1_000]
            if path.endswith(suffixes) and _has_end(path.rsplit(".", 1)[0], end)
        ]
        return found[:MAX_MATCHES]

    def folders_ending(self, parts: Sequence[str]) -> list[str]:
        """The folders whose path ends with these parts."""
        ends_so = partial(_has_end, end="/".join(parts))
        return list(islice(filter(ends_so, self._by_folder), MAX_MATCHES))

    def _python_roots(self) -> list[str]:
        """The folders that hold packages and are none themselves."""
        packages = {
            path[: -len("/__init__.py")] for path in self.paths if path.endswith("/__init__.py")
        }
        roots = {package.rpartition("/")[0] for package in packages} - packages
        return sorted({"", *roots}, key=lambda root: (root.count("/"), root))[:MAX_MATCHES]


def joined(folder: str, relative: str) -> str:
    """A relative path inside a folder; OUTSIDE, which is no file's, if it leads out."""
    path = normpath(f"./{folder}/{relative}")
    if path.startswith(".."):
        return OUTSIDE
    if path == ".":
        return ""
    return path.removeprefix("./")


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _has_end(path: str, end: str) -> bool:
    return path == end or path.endswith("/" + end)
