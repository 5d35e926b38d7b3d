"""The files of a repository's tree, before any is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Folders of dependencies, tools and version control: not written by the project.
VENDORED = frozenset(
    "node_modules bower_components jspm_packages vendor third_party third-party thirdparty "
    "site-packages .venv venv __pycache__ .git .hg .svn .tox .nox .mypy_cache "
    ".pytest_cache .ruff_cache .gradle .idea .vscode .terraform .next .nuxt .yarn Pods "
    "Carthage .eggs .cache dist".split()
)
LINK_MODE = "120000"
SUBMODULE_MODE = "160000"
MAX_IGNORE_LINES = 10_000


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a tree.

    `path` may contain lone surrogates where it is not UTF-8. `mode` is git's (100644,
    100755, 120000 link, 160000 submodule); `size` is in bytes.
    """

    path: str
    sha: str
    size: int
    mode: str = "100644"


Entries = Iterable[TreeEntry]
Contents = Iterator[tuple[TreeEntry, bytes]]  # entries with their bytes
LeftOut = tuple[str, str]  # a reason and a path: files that a listing leaves out


def ignore_lines(text: str) -> list[str]:
    """The lines of an ignore file, in bounded number."""
    lines = text.removeprefix("\ufeff").split("\n", MAX_IGNORE_LINES)[:MAX_IGNORE_LINES]
    return [line.removesuffix("\r") for line in lines]


def printable(path: str) -> str:
    """`path` with characters that cannot be shown or stored replaced by U+FFFD."""
    return "".join(char if char.isprintable() else "\ufffd" for char in path)
