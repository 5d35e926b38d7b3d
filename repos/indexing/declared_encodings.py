"""Encodings that a file names itself: coding cookies, XML, HTML and CSS declarations."""

from __future__ import annotations

import codecs
import re

HEAD_BYTES = 1_024
# PEP 263 and the mode lines of editors, in the first two lines; XML; HTML; CSS.
COOKIE = re.compile(rb"\A(?:[^\n]{0,500}\n)?[^\n]{0,500}?coding[:=][ \t]*([-\w.]{2,30})")
DECLARATION = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding|<meta[^>]{0,200}?charset|\A@charset)\s*=?\s*["']?([-\w.]{2,30})""",
    re.IGNORECASE,
)
# What names stand for in practice (https://encoding.spec.whatwg.org/#names-and-labels).
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "ks_c_5601-1987": "cp949", "x-gbk": "gb18030"}
# Codecs of text in legacy encodings: not of transformations such as `unicode_escape`.
LEGACY = re.compile(
    r"(cp\d+|iso8859-\d+|iso2022_\w+|koi8-\w|mac-\w+|gb18030|cp932|cp949|big5\w*|euc_\w+|johab|hz"
    r"|tis-620|shift_jis\w*)"
)


def declared_encoding(data: bytes) -> str:
    """The codec of the legacy encoding that a file names, empty if it names none."""
    head = data[:HEAD_BYTES]
    match = COOKIE.search(head) or DECLARATION.search(head)
    if match is None:
        return ""
    return _codec(match.group(1).decode("ascii", "replace").lower())


def _codec(label: str) -> str:
    try:
        name = codecs.lookup(LABELS.get(label, label)).name
    except LookupError:
        return "viscii" if label == "viscii" else ""
    name = SUPERSETS.get(name, name)
    return name if LEGACY.fullmatch(name) else ""
