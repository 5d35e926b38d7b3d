"""Gemini through the real Google client, against a server that speaks its gRPC."""

import pytest

from chat.core.errors import (
    AuthFailed,
    Blocked,
    ContextTooLong,
    CutOff,
    ModelNotFound,
    RateLimited,
    Unavailable,
)
from chat.core.pipeline import Model, Text, Tokens
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers import base
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.google import Google
from chat.testing.google_server import GoogleServer

ASKED = Prompt(
    "be kind",
    (Turn("user", "one"), Turn("assistant", "two"), Turn("user", "three")),
    (),
    "three",
    "en",
)


@pytest.fixture
def server():
    with GoogleServer() as server:
        yield server


@pytest.fixture
async def google(server):
    adapter = Google(ProviderConfig("google", "AIza-test-key", server.address, {}, Timeouts(5, 5)))
    yield adapter
    await adapter.close()


def named(model):
    return Model("google", model, 8_000, 100, {"temperature": 0.2})


async def collect(adapter, model):
    return [piece async for piece in adapter.stream(ASKED, named(model))]


async def test_words_usage_roles_and_the_key_of_each_call(google, server):
    pieces = await collect(google, "fake?tokens=3")
    assert [p.text for p in pieces if isinstance(p, Text)] == ["t0000 ", "t0001 ", "t0002 "]
    assert [p for p in pieces if isinstance(p, Tokens)] == [Tokens(7, 3)]
    sent = server.requests[-1]
    assert [(content.role, content.parts[0].text) for content in sent.contents] == [
        ("user", "one"),
        ("model", "two"),
        ("user", "three"),
    ]
    assert sent.system_instruction.parts[0].text == "be kind"
    assert (
        sent.generation_config.max_output_tokens,
        round(sent.generation_config.temperature, 1),
    ) == (100, 0.2)
    assert server.keys[-1] == "AIza-test-key"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", AuthFailed),
        ("404", ModelNotFound),
        ("429", RateLimited),
        ("503", Unavailable),
        ("context", ContextTooLong),
        ("blocked", Blocked),
        ("safety", Blocked),
        ("cut", CutOff),
    ],
)
async def test_each_fault_becomes_its_own_error_without_a_word_of_the_service(
    google, fault, error, monkeypatch
):
    monkeypatch.setattr(base, "RETRIES", 0)
    with pytest.raises(error) as caught:
        await collect(google, f"fake?tokens=4&fault={fault}")
    assert not any(word in str(caught.value) for word in ("AIza", "10.0.0.7", "Quota"))


async def test_a_break_in_the_middle_is_a_cut_and_nothing_is_asked_twice(google, server):
    before, text = len(server.requests), ""
    with pytest.raises(CutOff):
        async for piece in google.stream(ASKED, named("fake?tokens=6&fault=drop")):
            text += piece.text
    assert text == "t0000 t0001 t0002 "
    assert len(server.requests) == before + 1


async def test_a_silent_service_is_given_up(server, monkeypatch):
    monkeypatch.setattr(base, "RETRIES", 0)
    adapter = Google(ProviderConfig("google", "k", server.address, {}, Timeouts(0.2, 0.2)))
    with pytest.raises(Unavailable):
        await collect(adapter, "fake?fault=hang")
    await adapter.close()


async def test_leaving_cancels_the_call(google, server):
    closed = server.closed
    stream = google.stream(ASKED, named("fake?tokens=5000&delay_ms=5"))
    await anext(stream)
    await stream.aclose()
    await server.wait_for_async(lambda: server.closed > closed)
    assert server.closed == closed + 1


async def test_one_setting_goes_through_the_openai_compatible_endpoint_instead(model):
    config = ProviderConfig(
        "google",
        "AIza-test-key",
        "",
        {},
        Timeouts(5, 5),
        environment={"GOOGLE_OPENAI_COMPATIBLE": model.url},
    )
    adapter = Google(config)
    pieces = await collect(adapter, "fake?tokens=2")
    await adapter.close()
    assert [p.text for p in pieces if isinstance(p, Text)] == ["t0000 ", "t0001 "]
    assert model.authorizations[-1] == "Bearer AIza-test-key"
