"""The colours and the font of diagrams, for a light page and for a dark one."""

from __future__ import annotations

import json
import re

FRONT_MATTER = re.compile(r"\s*---\n.*?\n---[^\S\n]*\n", re.DOTALL)
FONT = "system-ui, -apple-system, Segoe UI, Noto Sans, sans-serif"  # none is loaded in a picture
# Of parts that have nothing but their colour to be told by.
PARTS = ("#cfe3e0", "#f3dcae", "#f0cfc5", "#d3e2c8", "#e0d2f0", "#d9d4c8")


def _numbered(name: str, first: int) -> dict[str, str]:
    """The variables of a name and a number, each with one of PARTS."""
    return {f"{name}{number}": colour for number, colour in enumerate(PARTS, first)}


# As static/css/tokens.css has them.
LIGHT = {
    "primaryColor": "#fffdf8",
    "primaryBorderColor": "#857d6b",
    "primaryTextColor": "#1d1b18",
    "secondaryColor": "#f1ecdf",
    "tertiaryColor": "#f1ecdf",
    "lineColor": "#5d574d",
    "textColor": "#1d1b18",
    "edgeLabelBackground": "#faf7f0",
    "clusterBkg": "#f1ecdf",
    "clusterBorder": "#ddd5c3",
    "actorBkg": "#fffdf8",
    "actorBorder": "#857d6b",
    "actorTextColor": "#1d1b18",
    "actorLineColor": "#857d6b",
    "signalColor": "#5d574d",
    "signalTextColor": "#1d1b18",
    "classText": "#1d1b18",
    "noteBkgColor": "#f7e8c8",
    "noteBorderColor": "#857d6b",
    "noteTextColor": "#1d1b18",
    "rowOdd": "#fffdf8",
    "rowEven": "#f1ecdf",
    **_numbered("pie", 1),
    **_numbered("cScale", 0),
    **_numbered("git", 0),
}
DARK_OF = {
    "#fffdf8": "#2c2e32",
    "#857d6b": "#8c8e94",
    "#1d1b18": "#e6e2d9",
    "#f1ecdf": "#121315",
    "#5d574d": "#b0aba0",
    "#faf7f0": "#202124",
    "#ddd5c3": "#43464c",
    "#f7e8c8": "#352b17",
    "#cfe3e0": "#1f4a4b",
    "#f3dcae": "#54401a",
    "#f0cfc5": "#5a3027",
    "#d3e2c8": "#33492a",
    "#e0d2f0": "#43335c",
    "#d9d4c8": "#45474b",
}
DARK = {name: DARK_OF[colour] for name, colour in LIGHT.items()}


THEMES = {"light": LIGHT, "dark": DARK}
PAPER_OF_TEXT = {each["textColor"]: each["edgeLabelBackground"] for each in THEMES.values()}
MARK = re.compile(r"%% theme: (light|dark)\n")  # a comment of Mermaid


def in_theme(theme: str, source: str) -> str:
    """A source that is to be drawn in `light` or `dark`: short, for addresses."""
    return f"%% theme: {theme}\n{source}"


def with_colours(source: str) -> str:
    """The Mermaid of a source of `in_theme`: a directive behind its front matter.

    Any other source stays as it is.
    """
    mark = MARK.match(source)
    if mark is None:
        return source
    source = source[mark.end() :]
    variables = {**THEMES[mark[1]], "fontFamily": FONT}
    directive = json.dumps({"theme": "base", "look": "classic", "themeVariables": variables})
    front = FRONT_MATTER.match(source)
    start = front.end() if front else 0
    return f"{source[:start]}%%{{init: {directive}}}%%\n{source[start:]}"
