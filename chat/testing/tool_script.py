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
    written = json.dumps(list(map(asdict, turns)))
    # The script's values are quoted once more than a query's.
    return f"fake?{urlencode({'turns': quote(written), **script})}"


def read_turns(written: str) -> list[ModelTurn]:
    """The turns in a model's name; none without any."""
    return list(map(_read_turn, json.loads(written or "[]")))


def _read_turn(written: Json) -> ModelTurn:
    calls = tuple(PlannedCall(**each) for each in written.pop("calls", ()))
    return ModelTurn(calls=calls, **written)


def play(turns: Play, request: Any, exchanges: int, *, may_call: bool) -> ModelTurn:
    """The turn that follows so many exchanges."""
    if callable(turns):
        return turns(request)
    played = turns[min(exchanges, len(turns) - 1)]
    if not played.calls or may_call or not played.obeys:
        return played
    return next((each for each in turns if not each.calls), SILENT)


def turn_of_body(turns: Play, body: Json) -> ModelTurn | None:
    """The turn that answers a request to OpenAI's chat API; None without any turns."""
    if not turns:
        return None
    return play(turns, body, _exchanges(body), may_call=_may_call(body))


def _exchanges(body: Json) -> int:
    return sum(map(_is_exchange, body["messages"]))


def _may_call(body: Json) -> bool:
    return bool(body.get("tools")) and body.get("tool_choice") != "none"


def _is_exchange(message: Json) -> bool:
    if message.get("tool_calls"):
        return True
    content = str(message["content"])
    return message["role"] == "user" and content.startswith(PLAIN_RESULTS)


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
    if played.calls and played.wire not in TEXT_FORMATS:
        return "tool_calls"
    return "stop"


def _call_deltas(played: ModelTurn, prefix: str) -> Iterable[Json]:
    size = FRAGMENT
    if played.wire == "whole":
        size = max(1, *(len(each.arguments) for each in played.calls))
    for index, each in enumerate(played.calls):
        first, *rest = _pieces(each.arguments, size) or [""]
        function = {"name": each.name, "arguments": first}
        head = {"index": index, "id": f"{prefix}{index}", "type": "function"}
        yield {"tool_calls": [{**head, "function": function}]}
        for piece in rest:
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
