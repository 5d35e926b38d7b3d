"""Fonts of installed packages as WOFF2, in parts that a browser loads when a page needs them.

Each part holds the characters of some of the interface's languages; the stylesheet names them
by `unicode-range`. A character that is left out is shown in a font of the reader's system, as
are Chinese, Japanese and Korean. The subsets carry no name: that of the whole font may be
reserved (SIL Open Font License 1.1, 3); copyright and licence stay in them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.subset import Options
    from fontTools.ttLib import TTFont

# The same ranges stand in static/css/tokens.css.
CHARACTERS = {
    "latin": (
        "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2010-2015,"
        "U+2018-201E,U+2020-2022,U+2026,U+202F-2030,U+2039-203A,U+2044,U+20AC,U+2116,U+2122,"
        "U+2190-2193,U+2212,U+2260,U+2264-2265,U+2713,U+2717"
    ),
    "cyrillic": "U+0400-045F,U+0490-0491,U+20BD",
    # The other Latin letters, those of Vietnamese included, and marks that join them.
    "extended": (
        "U+0100-0130,U+0132-0151,U+0154-017F,U+0192,U+01A0-01A1,U+01AF-01B0,U+0218-021B,"
        "U+02C7,U+02C9,U+02D8-02D9,U+02DB,U+02DD,U+0300-0304,U+0306-030C,U+0323,U+0328,"
        "U+1EA0-1EF9"
    ),
    # Mathematics, boxes, and the remaining arrows.
    "symbols": (
        "U+03A9,U+03BC,U+03C0,U+2023-2025,U+2027,U+2031-2038,U+2194-2199,U+21D2,U+2202-2211,"
        "U+2213-225F,U+2261-2263,U+2266-22A5,U+2500-257F,U+25A0-25CF,U+2304"
    ),
}
# No ligatures: code is shown as it is written.
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]
COPYRIGHT, LICENCE, LICENCE_URL = 0, 13, 14  # ids of the name table
DIGEST_CHARS = 12
WEIGHT = "wght"
Weights = tuple[int, int]  # lowest and highest; the same for one


@dataclass(frozen=True)
class PackagedFont:
    """A font file of a package; of its weights, all or those between two are kept."""

    package: str
    file: str
    weights: Weights | None = None


def subsets(font: Path, weights: Weights | None, folder: Path) -> list[Path]:
    """The parts of a font as files below `folder`, made once: in some seconds."""
    stem = font.stem.partition("[")[0]
    target = folder / _digest(font, weights)
    parts = {name: target / f"{stem}-{name}.woff2" for name in CHARACTERS}
    if not all(path.exists() for path in parts.values()):
        target.mkdir(parents=True, exist_ok=True)
        _write_parts(font, weights, parts)
    return list(parts.values())


def _digest(font: Path, weights: Weights | None) -> str:
    """Of the font and of what is kept of it."""
    content = font.read_bytes() + _wanted(weights)
    return hashlib.sha256(content).hexdigest()[:DIGEST_CHARS]


def _wanted(weights: Weights | None) -> bytes:
    return f"{CHARACTERS} {FEATURES} {weights}".encode()


def _write_parts(font: Path, weights: Weights | None, parts: dict[str, Path]) -> None:
    whole = _subset(font.read_bytes(), ",".join(CHARACTERS.values()), None)
    if weights is not None:
        whole = _limited(whole, weights)
    for name, path in parts.items():
        partial = path.with_suffix(f".{id(path)}.part")
        partial.write_bytes(_subset(whole, CHARACTERS[name], "woff2"))
        partial.replace(path)


def _limited(font: bytes, weights: Weights) -> bytes:
    """A variable font at these weights alone."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    return _saved(instancer.instantiateVariableFont(TTFont(BytesIO(font)), {WEIGHT: weights}))


def _subset(font: bytes, characters: str, flavor: str | None) -> bytes:
    from fontTools import subset  # a second to import, once for a data folder

    options = _options(flavor)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(characters))
    with subset.load_font(BytesIO(font), options) as loaded:
        subsetter.subset(loaded)
        loaded.flavor = flavor
        return _saved(loaded)


def _options(flavor: str | None) -> Options:
    from fontTools.subset import Options

    return Options(
        flavor=flavor,
        hinting=False,
        layout_features=FEATURES,
        name_IDs=[COPYRIGHT, LICENCE, LICENCE_URL],
    )


def _saved(font: TTFont) -> bytes:
    written = BytesIO()
    font.save(written)
    return written.getvalue()
