"""Files of an index by a few characters of their path, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from deepwiki.foundation.sql import fetch_column, read_sql
from repos.models import Index
from repos.search.folders import escape_like
from repos.search.snapshots import IndexSnapshot, state_of

STATEMENT = read_sql(__file__, "file_finder.sql")
MAX_NAME_CHARS = 100
MAX_CANDIDATES = 400  # ordered by the statement, ranked here
MAX_FOUND = 30
WORD_START = re.compile(r"(?<![^/_. -])[^/_. -]|(?<=[a-z])[A-Z]")
# Points of a typed character: after the one before, at the begin of a word, in the last part.
ADJACENT, AT_WORD, IN_NAME = 6, 5, 2


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A path, and the positions of its characters that were typed."""

    path: str
    positions: Sequence[int]

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The path in runs of characters: their text, and whether they were typed."""
        runs = groupby(range(len(self.path)), self.positions.__contains__)
        return [(self._text(list(run)), typed) for typed, run in runs]

    def _text(self, run: list[int]) -> str:
        return self.path[run[0] : run[-1] + 1]

    @property
    def order(self) -> tuple[int, int, str]:
        """What found files are sorted by, the best first."""
        return -self.score, len(self.path), self.path

    @property
    def score(self) -> int:
        """Points of the typed characters."""
        return ADJACENT * self._adjacent + AT_WORD * self._at_words + IN_NAME * self._in_name

    @property
    def _adjacent(self) -> int:
        return sum(second - first == 1 for first, second in pairwise(self.positions))

    @property
    def _at_words(self) -> int:
        starts = {match.start() for match in WORD_START.finditer(self.path)}
        return len(starts.intersection(self.positions))

    @property
    def _in_name(self) -> int:
        start = self.path.rfind("/")
        return sum(position > start for position in self.positions)


def find_files(index: Index | IndexSnapshot, name: str) -> list[FoundFile]:
    """Up to MAX_FOUND files whose path holds the characters of `name` in order, best first.

    Case and spaces do not count. An empty name finds the shortest paths.
    """
    typed = "".join(name.split())[:MAX_NAME_CHARS]
    found = [match for path in _candidates(index, typed) if (match := match_path(path, typed))]
    return sorted(found, key=_order)[:MAX_FOUND]


def _candidates(index: Index | IndexSnapshot, typed: str) -> list[str]:
    index_id, generation = state_of(index)
    values: dict[str, object] = {"index": index_id, "generation": generation}
    return fetch_column(STATEMENT, values | _patterns(typed))


def _patterns(typed: str) -> dict[str, object]:
    together = escape_like(typed)
    in_order = "%".join(map(escape_like, typed))
    return {
        "limit": MAX_CANDIDATES,
        "pattern": f"%{in_order}%",
        "together": f"%{together}%",
        "in_name": f"%/{together}%",
    }


def _order(found: FoundFile) -> tuple[int, int, str]:
    return found.order


def match_path(path: str, typed: str) -> FoundFile | None:
    """The best way in which a path holds what was typed, None if it does not.

    Tried are: as it stands, from the begin, from the end. Linear in the path.
    """
    text, wanted = _lowered(path), typed.lower()
    ways = (_together(text, wanted), _from_begin(text, wanted), _from_end(text, wanted))
    found = [FoundFile(path, positions) for positions in ways if positions is not None]
    return min(found, key=_order, default=None)


def _lowered(path: str) -> str:
    """In small letters, unless one of them becomes two: positions are of the path."""
    lowered = path.lower()
    return lowered if len(lowered) == len(path) else path


def _together(text: str, wanted: str) -> Sequence[int] | None:
    start = text.rfind(wanted)
    return range(start, start + len(wanted)) if start >= 0 else None


def _from_begin(text: str, wanted: str) -> Sequence[int] | None:
    positions, at = [], -1
    for character in wanted:
        at = text.find(character, at + 1)
        if at < 0:
            return None
        positions.append(at)
    return positions


def _from_end(text: str, wanted: str) -> Sequence[int] | None:
    last = len(text) - 1
    positions = _from_begin(text[::-1], wanted[::-1])
    return positions and [last - position for position in reversed(positions)]
