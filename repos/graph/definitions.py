"""Reads definitions. Who calls these functions has checked that the index may be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from deepwiki.foundation.sql import Values, fetch_all, read_sql
from repos.graph.confidence import Candidates, ReferringFile, confidence, referring_file
from repos.graph.name_keys import name_key
from repos.indexing.symbols import KINDS, dotted
from repos.models import LATEST_GENERATION

COLUMNS = (
    'd.path, d.language, d.role, s.name, s.kind, s.start, s."end", s.scope, s.signature, '
    "s.comment, s.position, s.parent, s.document_id"
)
KIND_COLUMN = 4
OF_NAMES = read_sql(__file__, "definitions_of_names.sql").format(columns=COLUMNS)
OF_FILE = read_sql(__file__, "definitions_of_files.sql").format(columns=COLUMNS)
MAX_CANDIDATES = 1_000  # definitions of one name that are compared


class Definition(NamedTuple):
    """A definition of lines `start`..`end` (1-based, inclusive) of a file.

    A tuple, since hundreds are made for one call of a tool.

    `scope` is the dotted path of what encloses it. `number` counts the definitions of
    the file, `parent` is the number of the enclosing one or -1. `confidence` (0 to 1) is
    how sure it is that it is the one asked for.
    """

    path: str
    language: str
    role: str
    name: str
    kind: str
    start: int
    end: int
    scope: str
    signature: str
    comment: str
    number: int
    parent: int
    document_id: int
    confidence: float = 1.0

    @property
    def qualified_name(self) -> str:
        """The dotted path of the definition."""
        return dotted(self.scope, self.name)

    @property
    def key(self) -> tuple[int, int]:
        """The same for one definition, however sure it is."""
        return self.document_id, self.number

    def has_line(self, line: int) -> bool:
        """Does it hold this line?"""
        return self.start <= line <= self.end


def outline(index_id: int, path: str, *, at: int = LATEST_GENERATION) -> list[Definition]:
    """The definitions of a file, in order of their start."""
    return definitions_in(index_id, [path], at=at)


def with_depths(found: Iterable[Definition]) -> Iterator[tuple[Definition, int]]:
    """The definitions of an outline, each with how many of them it stands in."""
    depths: dict[int, int] = {}
    for definition in found:
        depth = depths[definition.number] = depths.get(definition.parent, -1) + 1
        yield definition, depth


def definitions_in(
    index_id: int, paths: Sequence[str], *, at: int = LATEST_GENERATION
) -> list[Definition]:
    """The definitions of several files, by path and start."""
    return read_definitions(OF_FILE, {"index": index_id, "paths": list(paths), "at": at})


def read_definitions(statement: str, values: Values) -> list[Definition]:
    """The definitions that a statement gives, as COLUMNS."""
    return [_definition(*row) for row in fetch_all(statement, values)]


def definitions(
    index_id: int,
    name: str,
    *,
    from_path: str | None = None,
    line: int | None = None,
    limit: int = 60,
    at: int = LATEST_GENERATION,
) -> list[Definition]:
    """The definitions that a name at a line of `from_path` may mean, the surest first."""
    source = referring_file(index_id, from_path, at)
    by_name = definitions_of(index_id, [name], source, line, at=at)
    return by_name.get(name, [])[:limit]


def definitions_of(
    index_id: int,
    names: Iterable[str],
    source: ReferringFile | None,
    line: int | None = None,
    *,
    at: int = LATEST_GENERATION,
) -> dict[str, list[Definition]]:
    """As `definitions`, for several names; those without any are left out."""
    by_name = _by_name(candidates_of(index_id, names, at))
    return {name: ranked(found, source, line) for name, found in by_name.items()}


def candidates_of(index_id: int, names: Iterable[str], at: int) -> list[Definition]:
    """The definitions of names, in no order, MAX_CANDIDATES at most."""
    keys = [name_key(index_id, name) for name in names]
    values = {"index": index_id, "keys": keys, "limit": MAX_CANDIDATES, "at": at}
    return read_definitions(OF_NAMES, values)


def _by_name(found: Iterable[Definition]) -> dict[str, list[Definition]]:
    by_name = defaultdict(list)
    for definition in found:
        by_name[definition.name].append(definition)
    return by_name


def ranked(
    found: Sequence[Definition], source: ReferringFile | None, line: int | None = None
) -> list[Definition]:
    """What a name may mean, with the confidence of each, the surest first."""
    candidates = Candidates.of(found)
    sure = [one._replace(confidence=confidence(one, candidates, source, line)) for one in found]
    return sorted(sure, key=_order)


def _order(candidate: Definition) -> tuple[float, bool, str, int]:
    return -candidate.confidence, candidate.role != "code", candidate.path, candidate.start


def _definition(*columns: Any) -> Definition:
    values = list(columns)
    values[KIND_COLUMN] = KINDS[values[KIND_COLUMN]]
    return Definition(*values)
