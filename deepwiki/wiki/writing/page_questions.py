"""What a page has to answer, from the code alone: questions about symbols, callers, settings, tests.

The same index gives the same questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from deepwiki.wiki.pages.offers import ENTRY_KINDS, entry_name, entry_points
from deepwiki.wiki.pages.scoring import public, unique_names
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import CallingLine, Symbol
from deepwiki.wiki.plan import FileArtifact, PageKind, PlannedPage
from deepwiki.wiki.writing.evidence_pack import FoundLines

MAX_QUESTIONS = 8
SYMBOLS, CALLED, ENTRIES, PARTS, FILES = 3, 2, 2, 4, 4
CALLERS_EACH = 3
SYMBOL_LINES = 60
HEAD_LINES = 40
AROUND = 2  # lines beside a call or a setting
MAX_NAME_CHARS = 120
WORDING: Mapping[str, str] = {
    "symbol": "What is `{name}` for, and how does it work?",
    "callers": "Who uses `{name}`?",
    "setting": "What is the setting `{name}` read for?",
    "entry": "What happens when `{name}` is run or asked for?",
    "tests": "Which tests cover this code (for example `{name}`)?",
    "part": "What is the part `{name}` for?",
    "file": "What is the file `{name}` for?",
}


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question; `kind` is a key of WORDING, `lines` are where the code says the answer."""

    kind: str
    name: str
    lines: tuple[FoundLines, ...] = ()

    @property
    def text(self) -> str:
        """As a model reads it."""
        return WORDING[self.kind].format(name=self.name[:MAX_NAME_CHARS])


def questions_of(source: PageSource) -> list[PageQuestion]:
    """At most MAX_QUESTIONS; none where the index holds nothing to ask about."""
    asked = BY_KIND.get(source.page.kind, _of_part)(source)
    return list(islice(dict.fromkeys(asked), MAX_QUESTIONS))


def _of_part(source: PageSource) -> Iterator[PageQuestion]:
    symbols = _symbols(source)
    yield from islice(_about(symbols), SYMBOLS)
    yield from islice(_callers(source, symbols), CALLED)
    own = _artifacts(source, source.code_files)
    yield from islice(_settings(own), 1)
    yield from islice(_own_entries(own), 1)
    yield from islice(_tests(source), 1)
    yield from islice(_about(symbols), SYMBOLS, None)


def _of_overview(source: PageSource) -> Iterator[PageQuestion]:
    for part in _main_parts(source)[:PARTS]:
        yield PageQuestion("part", part.title, _head("".join(part.files[:1])))
    yield from islice(_entries(entry_points(source)), ENTRIES)
    yield from _about(_symbols(source))


def _main_parts(source: PageSource) -> list[PlannedPage]:
    parts = [page for page in source.plan.children("") if page.kind is PageKind.PART]
    return sorted(parts, key=lambda page: -page.importance)


def _of_guide(source: PageSource) -> Iterator[PageQuestion]:
    for path in source.files[:FILES]:
        yield PageQuestion("file", path, _head(path))
    own = _artifacts(source, source.files)
    yield from islice(_own_entries(own), ENTRIES)
    yield from islice(_settings(own), ENTRIES)


def _head(path: str) -> tuple[FoundLines, ...]:
    return ((path, 1, HEAD_LINES),)


def _symbols(source: PageSource) -> list[Symbol]:
    return unique_names(public(source.ranked) or source.ranked)[:MAX_QUESTIONS]


def _about(symbols: Iterable[Symbol]) -> Iterator[PageQuestion]:
    for symbol in symbols:
        yield PageQuestion("symbol", symbol.qualified_name, (_lines_of(symbol),))


def _lines_of(symbol: Symbol) -> FoundLines:
    end = min(symbol.end, symbol.start + SYMBOL_LINES)
    return symbol.path, symbol.start - 1, end


def _callers(source: PageSource, symbols: list[Symbol]) -> Iterator[PageQuestion]:
    called = source.reader.callers(symbols, CALLERS_EACH)
    for symbol in filter(called.get, symbols):
        yield PageQuestion("callers", symbol.qualified_name, tuple(map(_around, called[symbol])))


def _artifacts(source: PageSource, paths: Iterable[str]) -> list[FileArtifact]:
    by_path = source.code.artifacts_by_path
    return [each for path in paths for each in by_path.get(path, ())]


def _own_entries(found: Iterable[FileArtifact]) -> Iterator[PageQuestion]:
    return _entries(each for each in found if each.kind in ENTRY_KINDS)


def _settings(found: Iterable[FileArtifact]) -> Iterator[PageQuestion]:
    for each in found:
        if each.kind == "setting":
            yield PageQuestion("setting", each.name, (_around(each),))


def _entries(found: Iterable[FileArtifact]) -> Iterator[PageQuestion]:
    for each in found:
        yield PageQuestion("entry", entry_name(each), (_around(each),))


def _around(place: FileArtifact | CallingLine) -> FoundLines:
    return place.path, place.line - AROUND, place.line + AROUND


def _tests(source: PageSource) -> Iterator[PageQuestion]:
    for path in source.of_role("test", [*source.page.attached, *_linked(source)]):
        yield PageQuestion("tests", path, _head(path))


def _linked(source: PageSource) -> Iterator[str]:
    """The files that are linked to those of the page."""
    for path in source.files:
        yield from (link.source for link in source.code.incoming.get(path, ()))


BY_KIND: Mapping[PageKind, Callable[[PageSource], Iterator[PageQuestion]]] = {
    PageKind.OVERVIEW: _of_overview,
    PageKind.GUIDE: _of_guide,
}
