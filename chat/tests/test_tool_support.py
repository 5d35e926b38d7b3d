"""Whether a model calls tools: by the models file, the service's list, and its refusals."""

import json

import pytest

from chat.core.errors import ToolsUnsupported
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.core.tool_calls import ToolSpec
from chat.providers import Providers
from chat.testing.wire_server import Wire, WireServer

OPENAI = {"adapter": "openai", "key": "KEY", "address": ["URL", ""], "custom": True}
OLLAMA = {"adapter": "ollama", "address": ["URL", ""], "custom": True, "models": [], "live": True}
LIST = {
    "data": [
        {"id": "with", "supported_parameters": ["tools", "max_tokens"]},
        {"id": "without", "supported_parameters": ["max_tokens"]},
        {"id": "mistral", "capabilities": {"completion_chat": True, "function_calling": True}},
        {"id": "lmstudio", "capabilities": ["tool_use"]},
        {"id": "silent"},
        {"id": "odd", "supported_parameters": "tools", "capabilities": 7},
    ]
}


@pytest.fixture
def server():
    with WireServer() as server:
        yield server


def reply(body, status=200):
    return (Wire((json.dumps(body).encode(),), status, "application/json"),)


def known(server, section, url):
    providers = Providers({"p": section}, {"KEY": "sk", "URL": url}, discover=False)
    providers.refresh_models()
    providers._live_models.wait(20)
    return providers


def test_the_list_of_a_service_says_which_models_call_tools(server):
    server.replies["/v1/models"] = reply(LIST)
    providers = known(server, OPENAI, server.url)
    told = {item["id"]: providers.choose("p", item["id"]).tools for item in LIST["data"]}
    assert told == {
        "with": True,
        "without": False,
        "mistral": True,
        "lmstudio": True,
        "silent": None,
        "odd": None,
    }


def test_the_models_file_knows_better_than_the_list(server):
    server.replies["/v1/models"] = reply(LIST)
    facts = [{"match": "without", "tools": True}, {"match": "with", "tools": False}]
    providers = known(server, {**OPENAI, "facts": facts}, server.url)
    assert [providers.choose("p", name).tools for name in ("with", "without")] == [False, True]


def test_ollama_is_asked_for_the_abilities_of_each_model(server):
    server.replies["/api/tags"] = reply({"models": [{"name": name} for name in "abcd"]})
    server.replies["a"] = reply({"capabilities": ["completion", "tools"]})
    server.replies["b"] = reply({"capabilities": ["completion"]})
    server.replies["c"] = reply({"capabilities": 5})
    providers = known(server, OLLAMA, server.address)
    assert [providers.choose("p", name).tools for name in "abcd"] == [True, False, None, None]


def test_an_ollama_that_hangs_when_asked_for_a_model_still_gives_its_list(server):
    names = "abcde"
    server.replies["/api/tags"] = reply({"models": [{"name": name} for name in names]})
    server.replies |= {name: (Wire(ends="never"),) for name in names}
    server.replies["c"] = reply({"capabilities": ["completion", "tools"]})
    providers = known(server, OLLAMA, server.address)
    assert [model["id"] for model in providers.configured()["p"]["models"]] == [*names]
    assert [providers.choose("p", name).tools for name in names] == [None, None, True, None, None]


async def test_a_refusal_counts_in_every_event_loop_of_the_process(server):
    server.replies["m"] = reply({"error": {"message": "m does not support tools"}}, 400)
    providers = known(server, {**OPENAI, "live": False}, server.url)
    prompt = Prompt("s", (Turn("user", "q"),), (), "q", "en", tools=(ToolSpec("grep", ""),))
    model = providers.choose("p", "m")
    assert model.tools is None
    with pytest.raises(ToolsUnsupported):
        await anext(providers.adapter("p").stream(prompt, model))
    await providers.close()
    assert providers.choose("p", "m").tools is False
