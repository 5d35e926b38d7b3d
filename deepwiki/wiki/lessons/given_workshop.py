"""A workshop from the JSON of a model.

`{"exercises": [{"title", "goal", "steps": [{"text", "path", "start", "end"}], "hints": [text],
"question": {"text", "choices": [text], "right": place from 0, "explanation": {"text", "path",
"start", "end"}}}]}`
"""

from __future__ import annotations

from collections.abc import Iterator

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.lessons.checked_json import (
    MAX_TITLE_CHARS,
    CheckedFiles,
    Item,
    NotUsable,
    an_object,
    items_of,
    objects,
    texts,
    words,
)
from deepwiki.wiki.pages.escaping import one_line
from deepwiki.wiki.pages.exercise import MAX_CHOICES, Exercise, Question, exercise_blocks

MAX_STEPS = 12
MAX_HINTS = 4


def workshop_from_json(text: str, files: CheckedFiles, summary: str) -> PageContent:
    """The page of the exercises that can be used. Raises NotUsable for JSON without any.

    An exercise needs a title, a goal, a step at lines that exist, and a question whose right
    choice is among at least two different ones and is explained at lines that exist; others
    are left out and counted in `files.left_out`.
    """
    found = [each for item in items_of(text, "exercises") for each in _exercise(item, files)]
    blocks = exercise_blocks(found)
    if not blocks:
        raise NotUsable("no exercise that is whole")
    return PageContent(one_line(summary, 300), blocks)


def _exercise(item: Item, files: CheckedFiles) -> Iterator[Exercise]:
    title, goal = words(item.get("title"), MAX_TITLE_CHARS), words(item.get("goal"))
    steps = tuple(_steps(item, files))
    for question in _questions(an_object(item.get("question")), files):
        if title and goal and steps:
            yield Exercise(title, goal, steps, tuple(texts(item.get("hints"), MAX_HINTS)), question)
            return
    files.refuse()


def _steps(item: Item, files: CheckedFiles) -> Iterator[str]:
    for each in [*objects(item.get("steps"))][:MAX_STEPS]:
        text, citation = words(each.get("text")), files.citation(each)
        if text and citation:
            yield f"{text} {citation}"
        else:
            files.refuse()


def _questions(item: Item, files: CheckedFiles) -> Iterator[Question]:
    """The question, if it can be answered."""
    choices, right = texts(item.get("choices"), MAX_CHOICES), _right_place(item)
    reason = an_object(item.get("explanation"))
    explained = (words(reason.get("text")), files.citation(reason))
    text = words(item.get("text"))
    is_place = 0 <= right < len(choices) == len(set(choices))
    if is_place and text and all(explained):
        wrong = tuple(each for each in choices if each != choices[right])
        yield Question(text, choices[right], wrong, " ".join(explained))


def _right_place(item: Item) -> int:
    """The place of the right choice; -1 for none."""
    place = item.get("right")
    if type(place) is not int:
        return -1
    return place
