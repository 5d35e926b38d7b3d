"""Where a pattern matches in a text, and the lines to show of it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import re2

from repos.search.grep.pattern import Pattern

SLICE = 16_384  # bytes given to one call of RE2, to the end of a line
MAX_LINE_BYTES = 65_536  # of a line that are searched
MAX_MATCHES_A_FILE = 1_000
MAX_LINES_A_FILE = 50  # that are shown
MAX_LINE_CHARS = 400  # of a line that are shown
LEAD_CHARS = 60  # shown before a match far inside a line
CONTEXT_LINES = 2
UNANCHORED = re2._re2.RE2.Anchor.UNANCHORED
LINE_BREAK = b"\n"
Span = tuple[int, int]


class SearchTimeOver(Exception):
    """The time of a search is over."""


@dataclass(frozen=True)
class Clock:
    """Raises SearchTimeOver in `check` when the time is over."""

    ends: float

    @classmethod
    def of(cls, milliseconds: float) -> Clock:
        return cls(time.monotonic() + milliseconds / 1000)

    def check(self) -> None:
        if time.monotonic() > self.ends:
            raise SearchTimeOver

    @contextlib.contextmanager
    def permit(self, room: threading.Semaphore) -> Iterator[None]:
        """Hold one of the permits of `room`, waited for until the time is over."""
        if not room.acquire(timeout=max(0.0, self.ends - time.monotonic())):
            raise SearchTimeOver
        try:
            yield
        finally:
            room.release()


class FoundLine(NamedTuple):
    """A line (`number` from 1) with its matches, or one of the context of others.

    A tuple, since hundreds are made for one search.

    `spans` are columns of `text` from 0, end excluded; a match of nothing has none.
    `offset` characters before `text` and `hidden` ones behind it are left out.
    """

    number: int
    text: str
    is_match: bool
    spans: tuple[Span, ...] = ()
    offset: int = 0
    hidden: int = 0


@dataclass(frozen=True)
class Matches:
    """Byte spans in `data`, in order; `is_cut` when there may be more."""

    data: bytes
    spans: Sequence[Span]
    is_cut: bool = False


def find_matches(text: str, pattern: Pattern, clock: Clock) -> Matches:
    """The matches in a text, MAX_MATCHES_A_FILE at most. Raises SearchTimeOver."""
    if pattern.literal not in text:
        return Matches(b"", [])
    data = encoded(text)
    spans: list[Span] = []
    cut_lines = False
    for start, end, is_whole in _slices(data):
        clock.check()
        cut_lines |= not is_whole
        for span in _matches(data, start, end, pattern, clock.check):
            if _is_behind_last_line(data, span):
                break
            if len(spans) == MAX_MATCHES_A_FILE:
                return Matches(data, spans, is_cut=True)
            spans.append(span)
    return Matches(data, spans, cut_lines)


def encoded(text: str) -> bytes:
    """The bytes of a text in which matches are looked for: a line ends with a newline alone."""
    if "\r" in text:  # found by its first character, which is much sooner
        text = text.replace("\r\n", "\n")
    return text.encode("utf-8", "replace")


def _is_behind_last_line(data: bytes, span: Span) -> bool:
    """Whether a match of nothing stands behind the newline that ends the text."""
    return span[0] == len(data) and data.endswith(LINE_BREAK)


def has_match(text: str, pattern: Pattern, clock: Clock) -> bool:
    """Whether the pattern matches in a text. Raises SearchTimeOver."""
    if pattern.literal not in text:
        return False
    data = encoded(text)
    for start, end, _ in _slices(data):
        clock.check()
        if any(True for _ in _matches(data, start, end, pattern, clock.check)):
            return True
    return False


def only_in_lines(matches: Matches, holds: Callable[[int], bool]) -> Matches:
    """Those of the matches that begin in a line of which `holds` is true."""
    places = zip(_line_numbers(matches), matches.spans, strict=True)
    kept = [span for number, span in places if holds(number)]
    return Matches(matches.data, kept, matches.is_cut)


def shown_lines(matches: Matches) -> list[FoundLine]:
    """The first MAX_LINES_A_FILE lines with matches, and CONTEXT_LINES around each."""
    by_line: dict[int, list[Span]] = {}
    for number, span in zip(_line_numbers(matches), matches.spans, strict=True):
        if number not in by_line and len(by_line) == MAX_LINES_A_FILE:
            break
        by_line.setdefault(number, []).append(span)
    data = matches.data
    lines: dict[int, Span] = {}
    for number, found in by_line.items():
        lines.update(_lines_around(data, number, found[0][0]))
    return [
        _found_line(number, data[start:end], start, by_line.get(number))
        for number, (start, end) in sorted(lines.items())
    ]


def _lines_around(data: bytes, number: int, position: int) -> Iterator[tuple[int, Span]]:
    """The number and the span of the line of a position, and of CONTEXT_LINES around it."""
    first = start = data.rfind(LINE_BREAK, 0, position) + 1
    for before in range(1, CONTEXT_LINES + 1):
        if first == 0:
            break
        end = first - 1
        first = data.rfind(LINE_BREAK, 0, end) + 1
        yield number - before, (first, end)
    for behind in range(CONTEXT_LINES + 1):
        if start >= len(data):
            break
        end = _line_end(data, start, len(data))
        yield number + behind, (start, end)
        start = end + 1


def _slices(data: bytes) -> Iterator[tuple[int, int, bool]]:
    """Parts of whole lines; the last item is False where the end of a line is left out."""
    start = 0
    while start < len(data):
        end = _line_end(data, start + SLICE, len(data))
        if end - start <= MAX_LINE_BYTES:
            yield start, end, True
            start = end + 1
            continue
        last = data.rfind(LINE_BREAK, start, start + MAX_LINE_BYTES)
        if last >= start:
            yield start, last, True
            start = last + 1
            continue
        yield start, start + MAX_LINE_BYTES, False
        start = end + 1


def _matches(
    data: bytes, start: int, end: int, pattern: Pattern, check: Callable[[], None]
) -> Iterator[Span]:
    """The matches in bytes `start` to `end`; one of nothing counts once a line."""
    if pattern.literal:
        yield from _literal_matches(data, start, end, pattern.literal.encode())
        return
    match: Any = pattern.regex.Match
    while start <= end:
        first, last = match(UNANCHORED, data, start, end)[pattern.group]
        if first < 0:
            return
        yield first, last
        if last == first:
            check()
            last = _line_end(data, last, end) + 1
        start = last


def _literal_matches(data: bytes, start: int, end: int, literal: bytes) -> Iterator[Span]:
    while (first := data.find(literal, start, end)) >= 0:
        start = first + len(literal)
        yield first, start


def _line_end(data: bytes, position: int, end: int) -> int:
    """Where the line of a position ends, `end` at most."""
    found = data.find(LINE_BREAK, position, end)
    return found if found >= 0 else end


def _line_numbers(matches: Matches) -> Iterator[int]:
    number, position = 1, 0
    for start, _end in matches.spans:
        number += matches.data.count(LINE_BREAK, position, start)
        position = start
        yield number


def _found_line(number: int, line: bytes, start: int, spans: Sequence[Span] | None) -> FoundLine:
    text = line.decode("utf-8", "replace")
    if spans is None and len(text) <= MAX_LINE_CHARS:
        return FoundLine(number, text, is_match=False)
    columns = [_columns(line, start, span) for span in spans or ()]
    offset = _offset(columns, len(text) - MAX_LINE_CHARS)
    shown = text[offset : offset + MAX_LINE_CHARS]
    kept = tuple(_inside(columns, offset, len(shown)))
    hidden = len(text) - offset - len(shown)
    return FoundLine(number, shown, spans is not None, kept, offset, hidden)


def _offset(columns: Sequence[Span], spare: int) -> int:
    """How many of `spare` characters are left out before the first match of a line."""
    if not columns:
        return 0
    return max(0, min(columns[0][0] - LEAD_CHARS, spare))


def _inside(columns: Sequence[Span], offset: int, chars: int) -> Iterator[Span]:
    """The spans in the part of a line that is shown."""
    for start, end in columns:
        if start < end and start < offset + chars:
            yield start - offset, min(end - offset, chars)


def _columns(line: bytes, start: int, span: Span) -> Span:
    """The columns in characters of a byte span, in a line that starts at `start`."""
    first = len(line[: span[0] - start].decode("utf-8", "replace"))
    return first, first + len(line[span[0] - start : span[1] - start].decode("utf-8", "replace"))
