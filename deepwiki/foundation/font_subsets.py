"""Fonts of installed packages as WOFF2 with the characters of the interface's languages.

A character that is left out is shown in a font of the reader's system, as are Chinese,
Japanese and Korean. The subsets carry no name: that of the whole font may be reserved
(SIL Open Font License 1.1, 3); copyright and licence stay in them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

# Latin with Vietnamese, Cyrillic, punctuation, currency, arrows, mathematics, boxes.
CHARACTERS = (
    "U+0020-017F,U+0192,U+01A0-01A1,U+01AF-01B0,U+0218-021B,U+02C6-02DD,U+0300-0304,"
    "U+0306-030C,U+0323,U+0328,U+03A9,U+03BC,U+03C0,U+0400-045F,U+0490-0491,U+1EA0-1EF9,"
    "U+2010-2027,U+202F-203A,U+2044,U+20AC,U+20BD,U+2116,U+2122,U+2190-2199,U+21D2,"
    "U+2202-22A5,U+2500-257F,U+25A0-25CF,U+2304,U+2713,U+2717"
)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "calt"]
COPYRIGHT, LICENCE, LICENCE_URL = 0, 13, 14  # ids of the name table
DIGEST_CHARS = 12


def subset(font: Path, folder: Path) -> Path:
    """The subset of a font as a file below `folder`, made once: in about a second."""
    name = f"{font.stem.partition('[')[0]}.woff2"
    target = folder / _digest(font) / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{id(target)}.part")
        _write_subset(font, partial)
        partial.replace(target)
    return target


def _digest(font: Path) -> str:
    """Of the font and of what is kept of it."""
    wanted = f"{CHARACTERS} {FEATURES}".encode()
    return hashlib.sha256(font.read_bytes() + wanted).hexdigest()[:DIGEST_CHARS]


def _write_subset(font: Path, target: Path) -> None:
    from fontTools import subset as fonttools  # a second to import, once for a data folder

    options = fonttools.Options(
        flavor="woff2",
        hinting=False,
        layout_features=FEATURES,
        name_IDs=[COPYRIGHT, LICENCE, LICENCE_URL],
    )
    subsetter = fonttools.Subsetter(options)
    subsetter.populate(unicodes=fonttools.parse_unicodes(CHARACTERS))
    with fonttools.load_font(str(font), options) as loaded:
        subsetter.subset(loaded)
        fonttools.save_font(loaded, str(target), options)
