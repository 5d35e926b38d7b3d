"""Pieces of text that every match of a pattern holds, by which files are preselected.

The pattern is one that RE2 has accepted. A condition is a list of clauses, all of which
hold of a matching text; a clause is a set of pieces, one of which stands in it. What is
not understood gives no clause: a text that matches is never excluded.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from repos.indexing.trigrams import SPECIAL_FOLDS
from repos.search.grep.literal_parts import (
    ANYTHING,
    NOTHING,
    Part,
    Texts,
    either,
    in_sequence,
    rank,
    repeated,
)

MAX_DEPTH = 60  # of parentheses
MAX_CLASS_CHARS = 8
MAX_CLAUSES = 12
IGNORES_CASE = re.compile(r"\(\?[a-zA-Z-]*i")
GROUP = re.compile(r"\(\?P?<\w+>|\(\?[imsU-]*:|\((?!\?)")
NO_ATOM = re.compile(r"\(\?[imsU-]+\)|\\Q(?:\\E|\Z)")
REPETITION = re.compile(r"\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}")
CLASS = re.compile(r"\[(\^?)(\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*)\]", re.DOTALL)
PLAIN_CLASS = re.compile(r"[^\\\[\]^&-]+")
EMPTY_ESCAPE = re.compile(r"\\[bBAz]")
SET_ESCAPE = re.compile(r"\\(?:[dDsSwWC]|[pP](?:\{[^}]*\}|.)|[0-7]{1,3})", re.DOTALL)
CODE_ESCAPE = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
LATER_CASED = ("Cn", "Mn")  # categories in which RE2 may know more than Python
ESCAPED = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


Expression = re.Pattern[str]
Found = re.Match[str] | None


class NotUnderstood(Exception):
    """A part of the pattern of which nothing is known."""


def literal_clauses(pattern: str, *, ignores_case: bool) -> list[Texts]:
    """The clauses of a pattern, MAX_CLAUSES at most; none if nothing is known of it."""
    parser = _Parser(pattern, ignores_case=ignores_case or bool(IGNORES_CASE.search(pattern)))
    try:
        clauses = parser.parse().conditions()
    except NotUnderstood:
        return []
    return sorted(set(clauses), key=rank, reverse=True)[:MAX_CLAUSES]


def exact_clauses(text: str, *, ignores_case: bool) -> list[Texts]:
    """The clauses of a search for `text` itself."""
    parts = [_literal(char, ignores_case=ignores_case) for char in text]
    return list(in_sequence(parts).conditions())


@dataclass
class _Parser:
    """A recursive descent over the syntax of RE2."""

    pattern: str
    ignores_case: bool
    position: int = 0
    depth: int = field(default=0)

    def parse(self) -> Part:
        part = self._alternatives()
        if self.position != len(self.pattern):
            raise NotUnderstood
        return part

    def _alternatives(self) -> Part:
        parts = [self._sequence()]
        while self._skips("|"):
            parts.append(self._sequence())
        return either(parts)

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self.position < len(self.pattern) and self.pattern[self.position] not in "|)":
            if self._match(NO_ATOM):
                self._check_no_repetition()
                continue
            *parts_before, last = self._atoms()
            parts += [*parts_before, self._repeated(last)]
        return in_sequence(parts)

    def _atoms(self) -> list[Part]:
        """The next atom; of quoted text, each character."""
        quoted = self._match(QUOTED)
        return self._literals(quoted[1]) if quoted else [self._atom()]

    def _check_no_repetition(self) -> None:
        """A repetition here is of what stands before the atom, which has been read."""
        if self._bounds():
            raise NotUnderstood

    def _repeated(self, part: Part) -> Part:
        """The atom with the repetitions that follow it."""
        while bounds := self._bounds():
            self._skips("?")
            part = repeated(part, *bounds)
        return part

    def _bounds(self) -> tuple[int, int | None] | None:
        """The least and the greatest count of a repetition that stands here."""
        for operator, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._skips(operator):
                return bounds
        match = self._match(REPETITION)
        if match is None:
            return None
        return _counts(match)

    def _atom(self) -> Part:
        self._check_no_repetition()
        char = self.pattern[self.position]
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.position += 1
        if char == ".":
            return ANYTHING
        if char in "^$":
            return NOTHING
        return self._literal(char)

    def _group(self) -> Part:
        self.depth += 1
        if not self._match(GROUP) or self.depth > MAX_DEPTH:
            raise NotUnderstood
        part = self._alternatives()
        if not self._skips(")"):
            raise NotUnderstood
        self.depth -= 1
        return part

    def _class(self) -> Part:
        match = self._match(CLASS)
        if match is None:
            raise NotUnderstood
        chars = match[2]
        if match[1] or len(chars) > MAX_CLASS_CHARS or not PLAIN_CLASS.fullmatch(chars):
            return ANYTHING
        return either(self._literals(chars))

    def _escape(self) -> Part:
        if self._match(EMPTY_ESCAPE):
            return NOTHING
        if self._match(SET_ESCAPE):
            return ANYTHING
        code = self._match(CODE_ESCAPE)
        if code is not None:
            return self._literal(_char(code[1] or code[2]))
        char = self.pattern[self.position + 1 : self.position + 2]
        if not char.isascii() or (char.isalnum() and char not in ESCAPED) or not char:
            raise NotUnderstood
        self.position += 2
        return self._literal(ESCAPED.get(char, char))

    def _literals(self, text: str) -> list[Part]:
        return [self._literal(char) for char in text]

    def _literal(self, char: str) -> Part:
        return _literal(char, ignores_case=self.ignores_case)

    def _match(self, expression: Expression) -> Found:
        """A match at the position, which moves behind it."""
        match = expression.match(self.pattern, self.position)
        if match is not None:
            self.position = match.end()
        return match

    def _skips(self, char: str) -> bool:
        if not self.pattern.startswith(char, self.position):
            return False
        self.position += len(char)
        return True


def _literal(char: str, *, ignores_case: bool) -> Part:
    """A character of the pattern, as trigrams hold it."""
    folded = char.translate(SPECIAL_FOLDS)
    if folded.isascii():
        return Part.of(folded.lower())
    if ignores_case and _may_have_case(char):
        return ANYTHING
    return Part.of(char)


def _may_have_case(char: str) -> bool:
    """Whether RE2 may take another character for this one."""
    return _has_case(char) or unicodedata.category(char) in LATER_CASED


def _has_case(char: str) -> bool:
    return any(char != other for other in (char.lower(), char.upper(), char.title()))


def _counts(match: re.Match[str]) -> tuple[int, int | None]:
    """The least and the greatest count in braces."""
    least = int(match[1])
    if not match[2]:
        return least, least
    return least, _greatest(match[3])


def _greatest(digits: str | None) -> int | None:
    if not digits:
        return None
    return int(digits)


def _char(digits: str) -> str:
    code = int(digits[-8:], 16)
    if code > 0x10FFFF:
        raise NotUnderstood
    return chr(code)
