"""Providers on the wire: the real clients against servers that speak the real formats."""

import asyncio
import subprocess
import sys

import pytest

from chat.core.errors import (
    AuthFailed,
    BadRequest,
    ContextTooLong,
    CutOff,
    ModelNotFound,
    ProviderError,
    ProviderRefused,
    RateLimited,
    Unavailable,
)
from chat.core.pipeline import Model, Text, Tokens
from chat.core.prompt import Prompt, PromptPassage
from chat.core.request import Turn
from chat.providers import Providers, base, load_models, registry
from chat.providers.adapters import Adapter
from chat.providers.azure import Azure
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.ollama import Ollama
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.providers.search_only import SearchOnly
from chat.providers.service_errors import parse_retry_after

ASKED = Prompt("be kind", (Turn("user", "my question"),), (), "my question", "en")


def named(model):
    return Model("openai", model, 8_000, 100, {"temperature": 0.2})


made = []


@pytest.fixture(autouse=True)
async def closed_clients():
    yield
    while made:
        await made.pop().close()


def provider(server, kind=OpenAICompatibleAdapter, address=None, **timeouts):
    adapter = kind(
        ProviderConfig(
            "openai",
            "sk-test",
            address or server.url,
            {"X-Title": "DeepWiki"},
            Timeouts(**{"first": 5, "idle": 5, **timeouts}),
        )
    )
    made.append(adapter)
    return adapter


async def collect(adapter, model):
    return [piece async for piece in adapter.stream(ASKED, named(model))]


@pytest.fixture
def no_retries(monkeypatch):
    """For faults themselves: waiting before another try is what other tests are about."""
    monkeypatch.setattr(base, "RETRIES", 0)


async def test_words_and_usage_come_in_order(model):
    pieces = await collect(provider(model), "fake?tokens=3")
    assert [p.text for p in pieces if isinstance(p, Text)] == ["t0000 ", "t0001 ", "t0002 "]
    assert [p.output_tokens for p in pieces if isinstance(p, Tokens)] == [3]
    sent = model.requests[0]
    assert sent["temperature"] == 0.2
    assert sent["messages"][0] == {"role": "system", "content": "be kind"}
    assert model.authorizations == ["Bearer sk-test"]


async def test_line_separators_inside_a_text_do_not_break_it(model):
    text = "a\u2028b\u2029c\u0085d 你好 🙂"
    pieces = await collect(provider(model), f"fake?text={text}")
    assert "".join(p.text for p in pieces if isinstance(p, Text)) == text


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", AuthFailed),
        ("404", ModelNotFound),
        ("429", RateLimited),
        ("500", Unavailable),
        ("context", ContextTooLong),
        ("refused", ProviderRefused),
        ("html", Unavailable),
        ("garbage", ProviderRefused),
        ("mid", Unavailable),
        ("cut", CutOff),
        ("drop", ProviderError),
        ("empty", None),
    ],
)
async def test_each_fault_becomes_its_own_error_without_a_word_of_the_service(
    model, fault, error, no_retries
):
    if error is None:
        assert [
            p for p in await collect(provider(model), f"fake?fault={fault}") if isinstance(p, Text)
        ] == []
        return
    with pytest.raises(error) as caught:
        await collect(provider(model), f"fake?fault={fault}")
    for leak in ("sk-", "my question", "html", "127.0.0.1", "10.0.0"):
        assert leak not in str(caught.value)


async def test_what_came_before_a_break_is_kept_and_nothing_is_asked_twice(model):
    pieces = []
    with pytest.raises(ProviderError):
        async for piece in provider(model).stream(ASKED, named("fake?tokens=4&fault=cut")):
            pieces.append(piece.text)
    assert pieces == ["t0000 ", "t0001 "]
    assert len(model.requests) == 1


@pytest.mark.parametrize("fault", ["first429", "first500"])
async def test_a_passing_fault_before_the_first_word_is_retried(model, fault):
    pieces = await collect(provider(model), f"fake?tokens=2&fault={fault}")
    assert len([p for p in pieces if isinstance(p, Text)]) == 2
    assert len(model.requests) == 2


async def test_a_lasting_fault_is_retried_twice_only(model):
    with pytest.raises(RateLimited) as caught:
        await collect(provider(model), "fake?fault=429")
    assert len(model.requests) == 3
    assert caught.value.retry_after == 1


@pytest.mark.parametrize("fault", ["hang", "midhang"])
async def test_silence_ends_in_time(model, fault, no_retries):
    with pytest.raises(Unavailable):
        await collect(provider(model, first=0.2, idle=0.2), f"fake?tokens=4&fault={fault}")


async def test_closing_the_stream_closes_the_connection(model):
    stream = provider(model).stream(ASKED, named("fake?tokens=1000&hold=10"))
    await anext(stream)
    await stream.aclose()
    await model.wait_for_async(lambda: model.closed)
    assert model.closed == 1


async def test_cancelling_a_task_closes_the_connection(model):
    async def read():
        async for _ in provider(model).stream(ASKED, named("fake?fault=hang")):
            pass

    task = asyncio.create_task(read())
    await model.wait_for_async(lambda: model.requests)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await model.wait_for_async(lambda: model.closed)
    assert model.closed == 1


@pytest.mark.parametrize("kind", [Azure, Ollama])
async def test_azure_and_ollama_speak_the_same_way(model, kind):
    adapter = provider(model, kind, model.url.removesuffix("/v1"))
    pieces = [piece async for piece in adapter.stream(ASKED, named("fake"))]
    assert len([p for p in pieces if isinstance(p, Text)]) == 5


async def test_search_only_shows_the_passages_and_says_what_it_is():
    passages = (PromptPassage("a.py", 3, 4, "x = '```'\ny = 2", "python", "f"),)
    pieces = [
        p async for p in SearchOnly().stream(Prompt("", (), passages, "q", "en"), named("excerpts"))
    ]
    text = "".join(p.text for p in pieces)
    assert "without a language model" in text
    assert "`a.py:L3-L4`" in text
    assert "````python" in text


def environment(**values):
    return Providers(load_models(registry.Path("chat/providers/models.toml")), values)


def test_without_a_key_search_only_is_the_default_and_with_one_it_is_not():
    assert environment().default() == "search-only"
    assert environment(OPENAI_API_KEY="x").default() == "openai"
    assert set(environment(OLLAMA_HOST="http://localhost:11434").configured()) == {
        "ollama",
        "search-only",
    }


@pytest.mark.parametrize("name", ["nope", "__class__", "../openai", "openrouter", "openai"])
def test_an_unknown_or_unset_provider_is_refused_before_anything_is_sent(name):
    with pytest.raises(BadRequest):
        environment().choose(name, "")


def test_models_are_those_of_the_file_or_custom_where_allowed():
    known = environment(OPENAI_API_KEY="x")
    assert known.choose("openai", "gpt-4o").context == 128_000
    assert known.choose("openai", "my-own").context == 32_000
    with pytest.raises(BadRequest):
        known.choose("search-only", "gpt-4o")


def test_a_broken_models_file_is_one_line(tmp_path):
    (tmp_path / "m.toml").write_text("[openai\n")
    with pytest.raises(ValueError, match="not valid TOML"):
        load_models(tmp_path / "m.toml")


async def test_a_provider_is_added_by_one_file_and_one_line(monkeypatch, tmp_path):
    (tmp_path / "parrot.py").write_text(
        "from chat.core.ports import Text\n\n\nclass Parrot:\n    is_generative = True\n\n    def __init__(self, config):\n"
        "        self.config = config\n\n    async def stream(self, asked, model):\n        yield Text(asked.question)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(registry.ADAPTERS, "parrot", Adapter("parrot:Parrot"))
    known = Providers(
        {
            "parrot": {
                "label": "Parrot",
                "adapter": "parrot",
                "models": [{"id": "p", "context": 1000, "output": 100}],
            }
        },
        {},
    )
    chosen = known.choose("", "")
    assert [p.text async for p in known.adapter("parrot").stream(ASKED, chosen)] == ["my question"]


def test_a_models_file_of_an_earlier_release_goes_on_working():
    section = {
        "label": "Search only",
        "adapter": "search",
        "models": [{"id": "e", "context": 1000, "output": 100}],
    }
    known = Providers({"search-only": section}, {})
    known.load()
    assert known.choose("", "").id == "e"


def test_whether_a_model_writes_is_known_by_the_adapter_whatever_its_section_is_called():
    for adapter in registry.ADAPTERS.values():
        assert adapter.is_generative == adapter.load().is_generative
    section = {"label": "Excerpts", "adapter": "search-only", "models": []}
    known = Providers({"excerpts": section, "openai": {"adapter": "openai"}}, {})
    assert not known.is_generative("excerpts")
    assert known.is_generative("openai") and known.is_generative("one of before")


def test_azure_needs_its_address_besides_its_key():
    assert "azure" not in environment(AZURE_OPENAI_API_KEY="x").configured()
    assert (
        "azure"
        in environment(
            AZURE_OPENAI_API_KEY="x", AZURE_OPENAI_ENDPOINT="https://a.example"
        ).configured()
    )


def test_an_adapter_gets_the_variables_it_declares_and_no_others():
    known = environment(
        AZURE_OPENAI_VERSION="2025-01-01",
        GOOGLE_OPENAI_COMPATIBLE="https://g.example",
        OPENAI_API_KEY="x",
    )
    assert known._config("azure").environment == {"AZURE_OPENAI_VERSION": "2025-01-01"}
    assert known._config("openai").environment == {}


@pytest.mark.integration
def test_which_providers_are_ready_is_known_without_importing_an_sdk():
    code = """
import sys
from chat.providers import Providers, load_models, registry
keys = {"OPENAI_API_KEY": "x", "GOOGLE_API_KEY": "x", "OLLAMA_HOST": "x"}
known = Providers(load_models(registry.Path("chat/providers/models.toml")), keys, discover=False)
assert known.choose("google", "").id
assert {"openai", "google", "ollama"} < set(known.configured())
print([name for name in ("openai", "httpx2", "grpc", "google.ai", "bpe_openai") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("", None),
        (None, None),
        ("inf", None),
        ("nan", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_nothing(header, seconds):
    assert parse_retry_after(header) == seconds
