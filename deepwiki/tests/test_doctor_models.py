"""What the doctor says of embedders and models that are missing, refuse, or cannot call tools."""

import contextlib

import pytest

from chat import services
from chat.testing.tool_script import call, turn
from deepwiki.runtime.doctor import State, model_checks
from repos.embedders import EmbedderError
from repos.embedders.registry import configured
from repos.search import embedder_config

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
KEY = "sk-secret-of-the-test"
MODELS = """
[openai]
label = "Test"
adapter = "openai"
key = "OPENAI_API_KEY"
address = ["OPENAI_BASE_URL", ""]
models = [{{ id = "{model}", context = 32000, output = 1000 }}]
[azure]
label = "Azure"
adapter = "azure"
key = "AZURE_OPENAI_API_KEY"
address = ["AZURE_OPENAI_ENDPOINT", ""]
[search-only]
label = "Search only"
adapter = "search"
models = [{{ id = "excerpts", context = 100000, output = 1000 }}]
"""


@pytest.fixture
def ask(model, settings, tmp_path, fresh_providers):
    """The outcome of the check of a service with this model."""

    def ask(name, url=model.url):
        settings.MODELS_FILE = tmp_path / "models.toml"
        settings.MODELS_FILE.write_text(MODELS.format(model=name))
        settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url}
        services.providers.cache_clear()
        checks = {check.name: check for check in model_checks.provider_checks()}
        outcome = checks["provider-openai"].run()
        assert KEY not in outcome.message + outcome.fix
        return outcome

    return ask


def test_a_model_is_asked_for_a_word_and_for_a_call_of_a_tool(ask, model):
    model.plays["fake"] = lambda body: (
        turn(call("current_time")) if body.get("tools") else turn(text="OK")
    )
    outcome = ask("fake")
    assert outcome.state is State.OK, outcome
    assert "it calls tools" in outcome.message
    assert len(model.requests) == 2


@pytest.mark.parametrize("script", ["fake?tokens=1", "fake?tokens=1&fault=notools"])
def test_one_that_calls_no_tools_is_a_warning(ask, script):
    assert ask(script).state is State.WARNING


@pytest.mark.parametrize(
    ("fault", "fix"),
    [
        ("401", "OPENAI_API_KEY=…"),
        ("404", "DEEPWIKI_MODELS_FILE="),
        ("html", "OPENAI_BASE_URL="),
        ("empty", "OPENAI_BASE_URL="),
    ],
)
def test_one_that_does_not_answer_names_the_line(ask, fault, fix):
    outcome = ask(f"fake?fault={fault}")
    assert outcome.state is State.FAILED
    assert outcome.fix.startswith(fix), outcome


def test_a_service_without_a_key_is_not_set_up_and_says_what_would_do_it(ask):
    ask("fake?tokens=1")
    checks = {check.name: check for check in model_checks.provider_checks()}
    assert "provider-search-only" not in checks
    outcome = checks["provider-azure"].run()
    assert outcome.state is State.OK
    assert "AZURE_OPENAI_API_KEY=…" in outcome.message


def test_without_any_model_there_is_a_warning(settings, fresh_providers):
    settings.PROVIDER_ENVIRONMENT = {}
    services.providers.cache_clear()
    assert model_checks.models().fix == "OPENAI_API_KEY=…"


@pytest.fixture
def embed(model, settings):
    def embed(name, model_name="fake", **environment):
        settings.EMBEDDER, settings.EMBEDDER_MODEL = name, model_name
        settings.PROVIDER_ENVIRONMENT = {"OPENAI_BASE_URL": model.url, **environment}
        configured.cache_clear()
        outcome = model_checks.embedder()
        with contextlib.suppress(EmbedderError):
            for each in configured(embedder_config()):
                if hasattr(each, "_client"):
                    each._client.close()
        return outcome

    yield embed
    configured.cache_clear()


def test_an_embedder_makes_a_real_vector_or_says_what_is_wrong(embed):
    assert embed("fake").state is State.OK
    assert embed("none").state is State.WARNING
    assert embed("openai").fix == "OPENAI_API_KEY=…"
    assert "16 numbers" in embed("openai", OPENAI_API_KEY=KEY).message
    refused = embed("openai", "fake?fault=401", OPENAI_API_KEY=KEY)
    assert (refused.state, refused.fix) == (State.FAILED, "OPENAI_API_KEY=…")
    assert KEY not in refused.message
    unknown = embed("openai", "fake?fault=404", OPENAI_API_KEY=KEY)
    assert unknown.fix.startswith("DEEPWIKI_EMBEDDER_MODEL=")
