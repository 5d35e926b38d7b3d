"""Globs of the settings. Pure."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence

STARS = re.compile(r"\*+")


def matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path matches one of some globs; that of a folder stands for all in it.

    `*` matches across folders, and a glob without a slash matches a name in any folder.
    """
    if not globs:
        return lambda path: False
    patterns = [each for glob in globs for each in _patterns(glob.strip("/"))]
    found = re.compile("|".join(fnmatch.translate(each) for each in patterns))
    return lambda path: found.match(path) is not None


def _patterns(glob: str) -> list[str]:
    stars = STARS.sub("*", glob)
    if "/" in stars:
        return _with_content(stars)
    return _with_content(stars) + _with_content(f"*/{stars}")


def _with_content(glob: str) -> list[str]:
    return [glob, f"{glob}/*"]
