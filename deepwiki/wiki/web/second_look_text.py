"""What the second look at a page found, as people who may edit the page read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext

from deepwiki.wiki.models import PageVersion

QUESTIONS: Mapping[str, str] = {
    "symbol": gettext_noop("What is %(name)s for, and how does it work?"),
    "callers": gettext_noop("Who uses %(name)s?"),
    "setting": gettext_noop("What is the setting %(name)s read for?"),
    "entry": gettext_noop("What happens when %(name)s is run or asked for?"),
    "tests": gettext_noop("Which tests cover this code (for example %(name)s)?"),
    "part": gettext_noop("What is the part %(name)s for?"),
    "file": gettext_noop("What is the file %(name)s for?"),
}
FAILURES: Mapping[str, str] = {
    "look_cap": gettext_noop(
        "Its second look was left out: the build had reached its limit of cost."
    ),
    "look_call": gettext_noop("Its second look failed: the model gave no answer."),
    "look_not_json": gettext_noop("Its second look failed: the model gave no answers to read."),
}


@dataclass(frozen=True)
class LookedAtQuestion:
    """A question from the code; `section` is the heading under which the page answers it."""

    text: str
    section: str
    is_answered: bool
    is_repaired: bool


@dataclass(frozen=True)
class SecondLookText:
    """The second look at a version; false where there was none."""

    stored: Mapping[str, Any]

    @classmethod
    def of(cls, version: PageVersion) -> SecondLookText:
        """That of a version."""
        return cls(version.second_look)

    def __bool__(self) -> bool:
        return bool(self.summary)

    @property
    def summary(self) -> str:
        """How many of its questions the page answers, or why nobody knows."""
        if "failed" in self.stored:
            return gettext(FAILURES.get(self.stored["failed"], FAILURES["look_call"]))
        asked = self.stored.get("asked", 0)
        if not asked:
            return ""
        words = ngettext(
            "%(answered)s of %(asked)s question from the code is answered on this page",
            "%(answered)s of %(asked)s questions from the code are answered on this page",
            asked,
        )
        return words % {"answered": self.stored["answered"], "asked": asked}

    @property
    def questions(self) -> Iterator[LookedAtQuestion]:
        """What was asked."""
        for each in self.stored.get("questions", ()):
            wording = gettext(QUESTIONS.get(each["kind"], QUESTIONS["symbol"]))
            text = wording % {"name": each["name"]}
            yield LookedAtQuestion(text, each["section"], each["is_answered"], each["is_repaired"])
