"""Encodings: from a file's bytes to its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
WESTERN = "cp1252"
# Source code in other scripts. Other encodings of Latin scripts are left out: in code
# comments they cannot be told apart from Windows-1252, which differs in few letters.
OTHER_SCRIPTS = ["cp932", "euc_jp", "gb18030", "big5", "cp949"]  # CJK
OTHER_SCRIPTS += ["cp1251", "koi8_r", "cp866", "cp1253", "cp1255"]  # Cyrillic, Greek, Hebrew
HIGH_BYTES = bytes(range(0x80, 0x100))
# Latin scripts have accented letters one by one, other scripts whole words of high bytes.
HIGH_RUN = re.compile(rb"[\x80-\xff]{4,}")
MIN_WORDS = 5
MIN_WORD_SHARE = 1 / 2  # of all high bytes
SAMPLE_BYTES = 16_000
BINARY_CHECK_BYTES = 8_000
CONTROL_CHECK_CHARS = 4_000
MAX_CONTROL_SHARE = 1 / 20


def decode(data: bytes) -> str | None:
    """The text in `data` with `\\n` line ends, None if it is none. Does not raise.

    UTF-8, UTF-16 with a byte order mark, a detected encoding of another script than
    Latin, else Windows-1252.
    """
    text = _decoded(data)
    if text is None:
        return None
    return _with_unix_lines(text.replace("\x00", "\ufffd"))


def _with_unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    if data.startswith(UTF_16_MARKS):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:BINARY_CHECK_BYTES]:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded_legacy(data)


def _decoded_legacy(data: bytes) -> str | None:
    text = data.decode(WESTERN, "replace")
    if _is_binary(text[:CONTROL_CHECK_CHARS]):
        return None
    if _is_other_script(data):
        return data.decode(_detected_encoding(data), "replace")
    return text


def _is_binary(text: str) -> bool:
    controls = sum(char == "\ufffd" or _is_control(char) for char in text)
    return controls > len(text) * MAX_CONTROL_SHARE


def _is_control(char: str) -> bool:
    return char < " " and char not in "\t\n\r\f"


def _is_other_script(data: bytes) -> bool:
    """Whether `data` contains several words of another script, and little else in Latin."""
    runs = HIGH_RUN.findall(data)
    words = {run for run in runs if _is_word(run)}
    if len(words) < MIN_WORDS:
        return False
    high_bytes = len(data) - len(data.translate(None, HIGH_BYTES))
    return sum(map(len, runs)) >= high_bytes * MIN_WORD_SHARE


def _is_word(run: bytes) -> bool:
    """Not a decoration of one or two characters, nor a table of ascending letters."""
    return len(set(run)) > 2 and bytes(sorted(run)) != run


def _detected_encoding(data: bytes) -> str:
    """The most probable encoding of the lines with words of another script."""
    sample = b"\n".join(_sample_lines(data))
    match = from_bytes(sample, cp_isolation=[WESTERN, *OTHER_SCRIPTS]).best()
    if match is None:
        return WESTERN
    return match.encoding


def _sample_lines(data: bytes) -> Iterator[bytes]:
    size = 0
    for line in data.splitlines():
        if size > SAMPLE_BYTES:
            return
        if HIGH_RUN.search(line):
            size += len(line)
            yield line
