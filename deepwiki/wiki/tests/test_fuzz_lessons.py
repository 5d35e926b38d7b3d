"""Any JSON of a model is refused or makes a page that can be stored and cites what exists."""

import contextlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.lessons import CheckedFiles, NotUsable, slides_from_json, workshop_from_json
from deepwiki.wiki.pages import markdown
from deepwiki.wiki.pages.slide import MAX_SLIDES, starts
from deepwiki.wiki.tests.lessons import TEXTS

CITATION = re.compile(r"`shop/prices\.py:L(\d+)(?:-L(\d+))?`")
KEYS = (
    "title bullets notes quote diagram nodes edges key label path line text start end source target "
    "goal steps hints question choices right explanation"
).split()
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 40)
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["shop/prices.py", "a", "b"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=40,
)
cited = st.fixed_dictionaries(
    {
        "text": scalars,
        "path": st.sampled_from(["shop/prices.py", "none.py"]),
        "start": st.integers(-1, 40),
        "end": st.integers(-1, 40),
    }
)
slides = st.lists(
    st.fixed_dictionaries({"title": scalars, "bullets": st.lists(cited, max_size=8)}) | values,
    max_size=8,
)
exercises = st.lists(
    st.fixed_dictionaries(
        {
            "title": scalars,
            "goal": scalars,
            "steps": st.lists(cited, max_size=4),
            "hints": values,
            "question": st.fixed_dictionaries(
                {
                    "text": scalars,
                    "choices": st.lists(scalars, max_size=8),
                    "right": scalars,
                    "explanation": cited,
                }
            ),
        }
    )
    | values,
    max_size=6,
)


def checked(make, text):
    files = CheckedFiles(TEXTS)
    with contextlib.suppress(NotUsable):
        content = make(text, files, "All.")
        assert 1 <= len(starts(content.blocks)) <= MAX_SLIDES
        stored = json.loads(json.dumps(content.as_json()))
        assert PageContent.from_json(stored) == content
        text = markdown(content)
        text.encode()
        assert "\0" not in text
        for start, end in CITATION.findall(text):
            assert 1 <= int(start) <= int(end or start) <= 30


@pytest.mark.fuzz
@given(slides)
def test_any_slides_are_checked(value):
    checked(slides_from_json, json.dumps({"slides": value}))


@pytest.mark.fuzz
@given(exercises)
def test_any_exercises_are_checked(value):
    checked(workshop_from_json, json.dumps({"exercises": value}))


@pytest.mark.fuzz
@given(st.text(max_size=200))
def test_any_text_is_refused_or_checked(text):
    checked(slides_from_json, text)
    checked(workshop_from_json, f'{{"exercises": {text}}}')
