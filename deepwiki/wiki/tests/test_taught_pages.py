"""Slides and workshops made from the code: what they say is there, and no wrong choice is right."""

from __future__ import annotations

import itertools
import re

import pytest

from deepwiki.wiki.content import BlockRole, DiagramBlock, PageContent, TextBlock
from deepwiki.wiki.pages import markdown, write_page
from deepwiki.wiki.pages.exercise import Exercise, Question
from deepwiki.wiki.pages.slide import MAX_BULLETS, is_title, starts
from deepwiki.wiki.plan import PageKind, plan_wiki
from deepwiki.wiki.tests.memory_index import MemoryIndex
from deepwiki.wiki.tests.test_hostile_pages import HARM
from deepwiki.wiki.tests.test_pages import FILES

INDEX = MemoryIndex(FILES)
PLAN = plan_wiki(INDEX.code)
CITATION = re.compile(r"`([^`\s:]+):L(\d+)(?:-L(\d+))?`")


def written(kind):
    page = next(page for page in PLAN.pages if page.kind is kind)
    return write_page(page, PLAN, INDEX.code, MemoryIndex(FILES))


@pytest.fixture(scope="module")
def slides():
    return written(PageKind.SLIDES)


@pytest.fixture(scope="module")
def workshop():
    return written(PageKind.WORKSHOP)


def of_role(content, *roles):
    texts = [block for block in content.blocks if isinstance(block, TextBlock)]
    return [block.markdown for block in texts if block.role in roles]


def parted(content):
    places = [*starts(content.blocks), len(content.blocks)]
    return [content.blocks[one:other] for one, other in itertools.pairwise(places)]


def test_slides_are_planned_last_and_describe_no_files():
    last = PLAN.pages[-2:]
    assert [(page.slug, page.files) for page in last] == [("slides", ()), ("workshop", ())]


def test_a_slide_has_a_title_and_bullets_or_a_diagram_or_a_quote(slides):
    found = parted(slides)
    assert len(found) >= 5
    for slide in found:
        assert is_title(slide[0])
        shown = [block for block in slide[1:] if getattr(block, "role", "") == ""]
        assert len(shown) == 1
        if isinstance(shown[0], TextBlock) and shown[0].markdown.startswith("- "):
            assert len(shown[0].markdown.split("\n")) <= MAX_BULLETS


def test_slides_have_a_diagram_quoted_lines_and_notes(slides):
    assert any(isinstance(block, DiagramBlock) for block in slides.blocks)
    assert any(text.startswith("```") for text in of_role(slides, BlockRole.BODY))
    assert of_role(slides, BlockRole.NOTES)


@pytest.mark.parametrize("kind", [PageKind.SLIDES, PageKind.WORKSHOP])
def test_every_citation_is_of_lines_that_are_there(kind):
    found = CITATION.findall(markdown(written(kind)))
    assert len(found) > 5
    for path, start, end in found:
        assert 1 <= int(start) <= int(end or start) <= FILES[path].count("\n") + 1


def test_an_exercise_has_steps_and_a_question_with_one_right_choice(workshop):
    found = parted(workshop)
    assert len(found) >= 2
    for exercise in found:
        roles = [block.role for block in exercise]
        assert roles.count(BlockRole.RIGHT_CHOICE) == 1
        assert roles.count(BlockRole.CHOICE) >= 1
        assert {BlockRole.GOAL, BlockRole.QUESTION, BlockRole.EXPLANATION} <= set(roles)
        assert exercise[2].markdown.startswith("1. ")


def test_the_place_of_the_right_choice_tells_nothing():
    places = set()
    for number in range(20):
        question = Question("Which?", f"`r{number}`", ("`a`", "`b`", "`c`"), "So.")
        exercise = Exercise("T", "G", ("S",), (), question)
        roles = [block.role for block in exercise.blocks()]
        places.add(roles.index(BlockRole.RIGHT_CHOICE) - roles.index(BlockRole.QUESTION))
    assert places == {1, 2, 3, 4}


def test_roles_are_stored_and_shown_in_markdown(workshop):
    assert PageContent.from_json(workshop.as_json()) == workshop
    choice = of_role(workshop, BlockRole.CHOICE)[0]
    assert f"\n- {choice}\n" in markdown(workshop)


def test_no_wrong_choice_is_a_right_answer():
    """Whoever calls a definition is no wrong choice for who calls it."""
    calls = "\n\n".join(f"def user_{n}():\n    return helper({n})" for n in range(6))
    plain = "\n\n".join(f"def other_{n}():\n    return {n}" for n in range(6))
    files = {
        "a.py": "def helper(n):\n    return n + 1\n",
        "b.py": f"from a import helper\n\n\n{calls}\n",
        "c.py": f"from b import user_1\n\n\n{plain}\n",
    }
    index = MemoryIndex(files)
    plan = plan_wiki(index.code)
    page = next(page for page in plan.pages if page.kind is PageKind.WORKSHOP)
    content = write_page(page, plan, index.code, index)
    for exercise in parted(content):
        if "calls `helper`" not in exercise[1].markdown and "`helper`" in exercise[0].markdown:
            wrong = [block.markdown for block in exercise if getattr(block, "role", "") == "choice"]
            assert wrong
            assert not [name for name in wrong if name.startswith("`user_")]


def test_hostile_code_makes_titles_and_choices_that_are_text():
    files = {
        f"{n}.py": f'"""{HARM}"""\nfrom x import f\n\ndef g{n}():\n    """{HARM}"""\n    f()\n'
        for n in range(4)
    }
    files |= {"x.py": f'def f():\n    """{HARM}"""\n', "README.md": f"# {HARM}\n\n{HARM}\n"}
    index = MemoryIndex(files, HARM)
    plan = plan_wiki(index.code)
    for page in plan.pages[-2:]:
        text = markdown(write_page(page, plan, index.code, index))
        assert "<script" not in re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL).replace(
            "\\<", ""
        )
        assert "](javascript" not in text.replace("\\]", "")
