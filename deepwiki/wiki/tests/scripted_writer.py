"""A language model that writes pages of wikis, on loopback: by what it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from deepwiki.wiki.tests.scripted_lessons import sound_slides, sound_workshop

GIVEN = re.compile(r'<file cite="(?P<path>[^"\n]+):L(?P<start>\d+)-L(?P<end>\d+)">')
TITLE = re.compile(r"^title: (.+)$", re.MULTILINE)
QUESTION = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
Body = dict[str, Any]


def system_of(body: Body) -> str:
    """The instructions of a request."""
    return str(body["messages"][0]["content"])


def material_of(body: Body) -> str:
    """What a request gives."""
    return str(body["messages"][-1]["content"])


def title_of(body: Body) -> str:
    """The title of the page that a request asks for."""
    found = TITLE.search(material_of(body))
    return found[1] if found else ""


def given_of(body: Body) -> list[tuple[str, int, int]]:
    """The lines of files that a request gives."""
    found = GIVEN.finditer(material_of(body))
    return [(each["path"], int(each["start"]), int(each["end"])) for each in found]


def sound_page(body: Body, extra: str = "") -> str:
    """A page with a claim of each given file, and a drawing of two of them."""
    given = given_of(body)
    claims = [
        f"This page rests on what stands there, from line {a} on, as one can see. `{path}:L{a}-L{b}`"
        for path, a, b in given
    ]
    nodes = [{"id": f"f{n}", "label": p, "path": p} for n, (p, *_) in enumerate(given[:2])]
    drawing = {
        "kind": "imports",
        "title": "Files",
        "nodes": nodes,
        "edges": [{"from": "f1", "to": "f0", "label": "uses"}],
    }
    return "\n\n".join(
        [
            f"SUMMARY: Model words about {title_of(body)}.",
            "## What it is for",
            *claims,
            f"```diagram\n{json.dumps(drawing)}\n```",
            extra,
            "## Questions\n\n- Where does it begin?",
        ]
    )


def planned_pages(body: Body) -> list[dict[str, Any]]:
    """The pages that a request for a plan gives."""
    return [json.loads(line) for line in material_of(body).splitlines() if line[:6] == '{"id":']


def sound_plan(body: Body) -> str:
    """Each page keeps its name and has a purpose."""
    pages = [
        {"parts": [page["id"]], "title": page["title"], "purpose": f"What {page['id']} is for."}
        for page in planned_pages(body)
    ]
    return json.dumps({"pages": pages})


def asked_in(body: Body) -> list[tuple[int, str]]:
    """The questions of a request, with their numbers."""
    found = QUESTION.findall(material_of(body))
    return [(int(number), text) for number, text in found]


def all_answered(body: Body) -> str:
    """Each question is answered by the first words of the page."""
    page = material_of(body).split('about="the page">', 1)[1].split("</map>")[0]
    sentence = next(line for line in page.splitlines() if line.startswith("Model words about"))
    answers = [{"n": number, "quote": sentence} for number, _ in asked_in(body)]
    return json.dumps({"answers": answers})


def answering(pages: Callable[[Body], str] = sound_page, **others: Callable[[Body], str]) -> Any:
    """What a server writes: `pages` for pages; for plans, questions and repairs by name."""

    def write(body: Body) -> str:
        system = system_of(body)
        if system.startswith("You write one page"):
            return pages(body)
        if system.startswith("You write the slides"):
            return others.get("slides", lambda body: sound_slides(given_of(body)))(body)
        if system.startswith("You write a workshop"):
            return others.get("workshop", lambda body: sound_workshop(given_of(body)))(body)
        if system.startswith("You arrange"):
            return others.get("plan", sound_plan)(body)
        if system.startswith("You check"):
            return others.get("questions", lambda body: '{"answers": []}')(body)
        return others.get("repair", lambda body: "no")(body)

    return write
