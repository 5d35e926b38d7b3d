"""The interfaces of the answer core: retrieval, and a model's service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chat.core import context_budget
from chat.core.citations import Check
from chat.core.events import Status
from chat.core.messages import Parameters
from chat.core.prompt import Prompt, PromptPassage
from chat.core.tool_calls import ToolCall, ToolSpec


@dataclass(frozen=True)
class Retrieved:
    """The result of a retrieval. Passages are ordered best first.

    `mode` is `hybrid` or `words` (lexical search alone); `building` is true while
    vectors are still being computed. `file` is the file that the request names; `check`
    looks a citation up in the index that was searched. `has_terms`: the question holds
    words besides those that every sentence has. `filtered` is what the
    request's filters left to be searched, None without filters. Of `eligible_files` only
    `indexed_files` had room in the index. `repositories` are those that were searched where
    they are several, the first first; paths then begin with the name of theirs, `owner/repo:`.
    `not_ready` names those that have no index yet.
    """

    passages: tuple[PromptPassage, ...]
    commit: str
    mode: str
    repository: str
    file: PromptPassage | None = None
    building: bool = False
    repository_id: str = ""
    has_terms: bool = True
    indexed_files: int = 0
    eligible_files: int = 0
    check: Check | None = field(default=None, compare=False, repr=False)
    filtered: FilterCounts | None = None
    repositories: tuple[SearchedRepository, ...] = ()
    not_ready: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchedRepository:
    """One of several repositories: its row, its name before paths, the commit that was read."""

    id: str
    name: str
    commit: str


@dataclass(frozen=True)
class FilterCounts:
    """How many of all files filters left, and the include patterns that match none."""

    files: int
    total: int
    unmatched: tuple[str, ...] = ()


class Retriever(Protocol):
    """Finds passages. Raises the ChatError family."""

    def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """Status events during preparation, then exactly one Retrieved."""
        ...


@dataclass(frozen=True)
class Text:
    """A piece of the model's answer."""

    text: str


@dataclass(frozen=True)
class Tokens:
    """Token counts as the provider reports them; None where it does not."""

    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True)
class Thinking:
    """The model reasons before it answers. Its thoughts are not passed on."""


@dataclass(frozen=True)
class LengthLimit:
    """The answer ends at the model's limit of output; only Tokens may follow."""


Piece = Text | Tokens | Thinking | LengthLimit | ToolCall


@dataclass(frozen=True)
class Model:
    """A model and its limits in tokens. `options` goes to the service as it is.

    `output` is sent as `limit_parameter`; parameters in `unset` are never sent. One that
    `thinks` may be silent before its first word.

    A `free` one does not count against quotas. `tools`: whether it calls tools; None where
    nobody knows, so that it is tried. `images`: the same of images. `count` counts the tokens of a text, exactly where
    the model's tokenizer is known.
    """

    provider: str
    id: str
    context: int
    output: int
    options: dict[str, Any]
    limit_parameter: str = "max_tokens"
    unset: frozenset[str] = frozenset()
    thinks: bool = False
    free: bool = False
    tools: bool | None = None
    images: bool | None = None
    count: Callable[[str], int] = field(default=context_budget.estimate, compare=False)


class Provider(Protocol):
    """An adapter to one model service.

    `is_generative`: a language model writes the answer.
    """

    is_generative: bool

    def stream(self, prompt: Prompt, model: Model) -> AsyncGenerator[Piece]:
        """The answer in pieces, in order. Closing the generator closes the connection.

        ToolCall pieces come only where the prompt has tools, each once and complete,
        behind the text. One whose arguments the model did not finish has them as they are.
        Raises the ProviderError family; CutOff if the stream ends without its end mark,
        ToolsUnsupported if the model takes no tools.
        """
        ...

    async def close(self) -> None:
        """Close idle connections.

        Called once, when the process or its event loop ends.
        """
        ...


@dataclass(frozen=True)
class ToolResult:
    """What a tool gives: `text` for the model, the rest for the reader and the records.

    `text` is fenced repository data, within the tool's limits, and says where it was cut
    and how to go on. `passages` are the lines of files that stand in it: they count as
    read; their own `text` is empty. `summary` is a code of the message catalogue, with its
    `parameters`. `is_error`: the arguments were wrong, and `text` tells the model how to
    correct them.
    """

    text: str
    summary: str
    parameters: Parameters = field(default_factory=dict)
    passages: tuple[PromptPassage, ...] = ()
    is_error: bool = False


class Toolbox(Protocol):
    """The tools of one answer, all on the same commits, with its person's rights."""

    @property
    def specs(self) -> Sequence[ToolSpec]:
        """The tools, in the order in which the model is told of them."""
        ...

    async def call(self, call: ToolCall) -> ToolResult:
        """Run one call. Calls may run at the same time.

        An unknown tool or wrong arguments are a ToolResult with `is_error`. Raises the
        ChatError family only where nothing can be read any more (database away, the
        permission withdrawn).
        """
        ...


@dataclass(frozen=True)
class AgentTools:
    """What an agent has besides the model.

    `repository_map`: the most important files and definitions, the same for all questions
    about the same index; empty where there is none.
    """

    toolbox: Toolbox
    repository_map: str = ""


class ToolSource(Protocol):
    """Where an agent gets its tools, once the repository was searched."""

    async def load(self, retrieved: Retrieved) -> AgentTools:
        """The tools over what was searched. Raises the ChatError family."""
        ...


@dataclass(frozen=True)
class AgentLimits:
    """How much an agent may look for.

    `turns` with calls before it must answer, `research_turns` in Deep Research; `calls` at
    once; `tokens` of passages and results in front of the model.
    """

    turns: int = 4
    research_turns: int = 12
    calls: int = 6
    tokens: int = 30_000


@dataclass(frozen=True)
class AnswerLimits:
    """The longest answer: characters, and seconds of all its completions together."""

    chars: int = 64_000
    seconds: float = 900
