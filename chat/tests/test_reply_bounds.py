"""What a model's service sends is read up to a bound, at a linear cost."""

import gzip
import json

import google.ai.generativelanguage as glm
import pytest

from chat.core.errors import ContextTooLong, CutOff, ProviderError
from chat.core.pipeline import Model, Text
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers import base
from chat.providers.adapters import ProviderSettings
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.event_stream import MAX_LINE_BYTES, EventDecoder
from chat.providers.google import Google
from chat.providers.model_lists import fetch_models
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.testing.google_server import GoogleServer
from chat.testing.wire_server import Wire, WireServer
from deepwiki.foundation.bounded_http import ReplyTooLarge
from deepwiki.testing.growth import LINEAR, growth
from repos.embedders.base import EmbedderError
from repos.embedders.openai_compatible import OpenAICompatibleEmbedder

PROMPT = Prompt("be kind", (Turn("user", "how?"),), (), "how?", "en")
MEBIBYTE = b"x" * 2**20
# What lies in the buffers of two sockets besides what was read.
IN_FLIGHT = 16 * 2**20


@pytest.fixture(autouse=True)
def no_retries(monkeypatch):
    monkeypatch.setattr(base, "RETRIES", 0)


@pytest.fixture
def wire_server():
    with WireServer() as server:
        yield server


async def text_of(server, model, kind=OpenAICompatibleAdapter, address=None):
    adapter = kind(ProviderConfig("p", "sk", address or server.url, {}, Timeouts(20, 20)))
    pieces = []
    try:
        async for piece in adapter.stream(PROMPT, Model("p", model, 8_000, 100, {})):
            pieces.append(piece)
    finally:
        await adapter.close()
    return "".join(piece.text for piece in pieces if isinstance(piece, Text))


@pytest.mark.parametrize(
    "start",
    [b"data: ", b'data: {"choices": [{"delta": {"content": "', b": ", b"x", b"{", b"event: "],
)
async def test_a_line_without_an_end_is_given_up(wire_server, start):
    wire_server.replies["m"] = (Wire((start, MEBIBYTE), repeat=400),)
    with pytest.raises(CutOff) as caught:
        await text_of(wire_server, "m")
    assert caught.value.reason == "reply_too_large"
    await wire_server.wait_for_async(lambda: wire_server.left)
    assert wire_server.sent["m"] < MAX_LINE_BYTES + IN_FLIGHT


async def test_lines_without_an_end_of_their_number_are_given_up(wire_server):
    event = b"data: " + json.dumps({"choices": [], "padding": "x" * 100_000}).encode() + b"\n\n"
    wire_server.replies["m"] = (Wire((event * 10,), repeat=400),)
    with pytest.raises(CutOff):
        await text_of(wire_server, "m")


async def test_json_in_lines_without_an_end_of_their_number_is_given_up(wire_server):
    wire_server.replies["m"] = (Wire((b"data: {\n", b"data: 1,\n" * 100_000), repeat=400),)
    with pytest.raises(CutOff):
        await text_of(wire_server, "m")


async def test_the_body_of_an_error_is_read_to_its_first_part_alone(wire_server):
    start = b'{"error": {"code": "context_length_exceeded"}}'
    wire_server.replies["m"] = (Wire((start, b" " * 2**20), 400, "application/json", repeat=400),)
    with pytest.raises(ContextTooLong):
        await text_of(wire_server, "m")
    assert wire_server.sent["m"] < IN_FLIGHT


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "unknown"])
async def test_what_inflates_beyond_the_bound_is_given_up(wire_server, encoding):
    bomb = gzip.compress(b"data: " + b"x" * 200_000_000)
    headers = {"Content-Encoding": encoding}
    wire_server.replies["m"] = (Wire((bomb,), headers=headers),)
    with pytest.raises(ProviderError):
        await text_of(wire_server, "m")


async def test_a_compressed_reply_is_read_all_the_same(wire_server):
    event = {"choices": [{"delta": {"content": "hello"}, "finish_reason": "stop"}]}
    body = gzip.compress(f"data: {json.dumps(event)}\n\n".encode())
    headers = {"Content-Encoding": "gzip"}
    wire_server.replies["m"] = (Wire((body[:9], body[9:]), headers=headers),)
    assert await text_of(wire_server, "m") == "hello"


def test_the_cost_of_a_line_is_linear_in_its_length():
    def decode(size):
        decoder = EventDecoder()
        decoder.feed(b"data: ")
        for _ in range(size // 1_000):
            decoder.feed(b"x" * 1_000)

    assert growth(decode, 3_600_000) < LINEAR


def test_the_cost_of_many_small_chunks_is_linear():
    def decode(size):
        decoder = EventDecoder()
        for _ in range(size):
            decoder.feed(b"d")

    assert growth(decode, 400_000) < LINEAR


async def test_a_list_of_models_without_an_end_is_given_up(wire_server):
    wire_server.replies["/api/tags"] = (Wire((b'{"models": [', MEBIBYTE), repeat=400),)
    settings = ProviderSettings({"address": ["X", wire_server.address]}, {})
    with pytest.raises(ReplyTooLarge):
        await fetch_models("ollama", settings, 20)
    assert wire_server.sent["/api/tags"] < IN_FLIGHT


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [{"index": 0, "embedding": [1',
        b"<html>not a service</html>",
        b'{"data": null}',
        b'{"data": [{"index": 0, "embedding": null}]}',
        b'{"data": [{"index": 0, "embedding": ["a", "b"]}]}',
        b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}',
        b'{"data": [{"index": 0, "embedding": [[1], [2]]}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": []}',
        b"[1, 2]",
        b"null",
        b'{"data": ' + b"[" * 50_000,
    ],
)
def test_an_embedding_reply_of_another_shape_is_an_error_of_the_service(wire_server, body):
    wire_server.replies["m"] = (Wire((body,), content_type="application/json"),)
    embedder = OpenAICompatibleEmbedder("openai", "m", "sk", wire_server.url)
    with pytest.raises(EmbedderError):
        embedder.embed(["a"])
    with pytest.raises(EmbedderError):
        embedder.embed_question("a")
    embedder._client.close()


def test_an_embedding_reply_without_an_end_is_given_up(wire_server, monkeypatch):
    monkeypatch.setattr("repos.embedders.openai_compatible.MAX_RETRIES", 0)
    wire = Wire((b'{"data": [', MEBIBYTE), content_type="application/json", repeat=400)
    wire_server.replies["m"] = (wire,)
    embedder = OpenAICompatibleEmbedder("openai", "m", "sk", wire_server.url)
    with pytest.raises(EmbedderError):
        embedder.embed(["a"])
    embedder._client.close()
    assert wire_server.sent["m"] < 32_000_000 + IN_FLIGHT


async def test_a_message_of_gemini_above_the_bound_is_given_up(monkeypatch):
    reply = glm.GenerateContentResponse(
        candidates=[{"content": {"parts": [{"text": "x" * 5_000_000}]}}]
    )

    async def replies(*_):
        yield reply

    monkeypatch.setattr("chat.testing.google_server._replies", replies)
    with GoogleServer() as server, pytest.raises(CutOff) as caught:
        await text_of(server, "m", Google, server.address)
    assert caught.value.reason == "reply_too_large"


async def test_messages_of_gemini_without_an_end_of_their_number_are_given_up(monkeypatch):
    reply = glm.GenerateContentResponse(
        candidates=[{"content": {"parts": [{"text": "x" * 10**6}]}}]
    )

    async def replies(*_):
        for _ in range(200):
            yield reply

    monkeypatch.setattr("chat.testing.google_server._replies", replies)
    with GoogleServer() as server, pytest.raises(CutOff) as caught:
        await text_of(server, "m", Google, server.address)
    assert caught.value.reason == "reply_too_large"
