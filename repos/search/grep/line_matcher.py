"""What of a text a search finds: matches of the pattern, in and outside of definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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
            return Matches(b"", ())
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
        defined = self.defined.by_document.get(document_id, ()) if self.defined else ()
        return name_matches(text, defined, clock)


def name_matches(text: str, defined: Sequence[NamedDefinition], clock: Clock) -> Matches:
    """The names of definitions where they are defined, MAX_MATCHES_A_FILE at most.

    A definition whose lines do not hold its name has a match of nothing at its first line.
    """
    data = encoded(text)
    lines = data.split(LINE_BREAK)
    shown = sorted(defined, key=lambda definition: definition.start)[:MAX_MATCHES_A_FILE]
    starts = _line_starts(lines)
    spans = {_name_span(definition, lines, starts, clock.check) for definition in shown}
    return Matches(data, sorted(spans), is_cut=len(defined) > len(shown))


def _line_starts(lines: Sequence[bytes]) -> list[int]:
    starts, position = [], 0
    for line in lines:
        starts.append(position)
        position += len(line) + 1
    return starts


def _name_span(
    definition: NamedDefinition,
    lines: Sequence[bytes],
    starts: Sequence[int],
    check: Callable[[], None],
) -> Span:
    check()
    first = min(max(definition.start, 1), len(lines))
    last = min(definition.end, first + HEAD_LINES - 1, len(lines))
    for expression in _expressions(definition):
        for number in range(first, last + 1):
            match = expression.search(lines[number - 1])
            if match is not None:
                start = starts[number - 1]
                return start + match.start(1), start + match.end(1)
    return starts[first - 1], starts[first - 1]


def _expressions(definition: NamedDefinition) -> Iterator[re.Pattern[bytes]]:
    """The name behind the word before it in the signature; behind any word; the name alone."""
    name = re.escape(definition.name.encode("utf-8", "replace"))
    whole = rb"(?<![\w$])(" + name + rb")(?![\w$])"
    before = definition.signature.partition(definition.name)[0].split()
    if before:
        word = re.escape(before[-1].encode("utf-8", "replace"))
        yield re.compile(word + rb"\s+" + whole)
    yield re.compile(rb"\w[\s*&]+" + whole)
    yield re.compile(whole)
