"""Calls of a model by the wiki: bounded, counted, tried again, ended with plain words."""

import pytest

from chat import services
from deepwiki.wiki.writing.call_budget import Budget, CapReached, Spent
from deepwiki.wiki.writing.model_calls import CallFailed, CallStopped, Instruction, ModelCaller

ASK = Instruction("Write.", "<file>x = 1</file>")


@pytest.fixture
def ask(model, settings, tmp_path):
    """Ask a scripted model; prices are those of the models file."""
    prices = tmp_path / "models.toml"
    prices.write_text(
        '[openai]\nlabel = "O"\nadapter = "openai"\nkey = "OPENAI_API_KEY"\ncustom = true\n'
        'address = ["OPENAI_BASE_URL", ""]\n'
        '[[openai.facts]]\nmatch = ["fake*"]\ncontext = 64000\noutput = 4000\nprice = [1, 2]\n'
    )
    settings.MODELS_FILE = prices
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    services.providers.cache_clear()

    def ask(name, instruction=ASK, budget=None, should_stop=lambda: False):
        with ModelCaller("openai", name, budget, should_stop) as caller:
            return caller.ask(instruction)

    return ask


def test_a_reply_is_counted_in_tokens_and_money(ask):
    told = []
    budget = Budget(on_spent=told.append)
    reply = ask("fake?text=Hello+there", budget=budget)
    assert (reply.text, reply.is_cut) == ("Hello there", False)
    assert reply.spent == budget.spent == told[0]
    expected = (reply.spent.input_tokens + 2 * reply.spent.output_tokens) / 1e6
    assert reply.spent.cost == pytest.approx(expected) and reply.spent.input_tokens > 10


def test_nothing_is_sent_beyond_the_cap(ask, model):
    for budget in (Budget(max_tokens=100), Budget(max_cost=0.000_1)):
        with pytest.raises(CapReached):
            ask("fake", budget=budget)
    assert not model.requests
    assert ask("fake", budget=Budget(max_tokens=9_000, max_cost=0.1)).text


def test_an_endless_reply_is_cut_at_its_bound(ask, model):
    reply = ask("fake?tokens=100000", Instruction("Write.", "x", max_chars=400))
    assert reply.is_cut and len(reply.text) == 400
    assert ask("fake?fault=length").is_cut
    assert model.requests[0]["max_tokens"] == 4_000


@pytest.mark.parametrize("fault", ["cut", "mid", "drop", "empty"])
def test_a_call_that_breaks_off_is_made_once_more_and_paid_for(ask, model, fault):
    budget = Budget()
    with pytest.raises(CallFailed) as failed:
        ask(f"fake?tokens=8&fault={fault}", budget=budget)
    assert not failed.value.is_final and len(str(failed.value)) > 20
    assert len(model.requests) >= 2
    assert budget.spent.tokens > 0


def test_a_second_attempt_is_not_made_beyond_the_cap(ask, model):
    most = 4_000 + 100  # of one attempt
    budget = Budget(max_tokens=most + 20)
    with pytest.raises(CapReached):
        ask("fake?tokens=400&fault=cut", budget=budget)
    assert len(model.requests) == 1 and 0 < budget.spent.tokens <= budget.max_tokens


def test_a_call_without_a_word_is_billed_for_what_was_read(ask, model):
    budget = Budget()
    with pytest.raises(CallFailed):
        ask("fake?fault=500", budget=budget)
    assert budget.spent.input_tokens > 0
    before, sent = budget.spent, len(model.requests)
    with pytest.raises(CallStopped):
        ask("fake?fault=hang", budget=budget, should_stop=lambda: len(model.requests) > sent)
    assert budget.spent.input_tokens > before.input_tokens


def test_a_refused_request_costs_nothing(ask):
    budget = Budget()
    for fault in ("401", "404", "refused"):
        with pytest.raises(CallFailed):
            ask(f"fake?fault={fault}", budget=budget)
    assert budget.spent == Spent()


@pytest.mark.parametrize("fault", ["401", "404"])
def test_what_no_other_call_would_mend_is_final(ask, model, fault):
    with pytest.raises(CallFailed) as failed:
        ask(f"fake?fault={fault}")
    assert failed.value.is_final and len(model.requests) == 1
    assert "sk-secret" not in str(failed.value)


def test_a_service_that_is_not_set_up_is_named(settings):
    settings.PROVIDER_ENVIRONMENT = {}
    services.providers.cache_clear()
    with pytest.raises(CallFailed, match="openai") as failed:
        ModelCaller("openai", "fake")
    assert failed.value.is_final


def test_a_process_that_ends_does_not_wait_for_the_model(ask, model):
    with pytest.raises(CallStopped):
        ask("fake?fault=hang", should_stop=lambda: bool(model.requests))


def test_costs_add_up():
    assert Spent(1, 2, 0.5) + Spent(3, 4, 0.25) == Spent(4, 6, 0.75)
    assert (Spent(1, 2) + Spent(3, 4)).tokens == 10
