"""One tool of the Model Context Protocol, in terms of this project."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chat.api.mcp.callers import AgentClient
from deepwiki.accounts.models import TokenScope

Report = Callable[[str], Awaitable[None]]
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class ToolCallOutcome:
    """What a call gives: `text` for a model, `data` as JSON for a program.

    `is_error`: the text tells the model what to correct; there is no data then.
    """

    text: str
    data: Mapping[str, Any] | None = None
    is_error: bool = False


@dataclass(frozen=True)
class CallRequest:
    """A call as it arrives. `report` tells the client how far it is, in a sentence."""

    caller: AgentClient
    arguments: Mapping[str, Any]
    report: Report


class CarryOut(Protocol):
    """Carries a call out. Raises WrongArguments and the ChatError family."""

    async def __call__(self, call: CallRequest, /) -> ToolCallOutcome: ...


@dataclass(frozen=True)
class AgentTool:
    """A tool as clients are told of it. All of them only read, but for what an answer costs.

    `is_idempotent`: a second call with the same arguments gives the same. `is_open`: it may
    reach a model's service or a git host. `scope`: what an API token must be for.
    """

    name: str
    title: str
    description: str
    input_schema: Schema
    output_schema: Schema
    run: CarryOut
    is_idempotent: bool = True
    is_open: bool = False
    is_read_only: bool = True
    scope: str = TokenScope.READ


def object_of(required: tuple[str, ...] = (), **properties: Schema) -> dict[str, Any]:
    """The JSON Schema of an object with these members."""
    return {"type": "object", "properties": properties, "required": list(required)}


def list_of(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
LINES = object_of(
    ("path", "start", "end"), path=TEXT, start=NUMBER, end=NUMBER, url=TEXT, state=TEXT
)


def failed(text: str) -> ToolCallOutcome:
    """What a model can correct."""
    return ToolCallOutcome(text, is_error=True)
