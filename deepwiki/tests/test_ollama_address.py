"""OLLAMA_HOST: one parser, for chat, discovery and embeddings."""

import runpy
from pathlib import Path

import pytest

from chat.core.pipeline import Model
from chat.core.prompt import Prompt
from chat.core.request import Turn
from chat.providers.adapters import ProviderSettings
from chat.providers.base import ProviderConfig
from chat.providers.model_lists import fetch_models
from chat.providers.ollama import Ollama
from chat.testing.wire_server import Wire, WireServer
from deepwiki.foundation.ollama_address import ollama_address
from repos.embedders.base import EmbedderConfig
from repos.embedders.openai_compatible import create_ollama

ROOT = Path(__file__).resolve().parents[2]
ENDS = ("chat/completions", "embeddings")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("", ""),
        ("localhost", "http://localhost:11434"),
        ("gpu-box", "http://gpu-box:11434"),
        ("gpu_box.lan:8080", "http://gpu_box.lan:8080"),
        ("10.0.0.5:11434/", "http://10.0.0.5:11434"),
        ("http://gpu-box", "http://gpu-box:11434"),
        ("http://gpu-box:80/", "http://gpu-box:80"),
        ("HTTP://Gpu-Box", "http://gpu-box:11434"),
        ("https://ollama.example.org", "https://ollama.example.org"),
        ("https://ollama.example.org:8443/v1/", "https://ollama.example.org:8443"),
        ("https://example.org/ollama/", "https://example.org/ollama"),
        ("http://example.org/a/b/v1", "http://example.org/a/b"),
        ("example.org:8080/ollama", "http://example.org:8080/ollama"),
        ("http://user:pass@example.org", "http://user:pass@example.org:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("http://0.0.0.0:8080/", "http://127.0.0.1:8080"),
        ("10.0.0.0:8080", "http://10.0.0.0:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("http://[fd00::5]:8080/ollama", "http://[fd00::5]:8080/ollama"),
        ("[::]:11434", "http://[::1]:11434"),
        ("::", "http://[::1]:11434"),
        (' "localhost:8080" ', "http://localhost:8080"),
    ],
)
def test_an_address_in_any_form_is_one_url(value, address):
    assert ollama_address(value) == address
    assert ollama_address(address) == address


BAD = [
    "a b",
    "localhost:port",
    "localhost:99999",
    "localhost:-1",
    "ftp://localhost",
    "unix:///run/ollama.sock",
    "http://[x",
    "http://me:secret@[x",
    "localhost?x=1",
    "http://local host:1",
    "http://localhost#x",
    "a,b",
]


@pytest.mark.parametrize("value", BAD)
def test_anything_else_stops_the_start_with_one_line(value, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", value)
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "deepwiki" / "settings.py"))
    line = stopped.value.code
    assert line.startswith("DeepWiki cannot start: OLLAMA_HOST must ")
    assert "\n" not in line
    assert "secret" not in line


@pytest.fixture
def server():
    with WireServer() as server:
        yield server


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "http://127.0.0.1:{}/", "0.0.0.0:{}", ":{}"])
@pytest.mark.parametrize("path", ["", "/ollama"])
async def test_chat_discovery_and_embeddings_reach_the_same_place(server, form, path):
    host = form.format(server.port).rstrip("/") + path
    tags = b'{"models": [{"name": "llama3"}]}'
    event = b'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n'
    vectors = b'{"data": [{"index": 0, "embedding": [3.0, 4.0]}]}'
    server.replies[f"{path}/api/tags"] = (Wire((tags,), content_type="application/json"),)
    server.replies["llama3"] = (Wire((event,)),)
    server.replies["nomic"] = (Wire((vectors,), content_type="application/json"),)

    models = await fetch_models("ollama", ProviderSettings({"address": ["X", host]}, {}), 5)
    assert [entry["id"] for entry in models] == ["llama3"]
    adapter = Ollama(ProviderConfig("ollama", "", host))
    prompt = Prompt("s", (Turn("user", "q"),), (), "q", "en")
    answer = [piece async for piece in adapter.stream(prompt, Model("o", "llama3", 8000, 9, {}))]
    await adapter.close()
    assert answer[0].text == "hi"
    embedder = create_ollama(EmbedderConfig("ollama", "nomic", 0, {"OLLAMA_HOST": host}))
    assert embedder.embed(["a"]).tolist() == [pytest.approx([0.6, 0.8])]
    embedder._client.close()
    asked = ["/api/tags", "/api/show", *[f"/v1/{end}" for end in ENDS]]
    assert server.paths == [path + end for end in asked]
