"""Calls of tools that a model wrote into its text: told from the text, whatever the borders.

A call stands outside of code, is of a tool that was offered, and is never shown. JSON
without a mark, in a fence or not, is one where it is all of the text. What only looks like
a call is text; so is one that is quoted in code. A call that the text breaks off in is one
with the arguments that came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chat.core.reasoning import CodeState
from chat.providers.call_fragments import MAX_CALLS, bounded
from chat.providers.call_json import Calls, Names, WrittenCall
from chat.providers.held_text import HeldText, SkippedText
from chat.providers.text_call_formats import ALONE, TEXT_FORMATS

OPENERS = {each.opener: each for each in TEXT_FORMATS}
OPENER = re.compile("|".join(map(re.escape, OPENERS)))
LONGEST_OPENER = max(map(len, OPENERS))
# Only these can begin an opener, or code.
SPECIAL = re.compile(r"[<\[`~]")
OPENER_START = re.compile(r"[<\[][^<\[]*\Z")
SLICE = re.compile(r".{1,2048}", re.DOTALL)
# So often a likely call may turn out to be none; from then on all is text.
MAX_FAILURES = 8


@dataclass
class TextCallFilter:
    """The text of a stream without its calls, which are in `calls`."""

    names: Names
    calls: list[WrittenCall] = field(default_factory=list)
    _held: HeldText | None = None
    _start: str = ""  # white space before any text, or the start of what may be an opener
    _skips: SkippedText | None = None
    _failures: int = 0
    _has_text: bool = False
    _follows_call: bool = False
    _code: CodeState = field(default_factory=CodeState)

    def feed(self, text: str) -> str:
        """What of the text so far is no call and was not returned before."""
        if self._is_plain and SPECIAL.search(text) is None:
            return text
        shown: list[str] = []
        self._read(text, shown)
        return "".join(shown)

    def finish(self) -> str:
        """What is left at the end. Afterwards another text may begin."""
        shown: list[str] = []
        while self._held is not None:
            held, self._held = self._held, None
            self._read(self._end(held, shown), shown)
        self._show(self._start, shown)
        self._start = ""
        self._skips = None
        return "".join(shown)

    @property
    def _is_plain(self) -> bool:
        """Whether text without marks can be passed on as it is."""
        if self._held or self._start or self._follows_call or self._skips:
            return False
        return self._has_text and not self._code.is_open

    def _read(self, text: str, shown: list[str]) -> None:
        waiting = _slices(text)
        while waiting:
            waiting += _slices(self._step(waiting.pop(), shown))

    def _step(self, text: str, shown: list[str]) -> str:
        """Read a piece of text; return what is still to be read."""
        if self._skips is not None:
            return self._skip(self._skips, text)
        if self._failures > MAX_FAILURES:
            shown.append(text)
            return ""
        if self._held is None:
            return self._scan(text, shown)
        return self._hold(self._held, text, shown)

    def _skip(self, skipped: SkippedText, text: str) -> str:
        rest = skipped.feed(text)
        if rest is None:
            return ""
        self._skips = None
        return rest

    def _hold(self, held: HeldText, text: str, shown: list[str]) -> str:
        """Hold a text that may belong to a call; return what is no part of it."""
        held.add(text)
        if not held.may_be(self.names):
            self._held = None
            return self._reject(held, shown)
        found = held.read(self.names)
        if found is not None:
            self._held = None
            return self._take(held, found, shown)
        if held.is_full:
            return self._end_full(held, shown)
        return ""

    def _end_full(self, held: HeldText, shown: list[str]) -> str:
        """The same for what is longer than may be held."""
        self._held = None
        rest = self._end(held, shown)
        if self._follows_call:
            self._skips = SkippedText(held.format.closer)
        return rest

    def _end(self, held: HeldText, shown: list[str]) -> str:
        """Take what is held as all of a call; return what is no part of it."""
        return self._take(held, held.read_to_end(self.names), shown)

    def _take(self, held: HeldText, found: Calls, shown: list[str]) -> str:
        calls, rest = found
        if not calls:
            self._failures += 1
            return self._reject(held, shown)
        self._follows_call = True
        self.calls += map(_bounded, calls[: MAX_CALLS - len(self.calls)])
        return rest

    def _reject(self, held: HeldText, shown: list[str]) -> str:
        """What was held is text, but for what may begin a call behind its opener."""
        if held.format is ALONE:
            self._has_text = True
        else:
            self._code.read(held.format.opener)
            self._show(held.format.opener, shown)
        return held.text

    def _scan(self, text: str, shown: list[str]) -> str:
        """Show up to the next opener; return what follows it."""
        text = self._start + text
        self._start = ""
        if not self._has_text and self._begins_alone(text):
            return text
        if self._start:
            return ""
        start = 0
        for match in OPENER.finditer(text):
            self._code.read(text[start : match.start()])
            start = match.start()
            if not self._code.is_at_code():
                self._show(text[:start], shown)
                self._held = HeldText(OPENERS[match[0]])
                return text[match.end() :]
        held = _possible_opener(text)
        self._code.read(text[start : len(text) - len(held)])
        self._show(text[: len(text) - len(held)], shown)
        self._start = held
        return ""

    def _begins_alone(self, text: str) -> bool:
        """Whether a turn begins with what may be JSON alone; white space waits."""
        body = text.lstrip()
        if not body or any(each.startswith(body) for each in OPENERS):
            self._start = text
            return False
        if OPENER.match(body) or not body.startswith(("{", "[", "`")):
            return False
        self._held = HeldText(ALONE)
        return True

    def _show(self, text: str, shown: list[str]) -> None:
        if self._follows_call:
            text = text.lstrip()
        if text:
            self._has_text = self._has_text or not text.isspace()
            self._follows_call = False
            shown.append(text)


def _bounded(call: WrittenCall) -> WrittenCall:
    return WrittenCall(call.name, bounded(call.arguments))


def _slices(text: str) -> list[str]:
    """A text in pieces, the last one first: what is read again stays short."""
    return SLICE.findall(text)[::-1]


def _possible_opener(text: str) -> str:
    """The end of the text if an opener may begin in it."""
    match = OPENER_START.search(text, max(0, len(text) - LONGEST_OPENER))
    if match is None:
        return ""
    return match[0] * any(each.startswith(match[0]) for each in OPENERS)
