"""The parts of an agent in memory: a model that plays turns, tools over a few files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chat.core.completion import AnswerContext
from chat.core.messages import Parameters
from chat.core.ports import (
    AgentLimits,
    AgentTools,
    AnswerLimits,
    Model,
    Piece,
    Retrieved,
    Text,
    ToolResult,
)
from chat.core.prompt import Prompt, PromptPassage
from chat.core.request import ChatRequest, Turn
from chat.core.tool_calls import ToolCall, ToolSpec

MODEL = Model("p", "m", 64_000, 2_000, {})
FILES = {
    "shop/prices.py": "def total(lines):\n    return sum(map(price, lines))\n",
    "shop/mail.py": "from shop.prices import total\n\n\ndef send(order):\n    total(order)\n",
}
ModelTurn = Sequence[Piece | Exception | str]


def call(name: str, /, number: int = 1, **arguments: Any) -> ToolCall:
    """A call with these arguments."""
    return ToolCall(f"c{number}", name, json.dumps(arguments))


@dataclass
class TurnScript:
    """A Provider that plays turns, the last one again and again, and keeps its prompts.

    A turn is made of texts, pieces and exceptions; or a function makes it of the prompt.
    """

    turns: Sequence[ModelTurn | Callable[[Prompt], ModelTurn]]
    prompts: list[Prompt] = field(default_factory=list)
    closed: int = 0
    is_generative: bool = True

    async def stream(self, prompt: Prompt, model: Model) -> AsyncGenerator[Piece]:
        """See Provider."""
        turn = self.turns[min(len(self.prompts), len(self.turns) - 1)]
        self.prompts.append(prompt)
        try:
            for piece in _pieces(turn, prompt):
                await asyncio.sleep(0)
                if isinstance(piece, Exception):
                    raise piece
                yield _piece(piece)
        finally:
            self.closed += 1

    async def close(self) -> None:
        """See Provider."""


def _pieces(turn: ModelTurn | Callable[[Prompt], ModelTurn], prompt: Prompt) -> ModelTurn:
    if callable(turn):
        return turn(prompt)
    return turn


def _piece(piece: Piece | str) -> Piece:
    if isinstance(piece, str):
        return Text(piece)
    return piece


@dataclass
class FileTools:
    """A Toolbox over files in memory: `read_file`, and `wait`, which never ends."""

    files: dict[str, str] = field(default_factory=lambda: dict(FILES))
    calls: list[ToolCall] = field(default_factory=list)
    running: int = 0
    most_running: int = 0
    cancelled: int = 0

    @property
    def specs(self) -> Sequence[ToolSpec]:
        """See Toolbox."""
        return [ToolSpec(name, name) for name in ("read_file", "wait", "break")]

    async def call(self, call: ToolCall) -> ToolResult:
        """See Toolbox."""
        self.calls.append(call)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(0)
            return await self._result(call)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1

    async def _result(self, call: ToolCall) -> ToolResult:
        match call.name:
            case "read_file":
                return self._read(call)
            case "wait":
                await asyncio.Event().wait()
            case "break":
                raise ZeroDivisionError
        return _refusal(f"There is no tool {call.name[:50]}.")

    def _read(self, call: ToolCall) -> ToolResult:
        try:
            path = str(json.loads(call.arguments)["path"])
        except (ValueError, KeyError, TypeError):
            return _refusal("path is missing.")
        if path not in self.files:
            return _refusal("There is no such file.")
        text = self.files[path]
        passage = PromptPassage(path, 1, max(1, text.count("\n")), text)
        parameters: Parameters = {"path": path, "start": 1, "end": passage.end}
        return ToolResult(f"<result>\n{text}\n</result>", "step_read", parameters, (passage,))


def _refusal(message: str) -> ToolResult:
    return ToolResult(f"error: {message}", "step_wrong_call", {"tool": "x"}, is_error=True)


@dataclass
class OpenTools:
    """A ToolSource of these tools."""

    toolbox: FileTools = field(default_factory=FileTools)
    repository_map: str = "shop/prices.py\n  1: def total(lines)"

    async def load(self, retrieved: Retrieved) -> AgentTools:
        """See ToolSource."""
        return AgentTools(self.toolbox, self.repository_map)


@dataclass
class FixedPassages:
    """A Retriever that finds the same each time."""

    passages: Sequence[PromptPassage] = (
        PromptPassage("shop/prices.py", 1, 2, FILES["shop/prices.py"]),
    )

    async def retrieve(self, question: str, limit: int) -> AsyncGenerator[Retrieved]:
        """See Retriever."""
        yield Retrieved(tuple(self.passages), "c0ffee", "words", "a/shop")


def agent_context(
    provider: TurnScript, tools: OpenTools, question: str = "Who sends totals?", **options: Any
) -> AnswerContext:
    """The context of one question that an agent answers."""
    given = {"limits": AnswerLimits(), "history": (), "model": MODEL, **options}
    request = given.pop("request", {"mode": "agent"})
    return AnswerContext(
        request=ChatRequest("a/shop", (Turn("user", question),), **request),
        retriever=given.pop("retriever", FixedPassages()),
        provider=provider,
        tools=tools,
        agent_limits=given.pop("agent_limits", AgentLimits()),
        **given,
    )
