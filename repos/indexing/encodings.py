"""Encodings: from a file's bytes to its text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from repos.indexing.declared_encodings import declared_encoding
from repos.indexing.legacy_encodings import decode_as, detect

# Byte order marks; that of UTF-32 begins like that of UTF-16.
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# Without a mark: the codec, the bytes of a character and the places where ASCII has zeros.
WIDE = (
    ("utf-32-le", 4, (1, 2, 3)),
    ("utf-32-be", 4, (0, 1, 2)),
    ("utf-16-le", 2, (1,)),
    ("utf-16-be", 2, (0,)),
)
WIDE_SAMPLE_BYTES = 4_000
MARK_SAMPLE_CHARS = 2_000
MIN_USUAL_SHARE = 0.97
MAX_SCRIPTS = 3
BINARY_CHECK_BYTES = 8_000
MAX_CONTROL_SHARE = 1 / 20
CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"
REPLACEMENT = "\ufffd"
LINE_END = re.compile(r"(?<!\r)\r++\n")
MAX_DECLARED_ERRORS = 1 / 50
# Seven-bit Japanese and Korean: escape sequences that select double-byte sets.
ESCAPES = re.compile(rb"\x1b\$[@B]|\x1b\$\(D|\x1b\$\)C")


def decode(data: bytes) -> str | None:
    """The text in `data` with `\\n` line ends, None if it is none. Does not raise.

    UTF-8 that is valid, or mostly so; UTF-16 and UTF-32 with and without a byte order
    mark; the encoding that the file names; the one detected; else Windows-1252.
    """
    text = _decoded(data)
    if text is None:
        return None
    return _with_unix_lines(text.replace("\x00", REPLACEMENT))


def _with_unix_lines(text: str) -> str:
    """Lines end as git and its hosts count them: at `\\n`, a `\\r` before it or not.

    A `\\r` by itself, a form feed or U+2028 is a character of its line.
    """
    return LINE_END.sub("\n", text)


def _decoded(data: bytes) -> str | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _plausible(data.decode(encoding, "replace").removeprefix("\ufeff"))
    if b"\x00" in data[:BINARY_CHECK_BYTES]:
        return _decoded_wide(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded_damaged(data)
    if ESCAPES.search(data):
        return _decoded_seven_bit(data) or text
    return text


def _plausible(text: str) -> str | None:
    """None for bytes that begin like a byte order mark by chance."""
    sample = text[:MARK_SAMPLE_CHARS]
    unusual = len(sample) - sum(map(_is_usual, sample))
    return None if unusual > 1 + len(sample) * MAX_CONTROL_SHARE else text


def _decoded_wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, None if it gives no text."""
    for encoding, width, zeros in WIDE:
        sample = data[: WIDE_SAMPLE_BYTES // width * width]
        if len(data) % width == 0 and _is_wide(sample, encoding, width, zeros):
            return data.decode(encoding, "replace")
    return None


def _is_wide(sample: bytes, encoding: str, width: int, zeros: tuple[int, ...]) -> bool:
    """Whether the zeros are where the encoding has them, and it gives usual text."""
    usual_zeros = sum(sample[place::width].count(0) for place in zeros)
    if usual_zeros * 2 < sample.count(0) or sample.count(b"\x00" * width):
        return False
    text = sample.decode(encoding, "replace").rstrip(REPLACEMENT)
    return (
        bool(text)
        and sum(map(_is_usual, text)) >= len(text) * MIN_USUAL_SHARE
        and (text.isascii() or _is_coherent(text))
    )


def _is_usual(char: str) -> bool:
    """A character that texts have: assigned, not private, no control."""
    if char in "\t\n\r\f":
        return True
    return char != REPLACEMENT and unicodedata.category(char)[0] != "C"


def _is_coherent(text: str) -> bool:
    """Whether the letters are of few scripts (the first word of a letter's name)."""
    scripts = Counter(
        unicodedata.name(char, "?").split()[0] for char in text if char.isalpha() or char > "\x7f"
    )
    few = sum(count for _, count in scripts.most_common(MAX_SCRIPTS))
    return few >= scripts.total() * 0.9 and any(char in "\n \u3000" for char in text)


def _decoded_damaged(data: bytes) -> str | None:
    """The text of bytes that are not valid UTF-8."""
    if _is_binary(data[:BINARY_CHECK_BYTES]):
        return None
    text = data.decode("utf-8-sig", "replace")
    if _is_mostly_valid(data, text):
        return text
    declared = declared_encoding(data)
    if declared:
        text = decode_as(data, declared)
        if text.count(REPLACEMENT) <= _non_ascii(text) * MAX_DECLARED_ERRORS:
            return text
    encoding = detect(data)
    return decode_as(data, encoding) if encoding else None


def _is_mostly_valid(data: bytes, text: str) -> bool:
    """Whether at least as many characters outside ASCII are valid UTF-8 as are not."""
    broken = text.count(REPLACEMENT) - data.count(REPLACEMENT.encode())
    return _non_ascii(text) - broken >= max(1, broken)


def _non_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _is_binary(data: bytes) -> bool:
    controls = len(data) - len(data.translate(None, CONTROLS))
    return controls > max(1, len(data) * MAX_CONTROL_SHARE)


def _decoded_seven_bit(data: bytes) -> str | None:
    """ISO-2022 text, None if it is none."""
    for encoding in ("iso2022_jp_ext", "iso2022_kr"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
