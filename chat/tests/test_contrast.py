"""The contrast of the palette, where axe cannot see it (WCAG 2.2, 1.4.3 and 1.4.11), and its sizes of type."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()
STYLES = Path(__file__).resolve().parents[2] / "static/css"
NAMED = re.compile(r"var\(--([\w-]+)\)")
DEFINED = re.compile(r"^ *--([\w-]+):", re.MULTILINE)
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
ROLE = re.compile(r"--([\w-]+): var\(--([\w-]+)\);")
SYNTAX = ("kw", "str", "num", "com", "fn", "cls", "text")
TEXT, EDGE = 4.5, 3.0


def colours(theme):
    """Name of a token -> its colour, in the light (0) or the dark (1) theme."""
    palette = {name: pair[theme] for name, *pair in PAIR.findall(TOKENS)}
    return palette | {role: palette[name] for role, name in ROLE.findall(TOKENS) if name in palette}


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["raised", "mark", "mark-ground"])
@pytest.mark.parametrize("name", SYNTAX)
def test_code_is_readable_on_plain_and_on_marked_lines(theme, ground, name):
    palette = colours(theme)
    assert contrast(palette[name], palette[ground]) >= TEXT


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "raised", "sunken"])
def test_the_border_of_a_field_is_seen(theme, ground):
    palette = colours(theme)
    assert contrast(palette["field"], palette[ground]) >= EDGE


def test_every_colour_that_a_style_names_exists():
    # The admin's style stands on those of Django's own.
    paths = [path for path in STYLES.glob("*.css") if path.stem != "admin"]
    styles = "".join(path.read_text() for path in paths)
    assert set(NAMED.findall(styles)) - set(DEFINED.findall(styles)) == set()


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["accent", "brick"])
def test_the_text_of_a_filled_button_is_readable(theme, ground):
    palette = colours(theme)
    assert contrast(palette["on-accent"], palette[ground]) >= TEXT


FONT_SIZE = re.compile(r"font(?:-size)?:[^;]*?([\d.]+)rem")
MOST_SIZES = 10


def test_the_pages_have_few_sizes_of_type():
    styles = [path.read_text() for path in STYLES.glob("*.css") if path.stem != "slides"]
    sizes = {size for text in styles for size in FONT_SIZE.findall(text)}
    assert len(sizes) <= MOST_SIZES, sorted(sizes, key=float)
