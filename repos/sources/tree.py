"""The files of a repository's tree, before any is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

VENDORED = frozenset(
    "node_modules bower_components jspm_packages vendor third_party third-party thirdparty site-packages .venv venv "
    "__pycache__ .git .hg .svn .tox .nox .mypy_cache .pytest_cache .ruff_cache .gradle .idea .vscode .terraform "
    ".next .nuxt .yarn Pods Carthage .eggs .cache dist".split()
)
MOST_STARS = 3


@dataclass(frozen=True)
class TreeEntry:
    """One file of a tree. `mode` is git's (100644, 100755, 120000 link, 160000 submodule); `size` in bytes."""

    path: str
    sha: str
    size: int
    mode: str = "100644"


def ignore_rules(text: str) -> list[str]:
    """The lines of an ignore file that may be used: with many stars a pattern takes for ever to match."""
    lines = text.splitlines()[:999]
    return [
        line for line in lines if len(line) < 300 and len(re.findall(r"\*+", line)) <= MOST_STARS
    ]


def printable(path: str) -> str:
    """`path` as it may be shown: what cannot be shown or stored becomes U+FFFD."""
    return "".join(
        char if char.isprintable() and not "\ud800" <= char <= "\udfff" else "\ufffd"
        for char in path
    )
