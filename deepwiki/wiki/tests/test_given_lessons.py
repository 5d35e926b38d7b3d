"""Slides and workshops of a model: only what exists is taken."""

import json

import pytest

from deepwiki.wiki.content import BlockRole, DiagramBlock, Origin
from deepwiki.wiki.lessons import CheckedFiles, NotUsable, slides_from_json, workshop_from_json
from deepwiki.wiki.pages import markdown
from deepwiki.wiki.tests.lessons import GIVEN_SLIDES, GIVEN_WORKSHOP, TEXTS, given


def changed(value, path, new):
    """A copy of JSON with another value at a path of keys."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return given(copy)


def test_slides_keep_what_exists_and_count_the_rest():
    files = CheckedFiles(TEXTS, {"shop/prices.py": "python"})
    text = markdown(slides_from_json(f"Here:\n```json\n{given(GIVEN_SLIDES)}\n```", files, "All."))
    assert "- It sums `up`. `shop/prices.py:L2-L4`" in text
    assert "nowhere" not in text
    assert "Behind" not in text
    assert files.left_out == 2


def test_quoted_lines_are_those_of_the_file():
    files = CheckedFiles(TEXTS)
    text = markdown(slides_from_json(given(GIVEN_SLIDES), files, "All."))
    assert "line 5\nline 6\n```\n\n`shop/prices.py:L5-L6`" in text


def test_a_diagram_is_marked_as_said_by_the_model():
    content = slides_from_json(given(GIVEN_SLIDES), CheckedFiles(TEXTS), "All.")
    (block,) = [block for block in content.blocks if isinstance(block, DiagramBlock)]
    assert [(edge.source, edge.origin) for edge in block.edges] == [("a", Origin.MODEL)]


def test_a_diagram_of_files_that_do_not_exist_is_left_out():
    text = changed(GIVEN_SLIDES, ["slides", 2, "diagram", "nodes", 1, "path"], "none.py")
    files = CheckedFiles(TEXTS)
    content = slides_from_json(text, files, "All.")
    assert not [block for block in content.blocks if isinstance(block, DiagramBlock)]
    assert files.left_out == 3


def test_an_exercise_is_taken_whole():
    content = workshop_from_json(given(GIVEN_WORKSHOP), CheckedFiles(TEXTS), "Do it.")
    right = [block.markdown for block in content.blocks if block.role is BlockRole.RIGHT_CHOICE]
    assert right == ["`b`"]
    assert "1. Open it. `shop/prices.py:L1-L3`" in markdown(content)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (["title"], ""),
        (["goal"], None),
        (["steps"], []),
        (["steps", 0, "path"], "none.py"),
        (["steps", 0, "end"], 10**30),
        (["steps", 0, "start"], True),
        (["question", "right"], 2),
        (["question", "right"], -1),
        (["question", "right"], True),
        (["question", "choices"], ["a"]),
        (["question", "choices"], ["a", "a"]),
        (["question", "explanation", "start"], 0),
        (["question"], "no"),
    ],
)
def test_an_exercise_that_is_not_whole_is_left_out(path, new):
    files = CheckedFiles(TEXTS)
    with pytest.raises(NotUsable):
        workshop_from_json(changed(GIVEN_WORKSHOP, ["exercises", 0, *path], new), files, "Do it.")
    assert files.left_out


@pytest.mark.parametrize(
    "text",
    [
        "",
        "prose",
        "[]",
        '{"slides": 1}',
        "{" * 100_000,
        '{"slides": [[]]}',
        "x" * 300_000,
        '{"slides": []}',
    ],
    ids=["empty", "prose", "list", "number", "nested", "lists", "long", "none"],
)
def test_what_is_no_slides_is_refused(text):
    with pytest.raises(NotUsable):
        slides_from_json(text, CheckedFiles(TEXTS), "All.")


def test_markup_of_a_model_is_text():
    harm = "<script>alert(1)</script> [x](javascript:y) ![i](http://e.example)"
    text = changed(GIVEN_SLIDES, ["slides", 0, "bullets", 0, "text"], harm)
    shown = markdown(slides_from_json(text, CheckedFiles(TEXTS), "All."))
    assert "\\<script\\>" in shown
    assert "\\[x\\]" in shown
