"""Any code base has a plan that holds together, any settings are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepwiki.wiki.plan import (
    JSON_PATH,
    TOML_PATH,
    CodeBase,
    FileLink,
    LinkKind,
    PageKind,
    PlannedFile,
    match_plan,
    plan_wiki,
    read_settings,
)
from deepwiki.wiki.plan.identity import FormerPage

pytestmark = pytest.mark.fuzz

NAMES = st.text(
    st.characters(blacklist_characters="/", blacklist_categories=["Cs"]), min_size=1, max_size=8
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
FILES = st.builds(
    PlannedFile,
    path=PATHS,
    language=st.sampled_from(["python", "html", ""]),
    role=st.sampled_from(["code", "test", "docs"]),
    lines=st.integers(0, 5_000),
    rank=st.floats(0, 100),
    in_degree=st.integers(0, 50),
    size=st.integers(0, 100_000),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["pages", "repo_notes", "title", "parent", "content", "include", "purpose"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@st.composite
def code_bases(draw):
    files = {file.path: file for file in draw(st.lists(FILES, max_size=40))}
    paths = sorted(files)
    links = []
    if paths:
        chosen = st.tuples(st.sampled_from(paths), st.sampled_from(paths), st.floats(0.1, 9))
        links = [
            FileLink(a, b, LinkKind.IMPORT, w) for a, b, w in draw(st.lists(chosen, max_size=60))
        ]
    return CodeBase("a/b", "c", files, links)


@given(code_bases())
def test_a_plan_holds_together(code):
    plan = plan_wiki(code)
    slugs = [page.slug for page in plan.pages]
    assert len(slugs) == len(set(slugs)) and all(
        slug.isascii() and len(slug) <= 100 for slug in slugs
    )
    assert all(page.title.strip() and len(page.title) <= 200 for page in plan.pages)
    assert all(set(page.files) <= set(code.files) for page in plan.pages)
    seen = {""}
    for page in plan.pages:
        assert page.parent in seen
        seen.add(page.slug)
    programs = [path for path, file in code.files.items() if file.role == "code"]
    assert set(programs) <= set(plan.page_of_file)
    again = [
        FormerPage(n, p.slug, p.kind, p.topic, p.title, frozenset(p.files))
        for n, p in enumerate(plan.pages)
    ]
    matched = match_plan(plan, again)
    assert [p.slug for p in matched.plan.pages] == slugs


@given(code_bases(), JSON)
def test_any_settings_make_a_plan(code, value):
    import json

    settings = read_settings({JSON_PATH: json.dumps(value)})
    plan = plan_wiki(code, settings=settings)
    assert len({page.slug for page in plan.pages}) == len(plan.pages)
    assert all(page.kind in PageKind for page in plan.pages)


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    read_settings({JSON_PATH: text, TOML_PATH: text})
