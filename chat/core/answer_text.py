"""The answer in what an agent writes.

An agent writes progress between its calls, and the answer behind a marker. A turn without
calls and without the marker is all answer. What was given out as answer is never taken back.
"""

from __future__ import annotations

import re

BREAK = "\n\n"
OPENING, CLOSING = "<answer>", "</answer>"
# Text without the marker that is too long for progress: it is shown as the answer.
HELD_CHARS = 1_500
# The same where no calls are possible: as long as a sentence before the marker.
HELD_CHARS_AT_END = 200
_TAG = re.compile(r"</?answer>[ \t]*", re.IGNORECASE)
_TAG_AT_END = re.compile(r"</?answer>[ \t]{0,80}\Z", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"(?:\A|\n)[ \t]*\Z")
_LONGEST_TAG = len(CLOSING)
_LINE_CHARS = 80  # more before a marker on its line are no indentation


class AnswerText:
    """The text of one turn, piece by piece.

    `follows`: an earlier turn has begun the answer; this one's part is set off from it.
    `is_last`: the turn cannot have calls. `needs_marker`: without it nothing is answer.
    `has_text`: something was given out as answer.
    """

    def __init__(
        self, *, follows: bool = False, is_last: bool = False, needs_marker: bool = False
    ) -> None:
        self.has_text = False
        self._needs_marker = needs_marker
        self._separator = BREAK * follows
        self._max_held = (HELD_CHARS, HELD_CHARS_AT_END)[is_last]
        self._is_open = False
        self._is_closed = False  # by the marker of the end, until the next marker
        self._before: list[str] = []  # text before the first marker
        self._before_chars = 0
        self._line = ""  # the end of what was read
        self._tail = ""  # not read yet: it may become a marker, or what follows it decides

    @property
    def progress(self) -> str:
        """The text of this turn that is no answer."""
        return "".join(self._before).strip()

    def feed(self, text: str) -> str:
        """What of the text so far is certain to be answer and was not returned before."""
        text, self._tail = _parted(self._tail + text)
        shown: list[str] = []
        position = 0
        for tag in _TAG.finditer(text):
            self._read(text[position : tag.start()], shown)
            self._read_tag(tag[0], text[tag.end() : tag.end() + 1] or self._tail[:1], shown)
            position = tag.end()
        self._read(text[position:], shown)
        if self._is_too_long:
            shown.append(self._open_with_all())
        return "".join(shown)

    @property
    def _is_too_long(self) -> bool:
        is_before = not (self._is_open or self._is_closed or self._needs_marker)
        return is_before and self._before_chars > self._max_held

    def finish(self, *, has_calls: bool) -> str:
        """The rest of the answer at the end of the turn."""
        shown: list[str] = []
        if not _TAG.fullmatch(self._tail):
            self._read(self._tail, shown)
        self._tail = ""
        if not (has_calls or self._needs_marker or self._is_closed or self.has_text):
            shown.append(self._open_with_all())
        return "".join(shown)

    def _read(self, text: str, shown: list[str]) -> None:
        """Read text without markers."""
        if self._is_open:
            shown.append(self._shown(text))
        elif not self._is_closed:
            self._before.append(text)
            self._before_chars += len(text)
        if text:
            self._line = (self._line + text[-_LINE_CHARS:])[-_LINE_CHARS:]

    def _read_tag(self, tag: str, next_char: str, shown: list[str]) -> None:
        """Read a marker; one that is quoted in a sentence is text."""
        is_opening = not tag.startswith("</")
        if self._is_open and not is_opening and next_char in "\r\n":
            self._is_open, self._is_closed = False, True
        elif self._is_open and is_opening and _EMPTY_LINE.search(self._line):
            return
        elif not self._is_open and is_opening and not self._line.endswith("`"):
            self._is_open, self._is_closed = True, False
            self._line = "\n"
            self._separator = self._separator or BREAK * self.has_text
        else:
            self._read(tag, shown)

    def _open_with_all(self) -> str:
        text = "".join(self._before)
        self._before.clear()
        self._is_open = True
        return self._shown(text)

    def _shown(self, text: str) -> str:
        """`text` as it is given out: nothing before the first word, a separator before it."""
        if self._separator or not self.has_text:
            text = text.lstrip()
        if not text:
            return ""
        text = self._separator + text
        self._separator = ""
        self.has_text = True
        return text


def _parted(text: str) -> tuple[str, str]:
    """The text that can be read, and its end where a marker may begin or has just ended."""
    tag = _TAG_AT_END.search(text, max(0, len(text) - _LONGEST_TAG - _LINE_CHARS))
    start = tag.start() if tag else _possible_start(text)
    return text[:start], text[start:]


def _possible_start(text: str) -> int:
    start = text.rfind("<", max(0, len(text) - _LONGEST_TAG))
    tail = text[start:].lower()
    if start >= 0 and (OPENING.startswith(tail) or CLOSING.startswith(tail)):
        return start
    return len(text)
