"""Prompts: passages, history and question as the chat messages that a model reads.

The instructions are in `chat/prompts/`. Repository text stands between markers that
cannot occur inside it, so that nothing written in a repository can pass for an
instruction of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from chat.core.attached import NO_ATTACHMENTS, AttachedText, Attachments
from chat.core.reasoning import without_reasoning
from chat.core.request import Turn
from chat.core.tool_calls import ToolExchange, ToolSpec
from deepwiki.foundation.languages import ANSWER_LANGUAGES

FOLDER = Path(__file__).resolve().parent.parent / "prompts"
# Our own markers, model control tokens, and what a model begins a call in its text with.
_MARKERS = re.compile(
    r"</?(passages?|file|conversation|question|instructions|system|results?|map|answer|attachments?)\b"
    r"|</?tool_(calls?|results?)\b|</?(function|parameter)=|\[(?=TOOL_CALLS\])"
    r"|<[|｜][^|｜\n]{0,40}[|｜]>",
    re.IGNORECASE,
)
_BROKEN = str.maketrans("<[", "‹‹")
# Zero-width, bidirectional and tag characters: invisible to people, read by models.
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_NO_PASSAGES = "(nothing relevant was found)"


@dataclass(frozen=True)
class PromptPassage:
    """Lines `start`..`end` (from 1, inclusive) of a file.

    `match_reason` is defined, named, words, meaning or both, or how the passage hangs
    together with the file `via`: used (by it), uses (it), test (of it), tested (by it);
    empty where unknown. `role` is code, test or docs. `url` leads to the lines on the
    repository's host. `repository` is the name that stands before `path`, where several are
    asked about.
    """

    path: str
    start: int
    end: int
    text: str
    language: str = ""
    symbol: str = ""
    score: float = 0.0
    match_reason: str = ""
    via: str = ""
    role: str = ""
    commit: str = ""
    url: str = ""
    repository: str = ""

    @property
    def cite(self) -> str:
        """The citation that an answer uses, `path:L10-L20`."""
        return f"{self.path}:L{self.start}-L{self.end}"


@dataclass(frozen=True)
class PromptContent:
    """The parts of a prompt besides its instructions.

    Passages are ordered best first.
    """

    question: str
    passages: Sequence[PromptPassage] = ()
    history: Sequence[Turn] = ()
    file: PromptPassage | None = None
    attachments: Attachments = NO_ATTACHMENTS


@dataclass(frozen=True)
class Prompt:
    """A provider's input: chat messages, and what they were composed of.

    `is_research` is true for a round of Deep Research. `tools` may be called; `exchanges`
    are the calls so far and their results, after `turns`. `is_final`: the model is told of
    the tools, so that what services cache of the prompt stays, but may call none.
    """

    system: str
    turns: tuple[Turn, ...]
    passages: tuple[PromptPassage, ...]
    question: str
    language: str
    is_research: bool = False
    tools: tuple[ToolSpec, ...] = ()
    exchanges: tuple[ToolExchange, ...] = ()
    is_final: bool = False

    @property
    def may_call(self) -> bool:
        """Whether calls of tools are an answer to it."""
        return bool(self.tools) and not self.is_final

    @property
    def tells_of_tools(self) -> bool:
        return bool(self.tools or self.exchanges)

    @property
    def tool_names(self) -> set[str]:
        return {tool.name for tool in self.tools}

    def as_messages(self) -> list[dict[str, Any]]:
        """The messages in the form of the OpenAI chat API, those of exchanges included."""
        messages = [{"role": "system", "content": self.system}, *map(Turn.as_message, self.turns)]
        for exchange in self.exchanges:
            messages += exchange.as_messages()
        return messages

    def texts(self) -> Iterator[str]:
        """All that a model reads, for estimates: messages, calls, results, and the tools."""
        yield self.system
        yield from (turn.content for turn in self.turns)
        for exchange in self.exchanges:
            yield exchange.text
            yield from (f"{call.name} {call.json_arguments}" for call in exchange.calls)
            yield from exchange.results
        yield from (json.dumps(tool.as_function()) for tool in self.tools)


def build_prompt(
    template: str,
    content: PromptContent,
    *,
    repository: str,
    language: str,
    several: Sequence[str] = (),
    **variables: str,
) -> Prompt:
    """The prompt from `chat/prompts/<template>.md`.

    `several` are the names of the repositories where the question is about more than one.
    Raises KeyError where the template names a variable that is not given.
    """
    system = read_template(template).substitute(
        repository=neutralize(repository),
        language=ANSWER_LANGUAGES[language],
        rules=read_template("rules").template,
        **variables,
    )
    if several:
        system += f"\n\n{_about_several(several)}"
    if content.attachments:
        system += f"\n\n{read_template('attachments').template}"
    user_turn = Turn("user", _user_message(content), content.attachments.images)
    return Prompt(
        system,
        (*map(_answer_alone, content.history), user_turn),
        tuple(content.passages),
        content.question,
        language,
        is_research=template.startswith("research_"),
    )


def _about_several(names: Sequence[str]) -> str:
    """How the paths of several repositories are written."""
    plain = [neutralize(name) for name in names]
    return read_template("several").substitute(names=", ".join(plain), first=plain[0])


def _answer_alone(turn: Turn) -> Turn:
    """An answer of the history without the reasoning that its model wrote before it."""
    if turn.role != "assistant":
        return turn
    return Turn(turn.role, without_reasoning(turn.content) or "…")


def build_query_prompt(question: str, history: Sequence[Turn]) -> Prompt:
    """The prompt that asks for search terms instead of an answer."""
    turns = (*map(_answer_alone, history), Turn("user", question))
    return Prompt(read_template("query").template, turns, (), question, "en")


def build_title_prompt(question: str, answer: str) -> Prompt:
    """The prompt that asks for the title of a conversation that begins with these."""
    exchange = (
        f"<question>\n{neutralize(question)}\n</question>\n\n"
        f"<answer>\n{neutralize(answer)}\n</answer>"
    )
    turns = (Turn("user", exchange),)
    return Prompt(read_template("title").template, turns, (), question, "en")


def neutralize(text: str) -> str:
    """Repository text with markers broken and invisible characters removed."""
    visible = _INVISIBLE.sub("", text)
    return _MARKERS.sub(lambda match: match.group().translate(_BROKEN), visible)


@lru_cache(maxsize=32)
def read_template(name: str) -> Template:
    """The template of one file in `chat/prompts/`."""
    return Template((FOLDER / f"{name}.md").read_text("utf-8").strip())


def _user_message(content: PromptContent) -> str:
    blocks = [_passages_block(content.passages), _question_block(content.question)]
    if content.file is not None:
        blocks.insert(0, _file_block(content.file))
    blocks[-1:-1] = map(_attachment_block, content.attachments.texts)
    return "\n\n".join(blocks)


def _question_block(question: str) -> str:
    return f"<question>\n{question}\n</question>"


def _attachment_block(attached: AttachedText) -> str:
    name = neutralize(attached.name).replace('"', "'")
    return f'<attachment name="{name}">\n{neutralize(attached.text)}\n</attachment>'


def _file_block(file: PromptPassage) -> str:
    return f'<file path="{neutralize(file.path)}">\n{neutralize(file.text)}\n</file>'


def _passages_block(passages: Sequence[PromptPassage]) -> str:
    blocks = "\n".join(map(_passage_block, _by_repository(passages)))
    return f"<passages>\n{blocks or _NO_PASSAGES}\n</passages>"


def _by_repository(passages: Sequence[PromptPassage]) -> Sequence[PromptPassage]:
    """The passages of each repository together, those of the best passage first."""
    names = list(dict.fromkeys(passage.repository for passage in passages))
    return sorted(passages, key=lambda passage: names.index(passage.repository))


def _passage_block(passage: PromptPassage) -> str:
    attributes = f'cite="{neutralize(passage.path)}:L{passage.start}-L{passage.end}"'
    if passage.symbol:
        attributes += f' symbol="{neutralize(passage.symbol)}"'
    return f"<passage {attributes}>\n{neutralize(passage.text)}\n</passage>"
