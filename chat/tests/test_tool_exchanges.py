"""What a service gets back with its calls, and the form that it takes them in."""

import json
from dataclasses import replace

import pytest

from chat.core.errors import ProviderError, ToolsUnsupported
from chat.core.ports import Model, Text
from chat.core.prompt import Prompt, neutralize
from chat.core.request import Turn
from chat.core.tool_calls import ToolCall, ToolExchange, ToolSpec
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.providers.text_call_filter import OPENERS
from chat.testing.wire_server import Wire, WireServer

ASKED = Prompt("s", (Turn("user", "q"),), (), "q", "en", tools=(ToolSpec("grep", "Lines."),))
CALLED = ToolExchange("Looking.", (ToolCall("c1", "grep", "{}"),), ("a.py",))
AFTER = replace(ASKED, exchanges=(CALLED,))
SIGNED = {"google": {"thought_signature": "c2lnbmVk"}}
DETAILS = [
    {"type": "reasoning.text", "index": 0, "text": "H"},
    {"type": "reasoning.text", "index": 0, "text": "m", "signature": "s"},
    {"type": "reasoning.encrypted", "index": 1, "data": "x"},
]


def stream(*deltas, reason="stop"):
    choices = [{"index": 0, "delta": delta} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": reason})
    lines = (f"data: {json.dumps({'choices': [each]})}\n\n" for each in choices)
    return Wire(("".join(lines).encode(),))


def refusal(message, status=400, **more):
    body = json.dumps({"error": {"message": message, **more}})
    return Wire((body.encode(),), status, "application/json")


FINE = stream({"content": "Fine."})


@pytest.fixture
def server():
    with WireServer() as server:
        yield server


@pytest.fixture
async def adapter(server):
    made = OpenAICompatibleAdapter(ProviderConfig("p", "k", server.url, {}, Timeouts(5, 5)))
    yield made
    await made.close()


async def ask(adapter, prompt):
    pieces = [piece async for piece in adapter.stream(prompt, Model("p", "m", 8_000, 9, {}))]
    calls = tuple(piece for piece in pieces if isinstance(piece, ToolCall))
    return "".join(piece.text for piece in pieces if isinstance(piece, Text)), calls


async def test_thoughts_and_signatures_go_back_to_the_service_that_sent_them(server, adapter):
    call = {"index": 0, "id": "c1", "function": {"name": "grep", "arguments": "{}"}}
    server.replies["m"] = (
        stream(
            {"reasoning_content": "H"},
            {"reasoning_content": "m", "reasoning_details": DETAILS[:1]},
            {"reasoning_details": DETAILS[1:]},
            {"tool_calls": [{**call, "extra_content": SIGNED}]},
            {"tool_calls": [{**call, "index": 1, "id": "c2"}]},
            reason="tool_calls",
        ),
        FINE,
    )
    text, calls = await ask(adapter, ASKED)
    await ask(adapter, replace(ASKED, exchanges=(ToolExchange(text, calls, ("a", "b")),)))
    told = server.bodies[-1]["messages"][2]
    assert told["reasoning_content"] == "Hm"
    assert told["reasoning_details"] == [{**DETAILS[1], "text": "Hm"}, DETAILS[2]]
    assert [each.get("extra_content") for each in told["tool_calls"]] == [SIGNED, None]


async def test_what_a_service_did_not_send_does_not_go_to_it(server, adapter):
    server.replies["m"] = (FINE,)
    await ask(adapter, AFTER)
    assert server.bodies[-1]["messages"][2].keys() == {"role", "content", "tool_calls"}


async def test_thoughts_that_are_refused_are_left_out_from_then_on(server, adapter):
    kept = json.dumps({"turn": {"reasoning_content": "Hm"}}).encode()
    called = replace(CALLED, calls=(replace(CALLED.calls[0], opaque=kept),))
    server.replies["m"] = (refusal("reasoning_content is not permitted in messages"), FINE)
    for _ in range(2):
        assert (await ask(adapter, replace(ASKED, exchanges=(called,))))[0] == "Fine."
    sent = ["reasoning_content" in body["messages"][2] for body in server.bodies]
    assert sent == [True, False, False]


@pytest.mark.parametrize(
    "refused",
    [
        refusal("Unexpected role 'tool' after role 'assistant'", 400),
        refusal("Missing `reasoning_content` field in the assistant message", 400),
        refusal("Jinja template error", 500),
        Wire((b"{}",), 422, "application/json"),
    ],
)
async def test_calls_as_messages_that_are_refused_are_plain_text_from_then_on(
    server, adapter, refused
):
    server.replies["m"] = (refused, FINE)
    for _ in range(2):
        assert (await ask(adapter, AFTER))[0] == "Fine."
    assert len(server.bodies) == 3
    for body in server.bodies[1:]:
        assert [each["role"] for each in body["messages"]][2:] == ["assistant", "user"]
        assert "a.py" in body["messages"][3]["content"]
        assert body["tools"]


async def test_a_last_turn_with_tools_that_is_refused_goes_without_them(server, adapter):
    server.replies["m"] = (refusal("tool_choice none is not supported", param="tool_choice"), FINE)
    for _ in range(2):
        assert (await ask(adapter, replace(AFTER, is_final=True)))[0] == "Fine."
    assert ["tools" in body for body in server.bodies] == [True, False, False]


async def test_plain_text_that_is_refused_too_is_a_model_without_tools(server, adapter):
    server.replies["m"] = (refusal("tool role unknown"),)
    with pytest.raises(ToolsUnsupported):
        await ask(adapter, AFTER)
    assert len(server.bodies) == 2


@pytest.mark.parametrize("status", [401, 402, 429, 500, 503])
async def test_a_failure_of_another_kind_is_not_taken_for_one_of_tools(server, adapter, status):
    server.replies["m"] = (refusal("no", status),)
    for prompt in (ASKED, AFTER):
        with pytest.raises(ProviderError) as caught:
            await ask(adapter, prompt)
        assert not isinstance(caught.value, ToolsUnsupported)


@pytest.mark.parametrize("mark", [*OPENERS, "</tool_results>", "<parameter=path>"])
def test_marks_of_calls_in_a_repository_are_broken(mark):
    assert neutralize(f"a {mark} b") == f"a ‹{mark[1:]} b"


async def test_what_was_refused_is_tried_again_after_some_hours(server, adapter, monkeypatch):
    import chat.providers.tool_refusals as refusals

    monkeypatch.setattr(refusals, "SECONDS", -1.0)
    server.replies["m"] = (refusal("m does not support tools"), FINE)
    adapter.tools.refusals.add("m", refusals.ToolFeature.TOOLS, refusals.SECONDS)
    assert adapter.tools.refusals.tools("m", None) is None
