"""Who calls a definition, and what it calls. Callers have checked that the index may be read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deepwiki.foundation.sql import Row, fetch_row, read_sql
from repos.graph.confidence import referring_file
from repos.graph.definitions import Definition, definitions, definitions_in, definitions_of
from repos.graph.name_keys import name_key
from repos.graph.references import ReferenceLine, references_within, unpacked
from repos.indexing.symbols import ReferenceKind
from repos.models import LATEST_GENERATION

FILE = read_sql(__file__, "file_references.sql")
IDENTIFIER = re.compile(r"[^\W\d][\w$]*[?!]?|\$\w+")
MAX_LINE_CHARS = 5_000  # of a line that is looked at
MAX_NAMES = 500  # of one definition
CALLS = frozenset({ReferenceKind.CALL, ReferenceKind.DECORATE})
ENCLOSING = frozenset({"function", "method", "class", "interface", "struct", "trait", "module"})


@dataclass(frozen=True)
class Caller:
    """A definition (None: the file itself) that calls another, on these lines of a file."""

    path: str
    role: str
    definition: Definition | None
    lines: tuple[int, ...]
    confidence: float


@dataclass(frozen=True)
class Callee:
    """A name that a definition calls, on these lines; `definitions` by confidence."""

    name: str
    lines: tuple[int, ...]
    definitions: tuple[Definition, ...]


def callers(
    index_id: int,
    definition: Definition,
    *,
    limit: int = 60,
    at: int = LATEST_GENERATION,
    holds: Callable[[str], bool] = bool,
) -> list[Caller]:
    """Who calls a definition, the surest first; of at most `limit` files.

    `holds` says of a path whether it is to be read: all are without it.
    """
    used = references_within(
        index_id, definition.name, holds, definition=definition, limit=limit, at=at
    )
    by_path = _by_path(definitions_in(index_id, [file.path for file in used.files], at=at))
    result = []
    for file in used.files:
        lines = _lines_by_definition(by_path.get(file.path, []), _called(file.places))
        result += [
            Caller(file.path, file.role, caller, tuple(called), file.confidence)
            for caller, called in lines
        ]
    return result


def callees(
    index_id: int, definition: Definition, *, limit: int = 60, at: int = LATEST_GENERATION
) -> list[Callee]:
    """What a definition calls, in the order of its lines; names defined nowhere included."""
    row = fetch_row(FILE, {"index": index_id, "path": definition.path, "at": at})
    if row is None:
        return []
    places = _places_by_key(row)
    found: dict[str, tuple[int, ...]] = {}
    for name in _names(row[6], definition.start, definition.end):
        packed = places.get(name_key(index_id, name), b"")
        lines = _called_inside(definition, unpacked(packed))
        if lines:
            found[name] = lines
    names = sorted(found, key=lambda name: found[name])[:limit]
    source = referring_file(index_id, definition.path, at)
    known = definitions_of(index_id, names, source, at=at)
    return [Callee(name, found[name], tuple(known.get(name, ()))) for name in names]


def hover(
    index_id: int,
    path: str,
    line: int,
    *,
    column: int | None = None,
    name: str | None = None,
    at: int = LATEST_GENERATION,
) -> list[Definition]:
    """What a name on a line of a file means, the surest first.

    The name is given, or stands at a column (0-based, characters) of the line.
    """
    if name is None:
        name = name_at(index_id, path, line, column or 0, at=at)
    return definitions(index_id, name, from_path=path, line=line, at=at) if name else []


def name_at(
    index_id: int, path: str, line: int, column: int, *, at: int = LATEST_GENERATION
) -> str:
    """The name at a column (0-based) of a line of a file, empty without one."""
    row = fetch_row(FILE, {"index": index_id, "path": path, "at": at})
    text = _line(row[6], line) if row is not None else ""
    for match in IDENTIFIER.finditer(text, max(0, column - MAX_LINE_CHARS)):
        if match.start() <= column <= match.end():
            return match.group()
        if match.start() > column:
            break
    return ""


def _by_path(found: Sequence[Definition]) -> dict[str, list[Definition]]:
    """Those of the definitions that can hold calls, by file."""
    by_path: dict[str, list[Definition]] = {}
    for definition in found:
        if definition.kind in ENCLOSING:
            by_path.setdefault(definition.path, []).append(definition)
    return by_path


def _called_inside(definition: Definition, places: Sequence[ReferenceLine]) -> tuple[int, ...]:
    return tuple(filter(definition.has_line, _called(places)))


def _places_by_key(row: Row) -> dict[int, bytes]:
    """The packed places of the names that a file uses, by their keys."""
    return dict(zip(row[3], row[4], strict=True))


def _line(text: str, number: int) -> str:
    """A line (1-based) of a text, empty without it."""
    lines = text.split("\n", max(0, number))
    return "".join(lines[number - 1 : number])


def _called(places: Sequence[ReferenceLine]) -> list[int]:
    return sorted({place.line for place in places if place.kind in CALLS})


def _names(text: str, start: int, end: int) -> list[str]:
    """The names on some lines of a text."""
    lines = text.split("\n", end)[start - 1 : end]
    names = (name for line in lines for name in IDENTIFIER.findall(line[:MAX_LINE_CHARS]))
    return list(dict.fromkeys(names))[:MAX_NAMES]


def _lines_by_definition(
    found: Sequence[Definition], lines: Sequence[int]
) -> list[tuple[Definition | None, list[int]]]:
    """Lines by the innermost of the definitions (in order of their start) around them."""
    starts = [definition.start for definition in found]
    grouped: dict[int, tuple[Definition | None, list[int]]] = {}
    for line in lines:
        number = bisect_right(starts, line) - 1
        while number >= 0 and found[number].end < line:
            number -= 1
        definition = found[number] if number >= 0 else None
        grouped.setdefault(number, (definition, []))[1].append(line)
    return list(grouped.values())
