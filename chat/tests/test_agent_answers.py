"""Answers of an agent over a real index and a real service's wire: modes, steps, stored rows."""

import pytest

from chat import services
from chat.core.request import parse
from chat.models import Message
from chat.testing.tool_script import call, turn
from chat.tests.test_answering import events_of
from chat.tests.test_endpoints import ENDPOINTS, ask, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread

pytestmark = [pytest.mark.django_db(transaction=True)]
READ = call("read_file", path="shop/prices.py", start=1, end=5)
SCRIPT = [turn(READ, text="I read the prices."), turn(text="<answer>\nSee `shop/prices.py:L1-L5`.")]


def of(events, name):
    return [event for event in events if event["event"] == name]


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


@pytest.fixture
def calling(model):
    """The model `fake` calls tools."""
    model.plays["fake"] = SCRIPT
    return model


def agent(repository, **more):
    return {**ask(repository, "fake"), "mode": "agent", **more}


async def test_each_call_is_a_step_that_says_what_was_read(repository, alice, with_model, calling):
    events = await events_of(alice, agent(repository))
    steps = [(step["n"], step["tool"], step["state"]) for step in of(events, "step")]
    assert steps == [
        (1, "search_code", "running"),
        (1, "search_code", "done"),
        (2, "read_file", "running"),
        (2, "read_file", "done"),
    ]
    assert of(events, "step")[1]["summary"].startswith("searched with your question: ")
    last = of(events, "step")[-1]
    assert last["passages"] == ["shop/prices.py:L1-L5"]
    assert last["summary"].startswith("read `shop/prices.py` 1-")
    assert "".join(e["text"] for e in of(events, "delta")) == "See `shop/prices.py:L1-L5`."
    assert events[-1]["state"] == "complete"


async def test_the_steps_and_the_state_of_citations_are_stored(
    repository, alice, with_model, calling
):
    await events_of(alice, agent(repository))
    answer = (await settled())[-1]
    assert [(step["n"], step["state"]) for step in answer.steps] == [(1, "done"), (2, "done")]
    assert [citation["state"] for citation in answer.citations] == ["read"]
    assert answer.usage["input_tokens"] > 0 and answer.usage["first_token_ms"] >= 0


async def test_a_reader_who_comes_later_gets_the_same_steps(repository, alice, with_model, calling):
    live = await events_of(alice, agent(repository))
    answer = (await settled())[-1]
    replayed = [
        item.event.as_json() async for item in services.attach(alice, answer.run_id, after=0)
    ]
    assert of(replayed, "step") == of(live, "step")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_the_plain_text_holds_nothing_of_the_steps(
    repository, token, with_model, calling, endpoint
):
    text = await ENDPOINTS[endpoint](agent(repository), token)
    assert "See `shop/prices.py:L1-L5`." in str(text)
    assert "I read the prices" not in str(text) and "search_code" not in str(text)


async def test_without_a_mode_a_program_gets_the_answer_of_one_search(
    repository, alice, with_model, calling
):
    await events_of(alice, ask(repository, "fake"))
    assert not calling.requests[-1].get("tools")
    assert len(calling.requests) == 1


async def test_the_service_is_sent_the_tools_and_the_map_in_what_begins_the_prompt(
    repository, alice, with_model, calling
):
    await events_of(alice, agent(repository))
    first, second = calling.requests
    assert [tool["function"]["name"] for tool in first["tools"]][:2] == ["search_code", "grep"]
    system = first["messages"][0]["content"]
    assert "shop/prices.py" in system.partition("<map>")[2].partition("</map>")[0]
    assert second["messages"][0] == first["messages"][0]
    assert second["tools"] == first["tools"]


async def test_a_model_that_refuses_tools_answers_from_one_search_and_says_so(
    repository, alice, with_model
):
    request = {**ask(repository, "fake?fault=notools"), "mode": "agent"}
    events = await events_of(alice, request)
    assert "tools_unsupported" in [notice["code"] for notice in of(events, "notice")]
    assert of(events, "delta")
    assert events[-1]["state"] == "complete"


async def test_calls_and_ends_are_counted(repository, alice, with_model, calling):
    def count():
        sample = {"tool": "read_file", "state": "done"}
        return metrics.registry.get_sample_value("deepwiki_tool_calls_total", sample) or 0

    before = count()
    await events_of(alice, agent(repository))
    assert count() == before + 1
    ended = metrics.registry.get_sample_value(
        "deepwiki_agent_events_total", {"event": "end_answered"}
    )
    assert ended >= 1


async def test_search_only_stays_what_it_is_whatever_the_mode(repository, alice, with_model):
    request = {**ask(repository, "excerpts"), "provider": "search-only", "mode": "agent"}
    events = await events_of(alice, request)
    assert not of(events, "step")
    assert events[-1]["state"] == "complete"


async def test_a_run_that_is_stopped_between_calls_closes_the_service(
    repository, alice, with_model, model
):
    model.plays["fake"] = lambda body: turn(call("list_files", path=str(len(body["messages"]))))
    run = await services.ask(
        alice, parse(agent(repository), services.request_limits()), lasting=True
    )
    events = []
    async for item in run.attach():
        events.append(item.event.as_json())
        if events[-1]["event"] == "step" and events[-1]["n"] == 3:
            run.stop()
    assert events[-1] == {"event": "done", "state": "stopped"}
    answer = await in_thread(Message.objects.get, run_id=run.id)
    assert {step["state"] for step in answer.steps} <= {"done", "failed"}
