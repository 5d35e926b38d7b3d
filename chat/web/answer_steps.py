"""The steps of an answer as the page shows them: a sentence each, and the places it gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat.core.citations import Citation, short_name
from chat.core.read_lines import parse_place
from chat.models import Message
from chat.rendering.citation_links import HostPages
from chat.web.step_strings import RUNNING_STEPS, short_number, steps_text, tokens_text
from chat.web.ui_strings import translate_message

MAX_PLACES = 60  # that one step shows


@dataclass(frozen=True)
class LinkedLines:
    """Lines of a file. `url` is its page at the repository's host, or empty."""

    path: str
    start: int
    end: int
    url: str = ""

    @classmethod
    def of(cls, lines: Citation, address: HostPages, commit: str) -> LinkedLines:
        """The place of cited lines at a commit."""
        url = address.blob_url(commit, lines.path, lines.start, lines.end)
        return cls(lines.path, lines.start, lines.end, url)

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return short_name(self.path)


@dataclass(frozen=True)
class AnswerStep:
    """One step. `parts` is its sentence: text and code by turns, text first.

    `tells_end`: the sentence says how it ended, also where it failed.
    """

    state: str
    parts: tuple[str, ...]
    tells_end: bool
    places: tuple[LinkedLines, ...] = ()
    time: str = ""
    tokens: str = ""

    @property
    def text(self) -> str:
        """The sentence without marks."""
        return "".join(self.parts)


@dataclass(frozen=True)
class AnswerSteps:
    """All steps of an answer, and the sentence that sums them up."""

    steps: tuple[AnswerStep, ...]
    summary: str


def answer_steps(answer: Message, address: HostPages) -> AnswerSteps | None:
    """The steps of an answer in the current language; None if it has none."""
    stored: Sequence[Mapping[str, Any]] = answer.steps
    if not stored:
        return None
    steps = tuple(_step(item, address, answer.commit) for item in stored)
    files = {place.path for step in steps for place in step.places}
    return AnswerSteps(steps, steps_text(len(files), len(steps), _seconds(answer)))


def _step(item: Mapping[str, Any], address: HostPages, commit: str) -> AnswerStep:
    found = filter(None, map(parse_place, item.get("passages", ())[:MAX_PLACES]))
    ended = translate_message(item.get("summary", ""), item.get("code", ""), item.get("parameters"))
    return AnswerStep(
        item["state"],
        tuple((ended or _running(item)).split("`")),
        bool(ended),
        tuple(LinkedLines.of(lines, address, commit) for lines in found),
        _duration(item.get("ms")),
        tokens_text(item.get("tokens")),
    )


def _running(item: Mapping[str, Any]) -> str:
    """What the step was about to do, for one whose result has no sentence."""
    template = RUNNING_STEPS.get(item["tool"])
    if template is None:
        return f"`{item['tool']}`"
    return _(template).format_map(_Arguments(item.get("arguments", {})))


class _Arguments(dict[str, object]):
    """Arguments of a call, empty where a sentence names one that is not there."""

    def __missing__(self, name: str) -> str:
        return ""


def _duration(ms: int | None) -> str:
    if ms is None:
        return ""
    return f"{ms} ms" if ms < 1000 else f"{short_number(ms / 1000)} s"


def _seconds(answer: Message) -> float:
    """Until the answer began, if that is known; else what its steps took."""
    began = answer.usage.get("first_token_ms")
    if began is None:
        began = sum(item.get("ms") or 0 for item in answer.steps)
    return float(began) / 1000
