"""What of a text a search finds: matches of the pattern, in and outside of definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from repos.graph.named import NamedDefinition
from repos.search.grep.defined_names import DefinedNames
from repos.search.grep.matches import (
    LINE_BREAK,
    MAX_MATCHES_A_FILE,
    Clock,
    Matches,
    Span,
    encoded,
    find_matches,
    has_match,
    only_in_lines,
)
from repos.search.grep.pattern import Pattern

NOTHING = Matches(b"", ())
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")  # in a signature, as that of an annotation
HEAD_LINES = 200  # of a definition in which its name is looked for


@dataclass(frozen=True)
class LineMatcher:
    """The matches of `pattern`; without one, the names of `defined` where they are defined.

    `defined` leaves only matches within these definitions, `excluded` takes those within
    these away. A text that matches one of `excluded_patterns` has none.
    """

    pattern: Pattern | None
    defined: DefinedNames | None = None
    excluded: DefinedNames | None = None
    excluded_patterns: Sequence[Pattern] = ()

    def matches(self, document_id: int, text: str, clock: Clock) -> Matches:
        """The matches in the text of a document. Raises SearchTimeOver."""
        if any(has_match(text, pattern, clock) for pattern in self.excluded_patterns):
            return NOTHING
        found = self._found(document_id, text, clock)
        if self.excluded is None or not found.spans:
            return found
        outside = self.excluded.lines(document_id)
        return only_in_lines(found, lambda number: number not in outside)

    def _found(self, document_id: int, text: str, clock: Clock) -> Matches:
        if self.pattern is None:
            return self._names(document_id, text, clock)
        found = find_matches(text, self.pattern, clock)
        if self.defined is None:
            return found
        return only_in_lines(found, self.defined.lines(document_id).__contains__)

    def _names(self, document_id: int, text: str, clock: Clock) -> Matches:
        if self.defined is None:
            return NOTHING
        return name_matches(text, self.defined.by_document.get(document_id, ()), clock)


def name_matches(text: str, defined: Sequence[NamedDefinition], clock: Clock) -> Matches:
    """The names of definitions where they are defined, MAX_MATCHES_A_FILE at most.

    A definition whose lines do not hold its name has a match of nothing at its first line.
    """
    source = _Source.of(text)
    shown = sorted(defined, key=_start)[:MAX_MATCHES_A_FILE]
    spans = set()
    for definition in shown:
        clock.check()
        spans.add(source.name_span(definition))
    return Matches(source.data, sorted(spans), is_cut=len(defined) > len(shown))


def _start(definition: NamedDefinition) -> int:
    return definition.start


@dataclass(frozen=True)
class _Source:
    """A text by its lines, and where in `data` each begins."""

    data: bytes
    lines: Sequence[bytes]
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Source:
        data = encoded(text)
        lines = data.split(LINE_BREAK)
        starts = accumulate((len(line) + 1 for line in lines), initial=0)
        return cls(data, lines, list(starts))

    def name_span(self, definition: NamedDefinition) -> Span:
        """Where the name stands in the head of its definition; empty at its begin if nowhere."""
        head = self._head(definition)
        for expression in _expressions(definition):
            for number in head:
                match = expression.search(self.lines[number - 1])
                if match is not None:
                    return self._span(number, match)
        return self.starts[head.start - 1], self.starts[head.start - 1]

    def _head(self, definition: NamedDefinition) -> range:
        first = min(max(definition.start, 1), len(self.lines))
        last = min(definition.end, first + HEAD_LINES - 1, len(self.lines))
        return range(first, last + 1)

    def _span(self, number: int, match: re.Match[bytes]) -> Span:
        start = self.starts[number - 1]
        return start + match.start("name"), start + match.end("name")


def _expressions(definition: NamedDefinition) -> Iterator[re.Pattern[bytes]]:
    """The name behind the word before it in the signature; behind any word; the name alone."""
    whole = rb"(?<![\w$])(?P<name>" + _escaped(definition.name) + rb")(?![\w$])"
    before = QUOTED.sub("", definition.signature).partition(definition.name)[0].split()
    if before:
        yield re.compile(_escaped(before[-1]) + rb"\s+" + whole)
    yield re.compile(rb"\w[\s*&]+" + whole)
    yield re.compile(whole)


def _escaped(text: str) -> bytes:
    return re.escape(text.encode("utf-8", "replace"))
