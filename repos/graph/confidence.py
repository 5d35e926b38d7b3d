"""How sure it is that a name means a definition: 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from deepwiki.foundation.sql import fetch_row
from repos.graph.edges import EdgeKind
from repos.graph.name_keys import name_key, path_key
from repos.models import LATEST_GENERATION

BOUND = 0.98  # the file imports this very name from there, re-exports followed
SAME_FILE = 0.95
IMPORTED = 0.85  # the file imports the other file
UNIQUE = 0.8
SAME_FOLDER = 0.6
SHARED = 0.5  # divided by the number of candidates
IMPORT = EdgeKind.IMPORT.value
UNLIKELY = 0.02  # a name that is bound elsewhere
LINKS = """
SELECT f.targets, f.kinds, f.bindings FROM repos_graphfile f
JOIN repos_document d ON d.id = f.document_id
WHERE d.index_id = %(index)s AND d.path = %(path)s
  AND d.added_in <= %(at)s AND (d.is_live OR d.retired_in > %(at)s)
"""


class RankedDefinition(Protocol):
    """What the confidence depends on."""

    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def start(self) -> int: ...


@dataclass(frozen=True)
class Candidates:
    """What a name may mean: how many definitions, and the files they are in."""

    count: int
    paths: frozenset[str]

    @classmethod
    def of(cls, definitions: Iterable[RankedDefinition]) -> Candidates:
        paths = [definition.path for definition in definitions]
        return cls(len(paths), frozenset(paths))


@dataclass(frozen=True)
class ReferringFile:
    """The file that uses a name, and what it imports, by the keys of paths and names."""

    index_id: int
    path: str
    imported: frozenset[int] = frozenset()
    bindings: Mapping[int, int] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    def bound_file(self, name: str) -> int | None:
        """The key of the file from which it imports a name."""
        return self.bindings.get(name_key(self.index_id, name))


def referring_file(
    index_id: int, path: str | None, at: int = LATEST_GENERATION
) -> ReferringFile | None:
    """What is known of a file of an index, None without a path."""
    if path is None:
        return None
    values = {"index": index_id, "path": path, "at": at}
    return with_links(index_id, path, fetch_row(LINKS, values))


def with_links(index_id: int, path: str, links: Sequence[Any] | None) -> ReferringFile:
    """A file with its targets, their kinds, and its bindings as they are stored."""
    targets, kinds, bindings = links or ((), (), ())
    pairs = zip(targets or (), kinds or (), strict=True)
    imported = frozenset(target for target, kind in pairs if kind & IMPORT)
    flat = list(bindings or ())
    bound = dict(zip(flat[::2], flat[1::2], strict=True))
    return ReferringFile(index_id, path, imported, bound)


def confidence(
    candidate: RankedDefinition,
    candidates: Candidates,
    source: ReferringFile | None,
    line: int | None,
) -> float:
    """How sure it is that a name at a line of `source` means one of its candidates."""
    if source is None:
        return _by_number(candidates)
    if candidate.path == source.path:
        return 1.0 if candidate.start == line else SAME_FILE
    bound = source.bound_file(candidate.name)
    key = path_key(source.index_id, candidate.path)
    if bound is not None:
        return BOUND if bound == key else UNLIKELY
    if source.path in candidates.paths:
        return SHARED / (1 + candidates.count)
    if key in source.imported:
        return IMPORTED
    if candidates.count > 1 and candidate.path.rpartition("/")[0] == source.folder:
        return SAME_FOLDER
    return _by_number(candidates)


def _by_number(candidates: Candidates) -> float:
    return UNIQUE if candidates.count == 1 else SHARED / candidates.count
