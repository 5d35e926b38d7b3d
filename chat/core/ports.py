"""What an answer is made with: the seams to retrieval and to a model's service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from chat.core import context_budget
from chat.core.citations import Check
from chat.core.events import Status
from chat.core.prompt import Prompt, PromptPassage


@dataclass(frozen=True)
class Retrieved:
    """The result of a retrieval. Passages are ordered best first.

    `mode` is `hybrid` or `words` (lexical search alone); `building` is true while vectors are
    still being computed. `file` is the file that the request names; `check` looks a citation up
    in the index that was searched.
    """

    passages: tuple[PromptPassage, ...]
    commit: str
    mode: str
    repository: str
    file: PromptPassage | None = None
    building: bool = False
    repository_id: str = ""
    check: Check | None = field(default=None, compare=False, repr=False)


class Retriever(Protocol):
    """Finds passages. Raises the ChatError family."""

    def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """Status events while the repository is still being prepared, then exactly one Retrieved."""
        ...


@dataclass(frozen=True)
class Text:
    """A piece of the model's answer."""

    text: str


@dataclass(frozen=True)
class Tokens:
    """What the provider counted."""

    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True)
class Model:
    """A model and its limits in tokens; a `free` one costs none.

    `count` tells the tokens of a text, exactly where the model's tokenizer is known.
    """

    provider: str
    id: str
    context: int
    output: int
    options: dict[str, Any]
    free: bool = False
    count: Callable[[str], int] = field(default=context_budget.estimate, compare=False)


class Provider(Protocol):
    """Streams one completion: an adapter is one file. `writes` says that a language model stands behind it."""

    is_generative: bool

    def stream(self, asked: Prompt, model: Model) -> AsyncGenerator[Text | Tokens]:
        """Pieces of the answer in order. Closing the iterator closes the connection to the service.

        Raises the ProviderError family; CutOff when the stream ends without its end mark.
        """
        ...

    async def close(self) -> None:
        """Close idle connections. Called once, when the process or its event loop ends."""
        ...


@dataclass(frozen=True)
class AnswerLimits:
    """How long a model may write (seconds; in Deep Research each round) and how much in all (characters)."""

    chars: int = 64_000
    seconds: float = 180
