"""What an answer without a model shows of the names in a question.

Where they are defined, who uses them and which tests do, before the hits of the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from chat.core.prompt import PromptPassage
from chat.tools.repository import RepositoryAtCommit
from chat.tools.symbols import AskedName, callers_of, definitions_of
from repos.graph import Caller, Definition
from repos.search import line_texts
from repos.search.question_names import MAX_CHARS, identifiers

MAX_NAMES = 2
MAX_DEFINITIONS = 3  # of one name
MAX_AMBIGUOUS = 8  # definitions of a name whose uses are looked up
MAX_FILES = 12  # of callers that are looked at
MAX_USES, MAX_TESTS = 4, 2  # of one name
HEAD_LINES = 24  # of a definition
LINES_AROUND = 2  # of a use
# Not the abbreviations `e.g` and `i.e`.
DOTTED = re.compile(r"\b(?!\w\.\w\b)[A-Za-z_]\w{0,99}(?:(?:\.|::|#)[A-Za-z_]\w{0,99}){1,5}\b")
DEFINED, USES, TEST = "defined", "uses", "test"  # match reasons: see PromptPassage
REASONS = {"test": TEST}  # by the role of the file that uses a name


@dataclass(frozen=True)
class NamedPlace:
    """Lines of a file that are to be shown, and what they are: see PromptPassage."""

    path: str
    start: int
    end: int
    symbol: str
    match_reason: str
    role: str
    language: str
    via: str = ""

    @property
    def numbers(self) -> range:
        """The lines."""
        return range(self.start, self.end + 1)


def with_named_places(
    repository: RepositoryAtCommit, question: str, hits: Sequence[PromptPassage]
) -> list[PromptPassage]:
    """The places of the question's names, then the hits that show other lines.

    Raises NoSuchRepository once the repository may not be read any more.
    """
    repository.check_readable()
    places: list[NamedPlace] = []
    names = (asked for asked in asked_names(question, hits) if not _is_file(repository, asked))
    for asked in islice(names, MAX_NAMES):
        places += _places_of(repository, asked)
    passages = list(_passages(repository, dict.fromkeys(places)))
    return [*passages, *(hit for hit in hits if not _is_shown(hit, passages))]


def _is_file(repository: RepositoryAtCommit, asked: AskedName) -> bool:
    """Whether what looks like a dotted name is the name of a file: `package.json`."""
    return any(f"/{path}".endswith(f"/{asked.dotted}") for path in repository.lines)


def asked_names(question: str, hits: Iterable[PromptPassage]) -> list[AskedName]:
    """The names that a question spells, dotted ones first; then those that it says in words."""
    text = question[:MAX_CHARS]
    dotted = [AskedName.of(match) for match in DOTTED.findall(text)]
    parts = {part for asked in dotted for part in asked.parts}
    spelled = [AskedName((name,)) for name in identifiers(text) if name not in parts]
    by_name: dict[str, AskedName] = {}
    for asked in [*dotted, *spelled, *_said_names(hits)]:
        by_name.setdefault(asked.name, asked)
    return list(by_name.values())


def _said_names(hits: Iterable[PromptPassage]) -> Iterator[AskedName]:
    for hit in filter(_is_definition, hits):
        yield AskedName(tuple(hit.symbol.split(".")))


def _is_definition(hit: PromptPassage) -> bool:
    return hit.match_reason == DEFINED and hit.symbol != ""


def _places_of(repository: RepositoryAtCommit, asked: AskedName) -> Iterator[NamedPlace]:
    found = definitions_of(repository, asked)
    yield from map(_definition_place, found[:MAX_DEFINITIONS])
    if 0 < len(found) <= MAX_AMBIGUOUS:
        used = _uses(repository, found[0])
        yield from [place for place in used if place.match_reason == USES][:MAX_USES]
        yield from [place for place in used if place.match_reason == TEST][:MAX_TESTS]


def _definition_place(definition: Definition) -> NamedPlace:
    return NamedPlace(
        definition.path,
        definition.start,
        _head_end(definition),
        definition.qualified_name,
        DEFINED,
        definition.role,
        definition.language,
    )


def _head_end(definition: Definition) -> int:
    return min(definition.end, definition.start + HEAD_LINES - 1)


def _uses(repository: RepositoryAtCommit, definition: Definition) -> list[NamedPlace]:
    """One place of each caller, outside of the definition itself."""
    found = callers_of(repository, definition, MAX_FILES)
    return [_use_place(caller, definition) for caller in found if not _is(caller, definition)]


def _is(caller: Caller, definition: Definition) -> bool:
    """Whether the caller is the definition itself."""
    return caller.definition is not None and caller.definition.key == definition.key


def _use_place(caller: Caller, definition: Definition) -> NamedPlace:
    line = caller.lines[0]
    first, last, symbol = 1, line + LINES_AROUND, ""
    if caller.definition is not None:
        first, symbol = caller.definition.start, caller.definition.qualified_name
        last = min(last, caller.definition.end)
    return NamedPlace(
        caller.path,
        max(first, line - LINES_AROUND),
        last,
        symbol,
        REASONS.get(caller.role, USES),
        caller.role,
        caller.definition.language if caller.definition else "",
        definition.path,
    )


def _passages(
    repository: RepositoryAtCommit, places: Iterable[NamedPlace]
) -> Iterator[PromptPassage]:
    """The places with their texts; those of files that are large are left out."""
    places = list(places)
    lines: dict[str, list[int]] = {}
    for place in places:
        lines.setdefault(place.path, []).extend(place.numbers)
    texts = line_texts(repository.index_id, lines, at=repository.generation, indented=True)
    for place in places:
        known = texts.get(place.path, {})
        shown = [known[number] for number in place.numbers if number in known]
        if shown:
            yield _passage(repository, place, shown)


def _passage(repository: RepositoryAtCommit, place: NamedPlace, lines: list[str]) -> PromptPassage:
    end = place.start + len(lines) - 1
    return replace(
        repository.passage(place.path, place.start, end),
        text="\n".join(lines),
        language=place.language,
        symbol=place.symbol,
        match_reason=place.match_reason,
        via=place.via,
        role=place.role,
    )


def _is_shown(hit: PromptPassage, passages: Iterable[PromptPassage]) -> bool:
    """Whether a hit begins in lines that are shown."""
    return any(_holds_start(passage, hit) for passage in passages)


def _holds_start(passage: PromptPassage, hit: PromptPassage) -> bool:
    return passage.path == hit.path and passage.start <= hit.start <= passage.end
