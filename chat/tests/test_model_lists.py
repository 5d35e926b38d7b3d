"""Lists of models: live from each service, with what the models file knows besides."""

import json
from pathlib import Path

import pytest

from chat import services
from chat.providers import Providers, live_models, load_models, registry
from chat.providers.model_facts import MAX_OFFERED
from chat.templatetags.chat_tags import model_facts
from chat.testing.wire_server import Wire, WireServer

FILE = load_models(Path("chat/providers/models.toml"))
OPENAI = {
    "data": [
        {"id": "gpt-4o", "created": 1_715_000_000},
        {"id": "gpt-9", "created": 1_790_000_000},
        {"id": "gpt-4.1-mini", "created": 1_744_000_000},
        {"id": "o7-mini", "created": 1_780_000_000},
        {"id": "gpt-9-pro", "created": 1_795_000_000},
        {"id": "gpt-4o-2024-08-06", "created": 1_722_000_000},
        *(
            {"id": name, "created": 1_799_000_000}
            for name in """
            text-embedding-3-small whisper-1 tts-1-hd dall-e-3 gpt-image-1 gpt-4o-audio-preview
            gpt-4o-realtime-preview gpt-4o-transcribe omni-moderation-latest babbage-002 sora-2
            gpt-3.5-turbo-instruct gpt-4o-search-preview computer-use-preview
            """.split()
        ),
    ]
}
OPENROUTER = {
    "data": [
        {
            "id": "anthropic/claude-9",
            "name": "Anthropic: Claude 9",
            "created": 1_790_000_000,
            "context_length": 500_000,
            "architecture": {"output_modalities": ["text"]},
            "pricing": {"prompt": "0.000003", "completion": "0.000015"},
            "top_provider": {"max_completion_tokens": 4_000},
        },
        {"id": "openai/gpt-9", "name": "Same", "created": 3},
        {"id": "openai/gpt-9-mini", "name": "Same", "created": 2},
        {"id": "openai/gpt-9:free", "created": 1},
        {"id": "nobody/model", "created": 1},
        {"id": "google/paint", "architecture": {"output_modalities": ["image"]}},
    ]
}
GEMINI = {
    "models": [
        {
            "name": f"models/{name}",
            "displayName": name.title(),
            "inputTokenLimit": 2_000_000,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent"],
        }
        for name in ("gemini-2.5-flash", "gemini-9-pro", "gemini-2.0-flash-exp", "gemini-9-tts")
    ]
    + [{"name": "models/gemini-embedding-001", "supportedGenerationMethods": ["embedContent"]}]
}
AZURE = {
    "data": [
        {"id": "my-chat", "model": "o3", "status": "succeeded", "created_at": 2},
        {"id": "old-chat", "model": "gpt-4o", "status": "succeeded", "created_at": 1},
        {"id": "vectors", "model": "text-embedding-3-large", "status": "succeeded"},
        {"id": "half", "model": "gpt-4o", "status": "running"},
    ]
}
OLLAMA = {
    "models": [
        {"name": "llama3:latest", "details": {"family": "llama"}},
        {"name": "nomic-embed-text:latest"},
        {"name": "mine", "details": {"family": "nomic-bert"}},
    ]
}


@pytest.fixture
def server():
    with WireServer() as server:
        yield server


def reply(body, status=200, **options):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Wire((text,), status, "application/json", **options)


def providers(file=FILE, **environment):
    return Providers(file, environment, discover=False)


def refreshed(known):
    """The providers once every list that is due was asked for."""
    known.refresh_models()
    known._live_models.wait(20)
    return known


def names(known, provider):
    return [entry["id"] for entry in known.configured()[provider]["models"]]


def openai(server, file=FILE):
    return providers(file, OPENAI_API_KEY="sk", OPENAI_BASE_URL=server.url)


def test_the_models_of_openai_are_those_it_has_now_that_chat_newest_first(server):
    server.replies["/v1/models"] = (reply(OPENAI),)
    known = refreshed(openai(server))
    assert names(known, "openai") == ["gpt-4.1-mini", "gpt-9", "o7-mini", "gpt-4o"]
    assert known.choose("openai", "").id == "gpt-4.1-mini"


def test_a_model_nobody_has_heard_of_works_with_what_is_known_of_its_family(server):
    server.replies["/v1/models"] = (reply(OPENAI),)
    known = refreshed(openai(server))
    newest, older, unheard = (known.choose("openai", one) for one in ("gpt-9", "gpt-4o", "zeta"))
    assert (newest.limit_parameter, newest.options) == ("max_completion_tokens", {})
    assert (older.limit_parameter, older.context) == ("max_tokens", 128_000)
    assert (unheard.context, unheard.options) == (32_000, {"temperature": 0.2})


def test_what_the_list_of_openrouter_tells_is_taken_from_it(server):
    server.replies["/v1/models"] = (reply(OPENROUTER),)
    known = refreshed(providers(OPENROUTER_API_KEY="sk", OPENROUTER_BASE_URL=server.url))
    models = known.configured()["openrouter"]["models"]
    labels = {entry["id"]: entry["label"] for entry in models}
    assert list(labels) == ["openai/gpt-9-mini", "anthropic/claude-9", "openai/gpt-9"]
    assert labels["anthropic/claude-9"] == "Anthropic: Claude 9"
    assert labels["openai/gpt-9"] == "Same (openai/gpt-9)"
    claude = known.choose("openrouter", "anthropic/claude-9")
    assert (claude.context, claude.output) == (500_000, 4_000)
    assert known.cost("openrouter", "anthropic/claude-9", 1_000_000, 1_000_000) == 18.0
    assert server.headers[0]["x-title"] == "DeepWiki"


def test_the_models_of_gemini_come_from_its_own_list(server):
    server.replies["/v1beta/models"] = (reply(GEMINI),)
    address = f"127.0.0.1:{server.port}"
    known = refreshed(providers(GOOGLE_API_KEY="AIza", GOOGLE_API_ENDPOINT=address))
    assert names(known, "google") == ["gemini-2.5-flash", "gemini-9-pro"]
    assert known.choose("google", "gemini-9-pro").context == 2_000_000
    assert known.choose("google", "gemini-9-pro").output == 8_192
    assert server.headers[0]["x-goog-api-key"] == "AIza"


def test_through_its_compatible_endpoint_the_list_is_asked_for_there(server):
    server.replies["/v1/models"] = (reply({"data": [{"id": "models/gemini-9"}]}),)
    known = providers(GOOGLE_API_KEY="AIza", GOOGLE_OPENAI_COMPATIBLE=server.url)
    refreshed(known)
    assert server.headers[0]["authorization"] == "Bearer AIza"


def test_the_models_of_azure_are_its_deployments(server):
    server.replies["/openai/deployments"] = (reply(AZURE),)
    known = providers(AZURE_OPENAI_API_KEY="k", AZURE_OPENAI_ENDPOINT=server.address)
    refreshed(known)
    assert names(known, "azure") == ["my-chat", "old-chat"]
    assert known.choose("azure", "my-chat").limit_parameter == "max_completion_tokens"
    assert known.choose("azure", "old-chat").limit_parameter == "max_tokens"


def test_the_models_of_ollama_are_those_that_are_pulled(server):
    server.replies["/api/tags"] = (reply(OLLAMA),)
    known = refreshed(providers(OLLAMA_HOST=server.address))
    assert names(known, "ollama") == ["llama3:latest"]
    assert known.choose("ollama", "").context == 8_192


@pytest.mark.parametrize(
    "then",
    [
        reply({"error": "sk-secret"}, 503),
        reply(b"<html>"),
        reply({"data": "x"}),
        reply(b"[" * 50_000),
        Wire(ends="broken"),
    ],
    ids=["status", "HTML", "shape", "nesting", "broken"],
)
def test_the_list_of_last_time_stays_while_a_service_is_away(server, then, monkeypatch, caplog):
    monkeypatch.setattr(live_models, "REFRESH_SECONDS", 0.0)
    server.replies["/v1/models"] = (reply(OPENAI), then)
    known = refreshed(openai(server))
    before = names(known, "openai")
    refreshed(known)
    assert server.asked["/v1/models"] == 2
    assert names(known, "openai") == before
    assert known.model_list("openai").fails
    assert "sk-secret" not in caplog.text


def test_an_ollama_that_was_found_and_has_gone_is_no_longer_offered(server, monkeypatch):
    monkeypatch.setattr(live_models, "RETRY_SECONDS", 0.0)
    server.replies["/api/tags"] = (reply(OLLAMA), reply({}, 500))
    section = {**FILE["ollama"], "address": ["OLLAMA_HOST", server.address]}
    known = Providers({"ollama": section}, {}, discover=True)
    assert names(refreshed(known), "ollama") == ["llama3:latest"]
    assert refreshed(known).configured() == {}


def test_nobody_waits_for_a_service_that_does_not_answer(server, monkeypatch):
    monkeypatch.setattr(registry, "FIRST_LIST_SECONDS", 0.0)
    server.replies["/v1/models"] = (Wire(ends="never"),)
    known = openai(server)
    known.refresh_models()
    server.wait_for(lambda: server.asked["/v1/models"])
    assert names(known, "openai") == ["gpt-4.1-mini", "gpt-4.1", "gpt-5-mini"]
    assert known.choose("openai", "gpt-4o").context == 128_000
    known.refresh_models()
    assert server.asked["/v1/models"] == 1


def test_a_redirect_does_not_carry_the_key_elsewhere(server):
    with WireServer() as other:
        moved = reply(b"", 302, headers={"Location": f"{other.url}/models"})
        server.replies["/v1/models"] = (moved,)
        known = refreshed(openai(server))
        assert known.model_list("openai").fails
        assert other.paths == []


def test_a_section_that_lists_its_models_offers_these_alone_unless_it_asks_for_more(server):
    server.replies["/v1/models"] = (reply(OPENAI),)
    mine = {"id": "mine", "label": "Mine", "context": 9_000, "output": 90, "price": [1, 2]}
    section = {**FILE["openai"], "models": [mine]}
    assert names(refreshed(openai(server, {"openai": section})), "openai") == ["mine"]
    assert server.paths == []
    section["live"] = True
    known = refreshed(openai(server, {"openai": section}))
    assert set(names(known, "openai")) == {"mine", "gpt-9", "o7-mini", "gpt-4o", "gpt-4.1-mini"}
    assert known.choose("openai", "mine").output == 90


def test_the_file_filters_and_bounds_what_a_list_offers(server):
    many = {"data": [{"id": f"chat-{number}", "created": number} for number in range(1, 900)]}
    server.replies["/v1/models"] = (reply(many),)
    section = {**FILE["openai"], "include": "chat-*", "exclude": ["chat-89*"]}
    offered = names(refreshed(openai(server, {"openai": section})), "openai")
    assert len(offered) == MAX_OFFERED
    assert offered[:2] == ["chat-889", "chat-888"]


def test_the_setting_asks_no_service(server):
    known = openai(server)
    known.live = False
    refreshed(known)
    assert server.paths == []


@pytest.mark.django_db
def test_the_page_of_providers_tells_when_the_list_came_and_what_it_costs(
    admin_client, server, settings
):
    server.replies["/v1/models"] = (reply(OPENAI),)
    settings.MODEL_LISTS = True
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk", "OPENAI_BASE_URL": server.url}
    services.providers.cache_clear()
    refreshed(services.providers())
    page = admin_client.get("/admin/providers/").content.decode()
    assert "Models in the service" in page
    assert "gpt-9" in page
    assert "0.4 / 1.6" in page


def test_prices_have_both_digits_of_their_cents():
    facts = model_facts({"context": 1_000_000, "price": [0.3, 2.5]})
    assert facts.endswith("$0.30 read, $2.50 written a million tokens")
    facts = model_facts({"context": 400_000, "price": [0.075, 2]})
    assert facts.endswith("$0.075 read, $2 written a million tokens")
