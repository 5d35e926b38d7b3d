"""A loopback model that calls tools: its turns, in the model's name or on the server.

    script = [turn(call("grep", pattern="x"), call("read_file", path="a.py")), turn(text="Done.")]
    server.plays["fake"] = script          # or, for any server: model = model_name(*script)

The turn that is played is that after the exchanges of the request, so the server keeps no
state; the last one is played again and again. Where the request forbids calls, the first
turn without any is played. A function in `plays` gets the request and returns the turn: a
policy, or a model that never ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode

from chat.testing.tool_call_texts import TEXT_FORMATS, PlannedCall

Json = dict[str, Any]
FRAGMENT = 9  # characters of arguments
TEXT_PIECE = 7
# Where exchanges were written as plain text: how the message with their results begins.
PLAIN_RESULTS = "<tool_results"


@dataclass(frozen=True)
class ModelTurn:
    """What a model writes in one turn: text, then calls.

    `wire`: `fragments` of arguments, `whole` calls in one delta, or a key of TEXT_FORMATS.
    `obeys`: where calls are forbidden it writes text.
    """

    text: str = ""
    calls: tuple[PlannedCall, ...] = ()
    wire: str = "fragments"
    obeys: bool = True


Play = Sequence[ModelTurn] | Callable[[Any], ModelTurn]
SILENT = ModelTurn("Done.")


def call(tool: str, /, **arguments: Any) -> PlannedCall:
    """A call with these arguments; for others, make a PlannedCall."""
    return PlannedCall(tool, json.dumps(arguments))


def turn(*calls: PlannedCall, text: str = "", wire: str = "fragments") -> ModelTurn:
    """One turn: what it writes, and the calls it makes at once."""
    return ModelTurn(text, calls, wire)


def model_name(*turns: ModelTurn, **script: Any) -> str:
    """A model's name that plays these turns; `script` as in model_script.py."""
    written = json.dumps([asdict(each) for each in turns], separators=(",", ":"))
    # The script's values are quoted once more than a query's.
    return f"fake?{urlencode({'turns': quote(written), **script})}"


def read_turns(written: str) -> list[ModelTurn]:
    """The turns in a model's name."""
    return [
        ModelTurn(
            one.get("text", ""),
            tuple(PlannedCall(**each) for each in one.get("calls", ())),
            one.get("wire", "fragments"),
            one.get("obeys", True),
        )
        for one in json.loads(written)
    ]


def play(turns: Play, request: Any, exchanges: int, *, may_call: bool) -> ModelTurn:
    """The turn that follows so many exchanges."""
    if callable(turns):
        return turns(request)
    played = turns[min(exchanges, len(turns) - 1)]
    if not played.calls or may_call or not played.obeys:
        return played
    return next((each for each in turns if not each.calls), SILENT)


def turn_of_body(turns: Play, body: Json) -> ModelTurn:
    """The turn that answers a request to OpenAI's chat API."""
    may_call = bool(body.get("tools")) and body.get("tool_choice") != "none"
    return play(turns, body, sum(map(_is_exchange, body["messages"])), may_call=may_call)


def _is_exchange(message: Json) -> bool:
    is_plain = str(message.get("content")).startswith(PLAIN_RESULTS)
    return bool(message.get("tool_calls")) or (message["role"] == "user" and is_plain)


def deltas(played: ModelTurn, prefix: str) -> list[Json]:
    """The turn as the deltas of OpenAI's chat API; ids of calls begin with `prefix`."""
    text = played.text
    if played.calls and played.wire in TEXT_FORMATS:
        text += TEXT_FORMATS[played.wire](played.calls)
    written = [{"content": piece} for piece in _pieces(text, TEXT_PIECE)]
    if played.wire in TEXT_FORMATS:
        return written
    return [*written, *_call_deltas(played, prefix)]


def finish_reason(played: ModelTurn) -> str:
    """How the turn ends; a service that leaves calls in the text knows of none."""
    return "tool_calls" if played.calls and played.wire not in TEXT_FORMATS else "stop"


def _call_deltas(played: ModelTurn, prefix: str) -> Iterable[Json]:
    size = FRAGMENT if played.wire == "fragments" else max(1, _longest(played))
    for index, each in enumerate(played.calls):
        first, *rest = _pieces(each.arguments, size) or [""]
        function = {"name": each.name, "arguments": first}
        head = {"index": index, "id": f"{prefix}{index}", "type": "function"}
        yield {"tool_calls": [{**head, "function": function}]}
        for piece in rest:
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _longest(played: ModelTurn) -> int:
    return max(len(each.arguments) for each in played.calls)


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
