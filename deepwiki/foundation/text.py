"""Pure text functions that several apps need. No Django."""

from __future__ import annotations

import re
from typing import Any

# Characters that cannot be stored in PostgreSQL (NUL, lone surrogates) or have no place in
# text (other C0 control characters except tab, newline and carriage return).
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# C0 and C1 control characters except tab and newline; halves of surrogate pairs.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
UNCLEAN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
# Greek up to Hangul and the compatibility blocks: scripts that source code is not written in.
NON_LATIN = re.compile(r"[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff\uff66-\uffdc]")


def clean(text: str) -> str:
    """`text` with every character that cannot be stored replaced by U+FFFD."""
    return UNSTORABLE.sub("\ufffd", text)


def clean_text(text: str) -> str:
    """`text` as it can be stored and sent anywhere.

    Control characters except tab and newline are left out, the two halves of a surrogate
    pair are joined, and each other half becomes U+FFFD.
    """
    if UNCLEAN.search(text) is None:
        return text
    text = CONTROL.sub("", text)
    if SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clean_json(value: Any) -> Any:
    """A JSON value whose strings, keys among them, are clean (see `clean_text`)."""
    match value:
        case str():
            return clean_text(value)
        case list() | tuple():
            return [clean_json(item) for item in value]
        case dict():
            return {clean_json(key): clean_json(item) for key, item in value.items()}
    return value


class TextCleaner:
    """`clean_text` for text that comes in pieces: a pair may be split over two of them."""

    def __init__(self) -> None:
        self._half = ""  # of a surrogate pair, the last character that came

    def feed(self, piece: str) -> str:
        """The clean text of the next piece, as far as it is complete; may be empty."""
        text = self._half + CONTROL.sub("", piece)
        self._half = ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return clean_text(text)

    def finish(self) -> str:
        """What is left when no piece follows: U+FFFD for a half that waited."""
        half, self._half = self._half, ""
        return clean_text(half)


def is_mostly_non_latin(text: str) -> bool:
    """True if more than half as many characters are non-Latin as stand in Latin words.

    Identifiers in a Chinese question are Latin words too, hence the factor of two.
    """
    latin = sum(map(len, LATIN_WORD.findall(text)))
    return len(NON_LATIN.findall(text)) * 2 > latin


def estimated_tokens(text: str) -> int:
    """An upper estimate of a model's tokens: one per 3 ASCII and one per other character."""
    ascii_chars = len(text.encode("ascii", "ignore"))
    return ascii_chars // 3 + (len(text) - ascii_chars) + 1


def one_line(text: str, chars: int) -> str:
    """The beginning of a text without line breaks and double spaces, see `shorten`."""
    return shorten(" ".join(text[: 10 * chars].split()), chars)


def shorten(text: str, chars: int) -> str:
    """The beginning of a text that is longer than so many characters, with an ellipsis."""
    if len(text) <= chars:
        return text
    return f"{text[:chars]}…"
