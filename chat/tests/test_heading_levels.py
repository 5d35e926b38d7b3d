"""Headings of an answer leave no level out, streamed or whole."""

import re

import pytest

from chat.rendering import live_blocks, render
from chat.rendering.live_blocks import LiveBlocks

pytestmark = pytest.mark.integration
# As a model writes levels, and as they are shown below a question, which is an `h2`.
LEVELS = {
    "###": [3],
    "### ###": [3, 3],
    "## ### ## ####": [3, 4, 3, 4],
    "#### ## ### #": [3, 3, 4, 3],
    "# ## ### #### ##": [3, 4, 5, 6, 4],
}


def headings(html):
    tags = re.findall(r"<(/?)h([1-6])", html)
    assert [level for slash, level in tags if slash] == [
        level for slash, level in tags if not slash
    ]
    return [int(level) for slash, level in tags if not slash]


def text_of(marks):
    return "".join(f"{mark} Part\n\nSome `text`.\n\n" for mark in marks.split())


@pytest.mark.parametrize("marks", LEVELS)
def test_a_heading_is_at_most_one_level_below_the_one_before(marks):
    assert headings(render(text_of(marks))) == LEVELS[marks]


@pytest.mark.parametrize("marks", LEVELS)
def test_a_streamed_answer_has_the_levels_of_the_whole_one(marks, monkeypatch):
    monkeypatch.setattr(live_blocks, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(live_blocks, "LOAD_FACTOR", 0)
    live, shown = LiveBlocks(), {}
    for piece in text_of(marks):
        shown |= {block.block: block.html for block in live.feed(piece)}
    shown |= {block.block: block.html for block in live.finish()}
    assert headings("".join(shown.values())) == LEVELS[marks]


def test_a_part_that_is_closed_before_its_time_keeps_the_levels_for_what_follows():
    live = LiveBlocks()
    first = live.seal("## One\n\n#### Two")
    second = live.finish("#### Three\n\n## Four")
    assert headings("".join(block.html for block in [*first, *second])) == [3, 4, 4, 3]
