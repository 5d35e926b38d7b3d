"""Slides and a workshop as a model writes them, by what it is given."""

from __future__ import annotations

import json
from typing import Any

Place = tuple[str, int, int]


def sound_slides(given: list[Place]) -> str:
    """Bullets, a drawing, a quote; with a bullet, and a slide, of lines that were not given."""
    path, start, end = given[0]
    others = [path for path, *_ in given if path != given[0][0]]
    slides = [
        {"title": "What it is", "bullets": [bullet(*place) for place in given[:4]]},
        {"title": "How it runs", "diagram": drawing(path, *others[:1]), "notes": "Say why."},
        {"title": "The heart", "quote": cited(path, start, end), "notes": "Look here."},
        {
            "title": "Where to begin",
            "bullets": [bullet(path, start, end), bullet(path, 90_000, 90_001)],
        },
        {"title": "From nowhere", "bullets": [bullet("no/such.py", 1, 2)]},
    ]
    return json.dumps({"summary": "A talk in model words.", "slides": slides})


def sound_workshop(given: list[Place]) -> str:
    """Two exercises, the second of which has a step of a file that does not exist."""
    path, start, end = given[0]
    question = {
        "text": "Which file is it?",
        "choices": [f"`{path}`", "`no/such.py`", "none"],
        "right": 0,
        "explanation": {"text": "It stands there.", **cited(path, start, end)},
    }
    exercises = [
        {
            "title": f"Find it, {number}",
            "goal": "You know where it stands.",
            "steps": [
                {"text": "Open it.", **cited(path, start, end)},
                {"text": "Open what is not there.", **cited("no/such.py", 1, 1)},
            ],
            "hints": ["Look at its name."],
            "question": question,
        }
        for number in (1, 2)
    ]
    return json.dumps({"summary": "Exercises in model words.", "exercises": exercises})


def cited(path: str, start: int, end: int) -> dict[str, Any]:
    """Lines as the model names them."""
    return {"path": path, "start": start, "end": end}


def bullet(path: str, start: int, end: int) -> dict[str, Any]:
    """A statement about lines."""
    return {"text": f"From line {start} on it does `something`.", **cited(path, start, end)}


def drawing(path: str, other: str = "") -> dict[str, Any]:
    """Two boxes and an arrow."""
    nodes = [{"key": "a", "label": "A", "path": path}, {"key": "b", "label": "B", "path": other}]
    return {"title": "Run", "nodes": nodes, "edges": [{"source": "a", "target": "b"}]}
