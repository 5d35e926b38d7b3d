"""Whatever a service sends, a reader sees words, an end in time, and a state that is true."""

import json
import uuid

import pytest

from chat.core.completion import AnswerContext
from chat.core.errors import ProviderError, error_class
from chat.core.events import Done
from chat.core.pipeline import AnswerLimits, Model, Retrieved, answer
from chat.core.ports import Text
from chat.core.prompt import Prompt, PromptPassage
from chat.core.request import ChatRequest, Turn
from chat.core.tool_calls import ToolCall, ToolSpec
from chat.providers import base
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.google import Google
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.runs import Run
from chat.testing.google_server import GoogleServer
from chat.testing.service_quirks import (
    call_quirks,
    gemini_call_quirks,
    gemini_quirks,
    gemini_replies,
    openai_quirks,
    wires,
)
from chat.testing.wire_server import WireServer

SECRETS = ("sk-secret", "10.0.0.7", "violence", "127.0.0.1")


class Shelf:
    """A Retriever of one passage."""

    async def retrieve(self, question, limit):
        yield Retrieved((PromptPassage("a.py", 1, 2, "x = 1"),), "c0ffee", "words", "a/b")


class Cache:
    """An AnswerCache that keeps what it is given."""

    def __init__(self):
        self.kept = []

    async def get(self, key):
        return None

    async def put(self, key, cached):
        self.kept.append(cached.text)


@pytest.fixture(scope="module")
def openai_server():
    with WireServer() as server:
        yield server


@pytest.fixture(scope="module")
def google_server():
    with GoogleServer() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The waits between tries and at an end are what other tests are about."""
    monkeypatch.setattr(base, "FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(base, "LOADING_SECONDS", 0.0)
    monkeypatch.setattr(base, "ENDING_SECONDS", 0.2)


async def check(adapter, model, quirk):
    """Ask a model of this quirk, and compare what its reader sees."""
    request = ChatRequest("a/b", (Turn("user", "how?"),))
    chosen = Model("p", model, 8_000, 1_000, {"temperature": 0.2})
    context = AnswerContext(request, (), Shelf(), adapter, chosen, AnswerLimits())
    cache, run = Cache(), Run(id=uuid.uuid4())
    run.start(answer(context, cache))
    read = [item.event async for item in run.attach()]
    await adapter.close()
    reason = run.error.reason if run.error else ""
    notices = tuple(notice.code for notice in run.notices if notice.code != "context_retry")
    assert (run.text, reason, notices) == (quirk.text, quirk.reason, quirk.notices)
    assert read[-1] == Done("complete" if quirk.is_complete else "partial")
    assert cache.kept == ([quirk.text] if quirk.is_complete else [])
    if run.error:
        assert issubclass(error_class(run.error.code), ProviderError)
        assert not any(secret in run.error.message for secret in SECRETS)


def config(address):
    return ProviderConfig("p", "sk-secret", address, {}, Timeouts(1, 1, 5))


@pytest.mark.parametrize("quirk", openai_quirks(), ids=str)
async def test_a_quirk_of_a_service_with_the_api_of_openai(openai_server, quirk):
    openai_server.replies[quirk.name] = wires(quirk)
    await check(OpenAICompatibleAdapter(config(openai_server.url)), quirk.name, quirk)
    assert openai_server.asked[quirk.name] == quirk.requests


@pytest.mark.parametrize("quirk", gemini_quirks(), ids=str)
async def test_a_quirk_of_gemini(google_server, quirk):
    model = f"models/{quirk.name}"
    google_server.replies[model] = gemini_replies(quirk)
    await check(Google(config(google_server.address)), model, quirk)
    assert sum(request.model == model for request in google_server.requests) == quirk.requests


TOOLS = (ToolSpec("grep", "Lines."), ToolSpec("read_file", "A file."))
MAY_CALL = Prompt("s", (Turn("user", "how?"),), (), "how?", "en", tools=TOOLS)


async def check_calls(adapter, name, quirk):
    """Ask a model that may call tools: its text, its calls and its error."""
    pieces, reason = [], ""
    try:
        async for piece in adapter.stream(MAY_CALL, Model("p", name, 8_000, 1_000, {})):
            pieces.append(piece)
    except ProviderError as error:
        reason = error.reason
    await adapter.close()
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    calls = [piece for piece in pieces if isinstance(piece, ToolCall)]
    told = [compact(f"{call.name} {call.arguments}") for call in calls]
    assert (text, reason, told) == (quirk.text, quirk.reason, list(map(compact, quirk.calls)))
    assert len({call.id for call in calls}) == len(calls)


def compact(call):
    """A call whose arguments are written in one way, if they are JSON."""
    name, _, arguments = call.partition(" ")
    try:
        return name, json.loads(arguments)
    except ValueError:
        return name, arguments


@pytest.mark.parametrize("quirk", call_quirks(), ids=str)
async def test_a_quirk_of_calls(openai_server, quirk):
    name = f"call {quirk.name}"
    openai_server.replies[name] = wires(quirk)
    await check_calls(OpenAICompatibleAdapter(config(openai_server.url)), name, quirk)
    assert openai_server.asked[name] == quirk.requests


@pytest.mark.parametrize("quirk", gemini_call_quirks(), ids=str)
async def test_a_quirk_of_geminis_calls(google_server, quirk):
    name = f"models/call {quirk.name}"
    google_server.replies[name] = gemini_replies(quirk)
    await check_calls(Google(config(google_server.address)), name, quirk)
    assert sum(request.model == name for request in google_server.requests) == quirk.requests
