"""Tools a model may call: their descriptions, its calls, and the results it reads.

The adapters translate these into the wire format of their service. The tools themselves
are in chat/tools; `Toolbox` in ports.py is how the answer core reaches them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

NO_ARGUMENTS = {"type": "object", "properties": {}}
# What services accept as the name of a function.
NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
MAX_NAME_CHARS = 64
MAX_MALFORMED_CHARS = 2_000


def json_value(text: str | bytes) -> Any:
    """What a text is as JSON; None for what is none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def json_object(text: str | bytes) -> dict[str, Any] | None:
    """The object that a text is as JSON; None for anything else."""
    value = json_value(text)
    if isinstance(value, dict):
        return value
    return None


@dataclass(frozen=True)
class ToolSpec:
    """A tool as a model is told of it. `parameters` is a JSON Schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_function(self) -> dict[str, Any]:
        """The tool in the form of the OpenAI chat API."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": dict(self.parameters) or NO_ARGUMENTS,
            },
        }


@dataclass(frozen=True)
class ToolCall:
    """One call, complete: adapters join the fragments that a stream sends.

    `arguments` is the JSON text as the model wrote it, which may be no JSON; `{}` for none. `id` is
    unique within an answer: adapters make one where the service sends none.
    `opaque` is what a service wants back with the call (Gemini's thought signature).
    """

    id: str
    name: str
    arguments: str
    opaque: bytes = field(default=b"", repr=False)

    @property
    def json_arguments(self) -> str:
        """The arguments as JSON of an object, which services want back.

        What is none stands in a member `malformed`, shortened.
        """
        return json.dumps(self._argument_object(), ensure_ascii=False)

    def _argument_object(self) -> dict[str, Any]:
        value = json_object(self.arguments or "{}")
        if value is None:
            return self._malformed()
        return value

    def _malformed(self) -> dict[str, Any]:
        return {"malformed": self.arguments[:MAX_MALFORMED_CHARS]}

    @property
    def function_name(self) -> str:
        """The name as services accept it."""
        return NOT_IN_NAMES.sub("_", self.name)[:MAX_NAME_CHARS] or "unknown"

    def as_function_call(self) -> dict[str, Any]:
        """The call in the form of the OpenAI chat API."""
        function = {"name": self.function_name, "arguments": self.json_arguments}
        return {"id": self.id, "type": "function", "function": function}


@dataclass(frozen=True)
class ToolExchange:
    """One turn of the model that called tools, and what it was answered.

    `text` is what it wrote besides. `results` has one text for each call, in their order,
    fenced and ready to be read by the model.
    """

    text: str
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]

    def with_note(self, note: str) -> ToolExchange:
        """The exchange with a note of ours behind its last result."""
        *results, last = self.results
        return replace(self, results=(*results, f"{last}\n\n{note}"))

    def as_messages(self) -> list[dict[str, Any]]:
        """The turn and its results in the form of the OpenAI chat API."""
        calls = [each.as_function_call() for each in self.calls]
        turn = {"role": "assistant", "content": self.text, "tool_calls": calls}
        answers = (
            {"role": "tool", "tool_call_id": each.id, "content": result}
            for each, result in zip(self.calls, self.results, strict=True)
        )
        return [turn, *answers]
