"""What opens moves a little, unless the reader asks for less; the planes of the dark theme; in a real Chromium."""

import re

import pytest

from deepwiki.testing.page import bring_session, loaded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITED = "It is rounded (shop/consumers.py:1-2)."
MOVING = "document.getAnimations().map((a) => a.effect.getComputedTiming().duration)"
OPENED = f"(selector) => {{ document.querySelector(selector).click(); return {MOVING}; }}"
PLANES = ["--sunken", "--ground", "--raised"]
COLOURS = """(names) => names.map((name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  return getComputedStyle(probe).color;
})"""
LEAST_RATIO = 1.15


@pytest.fixture
def opened(start, open_page, store_answer):
    """Opens a conversation in a browser of these settings."""
    answer = store_answer(content=CITED, state="complete")

    def opened(**settings):
        live = start()
        page = open_page(live, **settings)
        bring_session(page, live)
        page.goto(f"{live.url}/c/{answer.conversation_id}/")
        loaded(page)
        return page

    return opened


def luminance(colour):
    """Of a colour as `rgb(1, 2, 3)`: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    channels = [int(number) / 255 for number in re.findall(r"\d+", colour)]
    red, green, blue = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("opener", ["[data-action=help]", ".popup summary"])
def test_what_opens_fades_in_for_120_ms(opened, opener):
    page = opened(reduced_motion="no-preference")
    durations = page.evaluate(OPENED, opener)
    assert durations
    assert set(durations) == {120}


@pytest.mark.parametrize(
    "opener", ["[data-action=help]", "[data-action=toggle-rail]", ".popup summary"]
)
def test_nothing_moves_for_who_asks_for_less_motion(opened, opener):
    page = opened(reduced_motion="reduce")
    assert page.evaluate(OPENED, opener) == []


def test_the_rail_fades_away(opened):
    page = opened(reduced_motion="no-preference")
    assert set(page.evaluate(OPENED, "header [data-action=toggle-rail]")) == {120}
    page.wait_for_function(f"() => {MOVING}.length === 0")
    assert not page.is_visible("#rail")


def test_the_three_planes_of_the_dark_theme_differ(opened):
    page = opened(color_scheme="dark")
    sunken, ground, raised = page.evaluate(COLOURS, PLANES)
    assert contrast(sunken, ground) >= LEAST_RATIO
    assert contrast(ground, raised) >= LEAST_RATIO
    assert luminance(sunken) < luminance(ground) < luminance(raised) < 0.05


def test_focus_and_state_are_seen_where_the_system_sets_the_colours(opened):
    page = opened(forced_colors="active")
    page.focus("#question")
    box = "getComputedStyle(document.querySelector('.composer .box')).outlineStyle"
    assert page.evaluate(box) == "solid"
    dot = "getComputedStyle(document.getElementById('header-state')).backgroundColor"
    assert page.evaluate(dot) != page.evaluate("getComputedStyle(document.body).backgroundColor")
