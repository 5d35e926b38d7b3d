"""Tools a model may call: their descriptions, its calls, and the results it reads.

The adapters translate these into the wire format of their service. The tools themselves
are in chat/tools; `Toolbox` in ports.py is how the answer core reaches them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class ToolSpec:
    """A tool as a model is told of it. `parameters` is a JSON Schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ToolCall:
    """One call, complete: adapters join the fragments that a stream sends.

    `arguments` is the JSON text as the model wrote it, which may be no JSON. `id` is
    unique within an answer: adapters make one where the service sends none.
    `opaque` is what a service wants back with the call (Gemini's thought signature).
    """

    id: str
    name: str
    arguments: str
    opaque: bytes = field(default=b"", repr=False)


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
