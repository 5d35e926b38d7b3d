"""How sure it is that a name means a definition: 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

SAME_FILE = 0.95
SAME_FOLDER = 0.6
UNIQUE = 0.8
SHARED = 0.5  # divided by the number of candidates


class RankedDefinition(Protocol):
    """What the confidence depends on."""

    @property
    def path(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class ReferringFile:
    """The file that uses a name."""

    path: str

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


def referring_file(index_id: int, path: str | None) -> ReferringFile | None:
    """What is known of a file of an index, None without a path."""
    return ReferringFile(path) if path is not None else None


def confidence(
    candidate: RankedDefinition,
    candidates: Sequence[RankedDefinition],
    source: ReferringFile | None,
    line: int | None,
) -> float:
    """How sure it is that a name at a line of `source` means one of its candidates."""
    if source is not None and candidate.path == source.path:
        in_file = [other for other in candidates if other.path == source.path]
        return 1.0 if _starts_at(candidate, line) else SAME_FILE / len(in_file) ** 0.1
    if len(candidates) == 1:
        return UNIQUE
    if source is not None and candidate.path.rpartition("/")[0] == source.folder:
        return SAME_FOLDER
    return SHARED / len(candidates)


def _starts_at(candidate: RankedDefinition, line: int | None) -> bool:
    return line is not None and candidate.start == line
