"""Pure text functions that several apps need. No Django."""

from __future__ import annotations

import re

# Characters that cannot be stored in PostgreSQL (NUL, lone surrogates) or have no place in
# text (other C0 control characters except tab, newline and carriage return).
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
# Greek up to Hangul and the compatibility blocks: scripts that source code is not written in.
NON_LATIN = re.compile(r"[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff\uff66-\uffdc]")


def clean(text: str) -> str:
    """`text` with every character that cannot be stored replaced by U+FFFD."""
    return UNSTORABLE.sub("\ufffd", text)


def is_mostly_non_latin(text: str) -> bool:
    """True if more than half as many characters are non-Latin as stand in Latin words.

    Identifiers in a Chinese question are Latin words too, hence the factor of two.
    """
    latin = sum(map(len, LATIN_WORD.findall(text)))
    return len(NON_LATIN.findall(text)) * 2 > latin
