"""One call of a model: signs of life, its time, what is asked again, and its parameters."""

import asyncio

import pytest

from chat.core.errors import CutOff, ProviderRefused, Unavailable
from chat.core.pipeline import Model, Text
from chat.core.ports import LengthLimit, Thinking
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers import base
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.providers.request_parameters import MAX_MODELS, ModelParameters
from chat.providers.service_errors import Report
from chat.testing.wire_server import Wire, WireServer

PROMPT = Prompt("be kind", (Turn("user", "how?"),), (), "how?", "en")
ANSWER = Wire((b'data: {"choices":[{"delta":{"content":"hello"},"finish_reason":"stop"}]}\n\n',))
COMMENT = b": OPENROUTER PROCESSING\n\n"
THOUGHT = b'data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}\n\n'
MANY = 1_000_000


@pytest.fixture
def server():
    with WireServer() as server:
        yield server


@pytest.fixture
async def adapter(server, request):
    timeouts = getattr(request, "param", Timeouts(5, 5, 20))
    adapter = OpenAICompatibleAdapter(ProviderConfig("p", "sk", server.url, {}, timeouts))
    yield adapter
    await adapter.close()


def refusal(message, param=None, status=400, code=None):
    body = f'{{"error": {{"message": "{message}", "param": {param or "null"}, "code": {code or "null"}}}}}'
    return Wire((body.encode(),), status, "application/json")


async def pieces(adapter, model="m", **options):
    chosen = Model("p", model, 8_000, 100, {"temperature": 0.2}, **options)
    return [piece async for piece in adapter.stream(PROMPT, chosen)]


def text(found):
    return "".join(piece.text for piece in found if isinstance(piece, Text))


# --- signs of life, and time ---


@pytest.mark.parametrize("adapter", [Timeouts(0.3, 0.3, 20)], indirect=True)
@pytest.mark.parametrize("sign", [COMMENT, THOUGHT, b"\n", b"event: ping\n\n"])
async def test_a_service_that_gives_signs_of_life_is_waited_for(server, adapter, sign):
    server.replies["m"] = (Wire((sign, *ANSWER.chunks), pause=0.2, pauses=5),)
    assert text(await pieces(adapter)) == "hello"
    assert server.asked["m"] == 1


@pytest.mark.parametrize("adapter", [Timeouts(5, 5, 0.5)], indirect=True)
@pytest.mark.parametrize(
    ("sign", "error"), [(COMMENT, Unavailable), (THOUGHT, CutOff)], ids=["comments", "thoughts"]
)
async def test_a_call_ends_with_its_time_whatever_signs_come(server, adapter, sign, error):
    server.replies["m"] = (Wire((sign,), pause=0.05, pauses=MANY),)
    with pytest.raises(error) as caught:
        await pieces(adapter)
    assert caught.value.reason == "call_too_long"
    await server.wait_for_async(lambda: server.left)
    assert server.asked["m"] == 1


@pytest.mark.parametrize("adapter", [Timeouts(0.2, 0.2, 20)], indirect=True)
@pytest.mark.parametrize(
    "start", [(), (COMMENT,), (THOUGHT,)], ids=["nothing", "comment", "thought"]
)
async def test_a_silent_model_is_not_asked_again(server, adapter, start):
    server.replies["m"] = (Wire(start, ends="never"), ANSWER)
    with pytest.raises(Unavailable):
        await pieces(adapter)
    assert server.asked["m"] == 1


@pytest.mark.parametrize("adapter", [Timeouts(0.2, 0.2, 20)], indirect=True)
async def test_a_model_that_thinks_in_silence_may_take_the_time_of_a_call(server, adapter):
    server.replies["m"] = (Wire(ANSWER.chunks, delay=0.6),)
    assert text(await pieces(adapter, thinks=True)) == "hello"
    with pytest.raises(Unavailable):
        await pieces(adapter)


async def test_thoughts_are_signals_without_their_text(server, adapter):
    server.replies["m"] = (Wire((THOUGHT, THOUGHT, *ANSWER.chunks)),)
    found = await pieces(adapter)
    assert found == [Thinking(), Thinking(), Text("hello")]


async def test_an_answer_at_the_limit_of_output_says_so(server, adapter):
    body = ANSWER.chunks[0].replace(b"stop", b"length")
    server.replies["m"] = (Wire((body,)),)
    assert await pieces(adapter) == [Text("hello"), LengthLimit()]


async def test_what_no_adapter_foresees_is_an_error_of_the_service(caplog):
    async def broken():
        raise LookupError("sk-secret")
        yield

    with pytest.raises(Unavailable) as caught:
        async for _ in base.with_timeouts_and_retries(broken, Timeouts()):
            pass
    assert caught.value.reason == "unreadable_reply"
    assert "sk-secret" not in caplog.text


# --- parameters ---


@pytest.mark.parametrize(
    "reply",
    [
        refusal("Unsupported value: 'temperature' does not support 0.2", '"temperature"'),
        refusal("Unrecognized request argument supplied: temperature"),
        refusal("Argument not supported on this model: temperature"),
        Wire(
            (
                b'{"detail": [{"type": "extra_forbidden", "loc": ["body", "temperature"],'
                b' "msg": "Extra inputs are not permitted", "input": 0.2}]}',
            ),
            422,
            "application/json",
        ),
    ],
    ids=["OpenAI", "Azure", "xAI", "Mistral"],
)
async def test_a_parameter_that_is_refused_is_left_out_from_then_on(server, adapter, reply):
    server.replies["m"] = (reply, ANSWER)
    server.replies["other"] = (ANSWER,)
    assert text(await pieces(adapter)) == "hello"
    assert text(await pieces(adapter)) == "hello"
    await pieces(adapter, "other")
    assert ["temperature" in body for body in server.bodies] == [True, False, False, True]
    assert all(body["max_tokens"] == 100 for body in server.bodies)


async def test_the_limit_of_output_goes_by_the_name_that_the_service_asks_for(server, adapter):
    words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    server.replies["m"] = (refusal(words, '"max_tokens"'), ANSWER)
    await pieces(adapter)
    assert "max_tokens" not in server.bodies[1]
    assert server.bodies[1]["max_completion_tokens"] == 100


async def test_a_reasoning_model_that_refuses_one_after_another_is_answered(server, adapter):
    limit = refusal("Use 'max_completion_tokens' instead of max_tokens.", '"max_tokens"')
    server.replies["m"] = (limit, refusal("no", '"temperature"'), ANSWER)
    assert text(await pieces(adapter)) == "hello"
    assert server.asked["m"] == 3


async def test_a_service_that_refuses_the_same_for_ever_is_asked_twice(server, adapter):
    server.replies["m"] = (refusal("Unsupported value", '"temperature"'),)
    with pytest.raises(ProviderRefused):
        await pieces(adapter)
    assert server.asked["m"] == 2


async def test_a_service_that_refuses_everything_is_not_asked_without_end(server, adapter):
    names = ("temperature", "max_tokens", "stream_options")
    server.replies["m"] = tuple(refusal("no", f'"{name}"') for name in names)
    with pytest.raises(ProviderRefused):
        await pieces(adapter)
    assert server.asked["m"] <= len(names) + 1


@pytest.mark.parametrize(
    "reply",
    [refusal("messages: bad", '"messages"'), refusal("no"), refusal("temperature", status=403)],
    ids=["another", "none", "another status"],
)
async def test_any_other_refusal_is_final(server, adapter, reply):
    server.replies["m"] = (reply, ANSWER)
    with pytest.raises(Exception, match="service"):
        await pieces(adapter)
    assert server.asked["m"] == 1


async def test_what_the_models_file_unsets_is_never_sent(server, adapter):
    server.replies["m"] = (ANSWER,)
    names = frozenset({"temperature", "stream_options", "max_tokens"})
    await pieces(adapter, unset=names)
    assert set(server.bodies[0]) == {"model", "messages", "stream"}
    await pieces(adapter, limit_parameter="max_completion_tokens")
    assert server.bodies[1]["max_completion_tokens"] == 100


def test_what_is_remembered_of_models_is_bounded():
    parameters = ModelParameters()
    report = Report.of({"param": "temperature"})
    for number in range(MAX_MODELS + 50):
        model = Model("p", f"m{number}", 8_000, 100, {"temperature": 0.2})
        assert parameters.learn(model, 400, report)
    assert len(parameters._refused) == MAX_MODELS
    assert "temperature" not in parameters.of(model)


async def test_a_model_that_is_being_loaded_is_waited_for_within_the_first_time(
    server, monkeypatch
):
    monkeypatch.setattr(base, "LOADING_SECONDS", 0.1)
    busy = Wire((b'{"error": {"message": "Loading model"}}',), 503, "application/json")
    server.replies["m"] = (busy,)
    adapter = OpenAICompatibleAdapter(
        ProviderConfig("p", "sk", server.url, {}, Timeouts(0.5, 5, 20))
    )
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable) as caught:
            await pieces(adapter)
    await adapter.close()
    assert caught.value.reason == "model_loading"
    assert 2 <= server.asked["m"] <= 6
