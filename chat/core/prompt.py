"""From passages and history to the messages a model reads.

The words are in `chat/prompts/`. Repository text stands between markers that cannot occur inside it, so that nothing
written in a repository can pass for an instruction of ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from chat.core.request import LANGUAGES, Turn

FOLDER = Path(__file__).resolve().parent.parent / "prompts"
# Our own markers, model control tokens, and the invisible tag characters that smuggle text.
_MARKERS = re.compile(
    r"</?(passages?|file|conversation|question|instructions|system)\b|<\|[^|\n]{0,40}\|>",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True)
class PromptPassage:
    """Lines of a file as the prompt and the reader see them. `why` says how it was found."""

    path: str
    start: int
    end: int
    text: str
    language: str = ""
    symbol: str = ""
    score: float = 0.0
    match_reason: str = ""
    commit: str = ""
    url: str = ""

    @property
    def cite(self) -> str:
        return f"{self.path}:L{self.start}-L{self.end}"


@dataclass(frozen=True)
class Prompt:
    """What a provider is given: chat messages, and what they were made of."""

    system: str
    turns: tuple[Turn, ...]
    passages: tuple[PromptPassage, ...]
    question: str
    language: str

    def as_messages(self) -> list[dict[str, str]]:
        """In the form of the OpenAI chat API."""
        return [
            {"role": "system", "content": self.system},
            *({"role": t.role, "content": t.content} for t in self.turns),
        ]


def build(
    *,
    template: str,
    repository: str,
    question: str,
    language: str,
    passages: Sequence[PromptPassage],
    history: Sequence[Turn],
    file: PromptPassage | None = None,
    **variables: str,
) -> Prompt:
    """Compose the prompt from `chat/prompts/<template>.md`. Raises KeyError for a variable the template lacks."""
    system = read(template).substitute(
        repository=neutral(repository),
        language=LANGUAGES[language],
        rules=read("rules").template,
        **variables,
    )
    parts = []
    if file is not None:
        parts.append(f'<file path="{neutral(file.path)}">\n{neutral(file.text)}\n</file>')
    if passages:
        parts.append(
            "<passages>\n" + "\n".join(_block(passage) for passage in passages) + "\n</passages>"
        )
    else:
        parts.append("<passages>\n(nothing relevant was found)\n</passages>")
    parts.append(f"<question>\n{question}\n</question>")
    return Prompt(
        system, (*history, Turn("user", "\n\n".join(parts))), tuple(passages), question, language
    )


def build_query(*, question: str, history: Sequence[Turn]) -> Prompt:
    """Ask for search words instead of an answer."""
    return Prompt(read("query").template, (*history, Turn("user", question)), (), question, "en")


def neutral(text: str) -> str:
    """Repository text with its markers defused and invisible characters removed; the rest stays as it is."""
    return _MARKERS.sub(lambda match: match.group().replace("<", "‹"), _INVISIBLE.sub("", text))


def _block(passage: PromptPassage) -> str:
    symbol = f' symbol="{neutral(passage.symbol)}"' if passage.symbol else ""
    head = f'<passage cite="{neutral(passage.path)}:L{passage.start}-L{passage.end}"{symbol}>'
    return f"{head}\n{neutral(passage.text)}\n</passage>"


@lru_cache(maxsize=32)
def read(name: str) -> Template:
    """The text of one prompt file."""
    return Template((FOLDER / f"{name}.md").read_text("utf-8").strip())
