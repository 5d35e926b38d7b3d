"""Slides and a workshop about the tiny shop, and JSON as a model gives it."""

from __future__ import annotations

import hashlib
import json

from deepwiki.wiki.models import WikiPage
from deepwiki.wiki.pages.exercise import Exercise, Question, exercise_blocks
from deepwiki.wiki.pages.slide import Bullet, Quote, Slide, slide_blocks
from deepwiki.wiki.tests.test_drawings import diagram
from deepwiki.wiki.tests.wikis import SamplePage

PRICES = "`shop/prices.py:L10-L13`"
SLIDES = (
    Slide(
        "A tiny shop", (Bullet("It prices orders.", PRICES), Bullet("See [Prices](wiki:prices)."))
    ),
    Slide("Its parts", (), diagram(), notes="The picture shows [Mail](wiki:mail)."),
    Slide("`PriceList`", quote=Quote("```python\nclass PriceList:\n```", PRICES), notes="Say why."),
)
EXERCISES = (
    Exercise(
        "Find where `PriceList` is",
        "You know the file.",
        (f"Open {PRICES}.",),
        ("Search for it.",),
        Question(
            "Which file defines it?", "`shop/prices.py`", ("`shop/mail.js`",), f"See {PRICES}."
        ),
    ),
    Exercise(
        "Find who mails",
        "You know who mails.",
        ("Open `shop/mail.js:L1-L3`.",),
        (),
        Question("What mails?", "`send`", ("`PriceList`", "`total`"), "See `shop/mail.js:L1-L3`."),
    ),
)
SLIDES_PAGE = SamplePage("slides", "Slides", kind=WikiPage.Kind.SLIDES, blocks=slide_blocks(SLIDES))
WORKSHOP_PAGE = SamplePage(
    "workshop", "Workshop", kind=WikiPage.Kind.WORKSHOP, blocks=exercise_blocks(EXERCISES)
)
TAUGHT = (SLIDES_PAGE, WORKSHOP_PAGE)
# Of the first exercise: its code, sorted.
NAMES = ("PriceList", "shop/mail.js", "shop/prices.py", "shop/prices.py:L10-L13")
EXERCISE_KEY = hashlib.sha256("\n".join(NAMES).encode()).hexdigest()[:16]

TEXTS = {"shop/prices.py": "".join(f"line {number}\n" for number in range(1, 30))}
GIVEN_SLIDES = {
    "slides": [
        {
            "title": "What it is",
            "bullets": [
                {"text": "It sums `up`.", "path": "shop/prices.py", "start": 2, "end": 4},
                {"text": "From nowhere.", "path": "shop/none.py", "start": 1, "end": 1},
                {"text": "Behind the end.", "path": "shop/prices.py", "start": 29, "end": 99},
            ],
            "notes": "One.\nTwo.",
        },
        {"title": "Lines", "quote": {"path": "shop/prices.py", "start": 5, "end": 6}},
        {
            "title": "A picture",
            "diagram": {
                "title": "Flow",
                "nodes": [
                    {"key": "a", "label": "A", "path": "shop/prices.py", "line": 1},
                    {"key": "b", "label": "B"},
                ],
                "edges": [
                    {"source": "a", "target": "b", "label": "sums"},
                    {"source": "a", "target": "z"},
                ],
            },
        },
    ]
}
GIVEN_WORKSHOP = {
    "exercises": [
        {
            "title": "Sum up",
            "goal": "You know how.",
            "steps": [{"text": "Open it.", "path": "shop/prices.py", "start": 1, "end": 3}],
            "hints": ["Look closely."],
            "question": {
                "text": "Which?",
                "choices": ["`a`", "`b`"],
                "right": 1,
                "explanation": {"text": "Here:", "path": "shop/prices.py", "start": 3, "end": 3},
            },
        }
    ]
}


def given(value: object) -> str:
    return json.dumps(value)
