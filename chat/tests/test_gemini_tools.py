"""Gemini calls functions: the real Google client against a server that speaks its gRPC."""

import json
from dataclasses import replace

import google.ai.generativelanguage as glm
import pytest

from chat.core.errors import ToolsUnsupported
from chat.core.ports import Model, Text
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.core.tool_calls import ToolCall, ToolExchange, ToolSpec
from chat.testing.gemini_turns import SIGNATURE, SIGNATURE_FIELD
from chat.testing.tool_script import call, turn
from chat.tests.test_google import google, server

__all__ = ["google", "server"]

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "properties": {
        "pattern": {"type": "string", "description": "RE2", "minLength": 1},
        "limit": {"type": ["integer", "null"], "exclusiveMinimum": 0},
        "paths": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "mode": {"type": "string", "enum": ["a", "b"]},
        "free": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "empty": {"type": "object"},
        "inner": {
            "type": "object",
            "properties": {"x": {"type": "number"}},
            "required": ["x", "y"],
        },
    },
    "required": ["pattern", "gone"],
}
TOOLS = (ToolSpec("grep", "Lines that match.", SCHEMA), ToolSpec("map", "The files."))
ASKED = Prompt("be kind", (Turn("user", "why?"),), (), "why?", "en", tools=TOOLS)
MODEL = "models/m"


async def ask(adapter, prompt=ASKED):
    pieces = [piece async for piece in adapter.stream(prompt, Model("google", MODEL, 8_000, 9, {}))]
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    return text, tuple(piece for piece in pieces if isinstance(piece, ToolCall))


def after(text, calls):
    results = tuple(f"result of {each.name}" for each in calls)
    return replace(ASKED, exchanges=(ToolExchange(text, calls, results),))


LOOKS = turn(call("grep", pattern="x", limit=3), call("map"), text="Let me look.")


async def test_calls_and_results_go_to_and_fro_with_their_signatures(google, server):
    server.plays[MODEL] = [LOOKS, turn(text="Because.")]
    text, calls = await ask(google)
    assert text == "Let me look."
    assert [(each.name, json.loads(each.arguments)) for each in calls] == [
        ("grep", {"pattern": "x", "limit": 3}),
        ("map", {}),
    ]
    assert [each.opaque for each in calls] == [SIGNATURE, b""]
    assert await ask(google, after(text, calls)) == ("Because.", ())
    _, told, answered = server.requests[-1].contents
    assert (told.role, answered.role) == ("model", "user")
    assert told.parts[0].text == "Let me look."
    assert [part.function_call.name for part in told.parts[1:]] == ["grep", "map"]
    assert SIGNATURE_FIELD in glm.Part.pb(told.parts[1]).SerializeToString()
    assert [part.function_response.name for part in answered.parts] == ["grep", "map"]
    assert dict(answered.parts[0].function_response.response) == {"result": "result of grep"}
    assert [part.function_response.id for part in answered.parts] == [each.id for each in calls]


async def test_functions_are_told_in_the_part_of_json_schema_that_gemini_takes(google, server):
    server.plays[MODEL] = [turn(text="Fine.")]
    await ask(google)
    grep, listing = server.requests[-1].tools[0].function_declarations
    told = grep.parameters
    assert {name: each.type_.name for name, each in told.properties.items()} == {
        "pattern": "STRING",
        "limit": "INTEGER",
        "paths": "ARRAY",
        "mode": "STRING",
        "free": "STRING",
        "empty": "STRING",
        "inner": "OBJECT",
    }
    assert told.properties["limit"].nullable
    assert told.properties["free"].nullable
    assert list(told.properties["mode"].enum) == ["a", "b"]
    assert list(told.properties["inner"].required) == ["x"]
    assert list(told.required) == ["pattern"]
    assert "parameters" not in listing


async def test_a_last_turn_may_not_call(google, server):
    server.plays[MODEL] = [LOOKS]
    text, calls = await ask(google)
    assert await ask(google, replace(after(text, calls), is_final=True)) == ("Done.", ())
    sent = server.requests[-1]
    assert sent.tool_config.function_calling_config.mode.name == "NONE"
    assert [each.name for each in sent.tools[0].function_declarations] == ["grep", "map"]


async def test_without_tools_calls_and_results_are_plain_text(google, server):
    server.plays[MODEL] = [LOOKS, turn(text="Because.")]
    text, calls = await ask(google)
    server.plays[MODEL] = [turn(text="Because.")]
    await ask(google, replace(after(text, calls), tools=(), is_final=True))
    _, told, answered = server.requests[-1].contents
    assert "Looked with grep" in told.parts[0].text
    assert "result of map" in answered.parts[0].text
    assert not server.requests[-1].tools


async def test_a_signature_that_is_missed_leads_to_plain_text(google, server):
    def refuses(request):
        if any(part.function_call.name for each in request.contents for part in each.parts):
            return (
                "INVALID_ARGUMENT",
                "Function call is missing a thought_signature in functionCall",
            )
        return turn(text="Because.")

    server.plays[MODEL] = refuses
    unsigned = (ToolCall("c1", "grep", "{}"),)
    for _ in range(2):
        assert await ask(google, after("", unsigned)) == ("Because.", ())
    assert len(server.requests) == 3


async def test_a_model_without_functions_is_not_asked_again(google, server):
    server.plays[MODEL] = lambda request: (
        "INVALID_ARGUMENT",
        "Function calling is not enabled for models/gemma-3-27b-it",
    )
    for _ in range(2):
        with pytest.raises(ToolsUnsupported):
            await ask(google)
    assert len(server.requests) == 1
