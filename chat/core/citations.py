"""Citations: `path:L10-L20` in an answer, and whether these lines exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# A path starts where no other path character precedes it and has a bounded length: the
# search stays linear in the length of the text.
PATTERN = re.compile(
    r"(?<![\w@.+~/\]-])(?P<path>[\w@.+~/](?:[\w@.+~/\[\]()-]{0,300}[\w@+~\])-])?)"
    r":L(?P<start>\d{1,7})(?:\s?[-–]\s?L?(?P<end>\d{1,7}))?"
)


@dataclass(frozen=True)
class Citation:
    """Lines `start`..`end` (from 1, inclusive) of a file, as an answer cites them."""

    path: str
    start: int
    end: int

    @classmethod
    def of(cls, match: re.Match[str]) -> Citation:
        """The citation that a match of PATTERN stands for."""
        start = int(match["start"])
        return cls(match["path"].removeprefix("./"), start, int(match["end"] or start))


@dataclass(frozen=True)
class Checked:
    """The result of a look-up.

    `href` leads to the lines at the answer's commit, or is empty.
    """

    citation: Citation
    found: bool
    href: str = ""


Check = Callable[[Citation], Checked]


def exists(citation: Citation, lines: Mapping[str, int]) -> bool:
    """Whether the cited lines exist.

    `lines` maps the index's paths to their number of lines.
    """
    return 1 <= citation.start <= citation.end <= lines.get(citation.path, 0)


def find(text: str) -> list[Citation]:
    """The citations in a text, each once, in order."""
    return list(dict.fromkeys(Citation.of(match) for match in PATTERN.finditer(text)))
