"""The files of a repository's tree, before any is read."""

from __future__ import annotations

import re
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
MAX_IGNORE_LINES = 999
MAX_IGNORE_CHARS = 300
MAX_STARS = 3


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


def ignore_rules(text: str) -> list[str]:
    """The usable lines of an ignore file.

    Lines with many stars are left out: matching them takes exponential time.
    """
    lines = text.splitlines()[:MAX_IGNORE_LINES]
    return [line for line in lines if _is_cheap(line)]


def printable(path: str) -> str:
    """`path` with characters that cannot be shown or stored replaced by U+FFFD."""
    return "".join(char if char.isprintable() else "\ufffd" for char in path)


def _is_cheap(line: str) -> bool:
    return len(line) < MAX_IGNORE_CHARS and len(re.findall(r"\*+", line)) <= MAX_STARS
