"""Citations in an answer, `path:L10-L20`, and whether these lines exist."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

# read: every cited line was in front of the model in this answer. exists: all are in the
# commit, and at least one of them was not read (lines read in part count as not read).
# missing: not in the commit. found: in the commit, and nobody knows what was read, as of
# answers stored before this was noted, and of documents. Of pages of a wiki also: changed:
# the lines are others than those that the page rests on. unsupported: they were not given to
# the model that wrote it.
CitationState = Literal["read", "exists", "missing", "found", "changed", "unsupported"]


@dataclass(frozen=True)
class Citation:
    """Lines `start`..`end` (from 1, inclusive) of a file, as an answer cites them."""

    path: str
    start: int
    end: int


@dataclass(frozen=True)
class Checked:
    """The result of a look-up.

    `href` leads to the lines at the answer's commit, or is empty.
    """

    citation: Citation
    state: CitationState
    href: str = ""

    @property
    def found(self) -> bool:
        """Whether the lines are in the commit."""
        return self.state != "missing"


class Check(Protocol):
    """Looks citations up in an index, or in the results of an earlier look-up."""

    def __call__(self, citation: Citation) -> Checked: ...

    def known_path(self, path: str) -> str:
        """The index's path that equals `path` in Unicode's composed form; empty if none."""
        ...

    def has_folder(self, path: str) -> bool:
        """Whether a path of the index begins with this folder."""
        ...


def exists(citation: Citation, lines: Mapping[str, int]) -> bool:
    """Whether the cited lines exist.

    `lines` maps the index's paths to their number of lines.
    """
    return 1 <= citation.start <= citation.end <= lines.get(citation.path, 0)


def compose(text: str) -> str:
    """`text` in Unicode's composed form (NFC), as paths are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def short_name(path: str) -> str:
    """The name of a file, behind that of its repository where that stands before the path."""
    repository, colon, rest = path.rpartition(":")
    return f"{_last_part(repository)}{colon}{_last_part(rest)}"


def _last_part(path: str) -> str:
    return path.rpartition("/")[2]
