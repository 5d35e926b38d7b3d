"""Patterns in the syntax of RE2, compiled within bounds.

RE2 takes time linear in the text, whatever the pattern:
https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from repos.search.grep.literal_parts import Texts
from repos.search.grep.literals import exact_clauses, literal_clauses

MAX_PATTERN_CHARS = 1_000
MAX_PROGRAM = 10_000  # instructions: what RE2 does at worst for each byte of a text
MAX_MEMORY = 8 * 2**20  # bytes
MAX_SHOWN_CHARS = 40  # of a part of a pattern in an error
# A word ends where no letter, mark, digit or underscore follows, in any script.
WORD = r"(?:^|[^\pL\pM\pN_])({pattern})(?:$|[^\pL\pM\pN_])"

EMPTY = gettext_noop("Type what to search for.")
TOO_LONG = gettext_noop("The pattern is too long: at most %(most)s characters.")
TOO_LARGE = gettext_noop(
    "The pattern stands for too much. Repeat less, or search for a part of it."
)
NOT_TEXT = gettext_noop("The pattern holds characters that are not text.")
OTHER = gettext_noop("The pattern cannot be read at character %(place)s: %(part)s")
SENTENCES = (
    (
        "invalid perl operator",
        gettext_noop(
            "%(part)s at character %(place)s does not exist here: a pattern cannot look ahead or behind."
        ),
    ),
    (
        "invalid escape sequence",
        gettext_noop("%(part)s at character %(place)s means nothing. Write \\\\ for a backslash."),
    ),
    ("missing ]", gettext_noop("The bracket at character %(place)s is not closed: %(part)s")),
    ("missing )", gettext_noop("The parenthesis at character %(place)s is not closed.")),
    ("unexpected )", gettext_noop("The parenthesis at character %(place)s closes nothing.")),
    (
        "no argument for repetition",
        gettext_noop("%(part)s at character %(place)s has nothing to repeat."),
    ),
    (
        "bad repetition operator",
        gettext_noop("%(part)s at character %(place)s repeats what is repeated already."),
    ),
    (
        "invalid repetition size",
        gettext_noop("%(part)s at character %(place)s repeats too much: at most 1000 times."),
    ),
    (
        "invalid character class range",
        gettext_noop("The range at character %(place)s is none: %(part)s"),
    ),
    ("trailing \\", gettext_noop("The pattern ends with a backslash. Write \\\\ for a backslash.")),
)
BACK_REFERENCE = gettext_noop(
    "%(part)s at character %(place)s does not exist here: a pattern cannot refer to what it found before."
)
UNPAIRED = ("missing )", "unexpected )")
LINE_ENDS = frozenset("\r\n")
# Without these a pattern means its own characters.
SPECIAL = frozenset("\\.[]{}()*+?^$|")
IN_CLASS_OR_ESCAPED = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


class InvalidPattern(ValueError):
    """A pattern that cannot be searched for; the message says where and is safe to show."""

    def __init__(self, sentence: str, **parameters: object) -> None:
        super().__init__(sentence % parameters)
        self.sentence, self.parameters = sentence, parameters

    @property
    def translated(self) -> str:
        """The message in the language of the page."""
        return _(self.sentence) % self.parameters


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `group` is that of the match; `clauses` see `literals`.

    `literal`: the text that it means where it means nothing else, else empty. Finding it
    takes a fraction of the time of the expression.
    """

    regex: Any
    group: int
    clauses: tuple[Texts, ...]
    literal: str = ""


@lru_cache(maxsize=32)
def compile_pattern(
    text: str, *, is_regex: bool, case_sensitive: bool, whole_word: bool
) -> Pattern:
    """Raises InvalidPattern."""
    _check_text(text)
    source = text
    if is_regex:
        _compiled(text, case_sensitive=case_sensitive, captures=False, shown=text)
        clauses = literal_clauses(text, ignores_case=not case_sensitive)
    else:
        clauses = exact_clauses(text, ignores_case=not case_sensitive)
        source = re2.escape(text)
    if whole_word:
        source = WORD.format(pattern=source)
    regex = _compiled(source, case_sensitive=case_sensitive, captures=whole_word, shown=text)
    literal = ""
    if case_sensitive and not whole_word:
        literal = _literal(text, is_regex=is_regex)
    return Pattern(regex, int(whole_word), tuple(clauses), literal)


def _literal(text: str, *, is_regex: bool) -> str:
    """The text that a pattern stands for; empty where it stands for more than one."""
    if not LINE_ENDS.isdisjoint(text) or (is_regex and not SPECIAL.isdisjoint(text)):
        return ""
    return text


def _check_text(text: str) -> None:
    _check_length(text)
    if not _is_text(text):
        raise InvalidPattern(NOT_TEXT)


def _check_length(text: str) -> None:
    if not text:
        raise InvalidPattern(EMPTY)
    if len(text) > MAX_PATTERN_CHARS:
        raise InvalidPattern(TOO_LONG, most=MAX_PATTERN_CHARS)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _compiled(source: str, *, case_sensitive: bool, captures: bool, shown: str) -> Any:
    options = re2.Options()
    options.log_errors, options.never_nl = False, True
    options.never_capture, options.max_mem = not captures, MAX_MEMORY
    options.case_sensitive = case_sensitive
    # `^` and `$` are those of a line: a match stays within one.
    regex = re2._re2.RE2(f"(?m){source}".encode(), options)
    if not regex.ok():
        raise _invalid(regex.error().decode("utf-8", "replace"), shown)
    if regex.ProgramSize() > MAX_PROGRAM:
        raise InvalidPattern(TOO_LARGE)
    return regex


def _invalid(error: str, pattern: str) -> InvalidPattern:
    """The sentence for an error of RE2, which names the part of the pattern it means."""
    code, _colon, part = error.partition(": ")
    if "too large" in error:
        return InvalidPattern(TOO_LARGE)
    part = part.removeprefix("(?m)")
    place = _error_position(code, part, pattern)
    shown = part[:MAX_SHOWN_CHARS]
    return InvalidPattern(_sentence(error, part), part=shown, place=place)


def _sentence(error: str, part: str) -> str:
    if re.fullmatch(r"\\[1-9]", part):
        return BACK_REFERENCE
    return next((text for start, text in SENTENCES if error.startswith(start)), OTHER)


def _error_position(code: str, part: str, pattern: str) -> int:
    """The character, from 1, at which an error stands."""
    if code in UNPAIRED:
        return _unpaired(pattern) + 1
    return max(pattern.find(part), 0) + 1


def _unpaired(pattern: str) -> int:
    """The position of the first parenthesis without its other half."""
    blanked = IN_CLASS_OR_ESCAPED.sub(lambda match: "." * len(match[0]), pattern)
    opened: list[int] = []
    for position, char in enumerate(blanked):
        if char == "(":
            opened.append(position)
        elif char == ")" and not opened:
            return position
        elif char == ")":
            opened.pop()
    return next(iter(opened), 0)
