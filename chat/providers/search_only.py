"""Search without a language model: the passages themselves as Markdown, in groups.

The default when no key is set. It runs through the same pipeline as every other
provider.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Sequence
from pathlib import Path

from chat.core.ports import Model, Text
from chat.core.prompt import Prompt, PromptPassage
from chat.providers.base import Pieces, ProviderConfig

SHOWN_PASSAGES = 8  # where the question names nothing that is defined
# Of each group where it does: a few lines of each.
SHOWN_OF_GROUP = {"defined": 4, "used": 6, "code": 3, "tests": 3, "documents": 2}
SHOWN_LINES = 24
SPARE_LINES = 3  # so few are shown rather than counted
DEFINED = "defined"
GROUP_OF_REASON = {"uses": "used"}
ROLE_GROUPS = {"test": "tests", "docs": "documents"}
Numbered = tuple[int, PromptPassage]
# The heading that clients take for the end of Deep Research; English in every language.
CONCLUSION = "## Final Conclusion"
# Answer language -> name of a sentence -> sentence.
SENTENCES: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)


class SearchOnly:
    """Writes excerpts of the first passages and citations of the others."""

    is_generative = False

    def __init__(self, config: ProviderConfig | None = None) -> None:
        """It has no settings."""

    async def stream(self, prompt: Prompt, model: Model) -> Pieces:
        """See Provider."""
        yield Text(_introduction(prompt))
        groups, others = _groups(prompt.passages)
        for group, passages in groups.items():
            if len(groups) > 1:
                yield Text(f"\n### {_sentences(prompt)[group]}\n")
            for number, passage in passages:
                await asyncio.sleep(0)
                yield Text(excerpt(number, passage))
        if others:
            yield Text(_citations(others))
        if prompt.is_research:
            yield Text(_conclusion(prompt))

    async def close(self) -> None:
        """Nothing is open."""


def _introduction(prompt: Prompt) -> str:
    sentence = _sentences(prompt)["heading" if prompt.passages else "nothing"]
    return f"{sentence}\n"


def _conclusion(prompt: Prompt) -> str:
    """The end of a research that a client would otherwise go on asking for."""
    return f"\n{CONCLUSION}\n\n{_sentences(prompt)['conclusion']}\n"


def _sentences(prompt: Prompt) -> dict[str, str]:
    return SENTENCES.get(prompt.language, SENTENCES["en"])


def _groups(
    passages: Sequence[PromptPassage],
) -> tuple[dict[str, list[Numbered]], list[PromptPassage]]:
    """The shown passages by what they are, and those that are only cited.

    Numbers are those of the sources.
    """
    groups: dict[str, list[Numbered]] = {group: [] for group in SHOWN_OF_GROUP}
    others = []
    limits = _limits(passages)
    for number, passage in enumerate(passages, 1):
        group = _group(passage)
        if number <= limits["all"] and len(groups[group]) < limits[group]:
            groups[group].append((number, passage))
        else:
            others.append(passage)
    return {group: shown for group, shown in groups.items() if shown}, others


def _limits(passages: Sequence[PromptPassage]) -> dict[str, int]:
    """How many passages are shown, of each group and in all."""
    if any(passage.match_reason == DEFINED for passage in passages):
        return {**SHOWN_OF_GROUP, "all": len(passages)}
    return dict.fromkeys([*SHOWN_OF_GROUP, "all"], SHOWN_PASSAGES)


def _group(passage: PromptPassage) -> str:
    """What a passage is: by why it was found, then by its role."""
    if passage.match_reason == DEFINED:
        return DEFINED
    by_reason = GROUP_OF_REASON.get(passage.match_reason, "code")
    return ROLE_GROUPS.get(passage.role, by_reason)


def _citations(passages: Sequence[PromptPassage]) -> str:
    lines = "\n".join(f"- `{passage.cite}`" for passage in passages)
    return f"\n{lines}\n"


def excerpt(number: int, passage: PromptPassage) -> str:
    """One passage as an item of a Markdown list: citation, symbol, code block."""
    code, more = _first_lines(passage.text)
    fence = _fence_for(code)
    language = passage.language if passage.language != "text" else ""
    heading = f"{number}. `{passage.cite}`{_symbol(passage)}"
    return f"\n{heading}\n\n{fence}{language}\n{code}{more}\n{fence}\n"


def _first_lines(text: str) -> tuple[str, str]:
    """The lines that are shown, and a line that counts the others."""
    lines = text.split("\n")
    if len(lines) <= SHOWN_LINES + SPARE_LINES:
        return text, ""
    return "\n".join(lines[:SHOWN_LINES]), f"\n… {len(lines) - SHOWN_LINES} more lines"


def _symbol(passage: PromptPassage) -> str:
    if not passage.symbol or "`" in passage.symbol:
        return ""
    return f" `{passage.symbol}`"


def _fence_for(code: str) -> str:
    """A fence of backticks longer than any inside the code."""
    fence = "```"
    while fence in code:
        fence += "`"
    return fence
