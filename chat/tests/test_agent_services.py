"""An agent over the real clients: what it answers does not depend on how a service sends calls."""

import asyncio
import contextlib
import time
from dataclasses import replace

import pytest
from django.conf import settings

from chat.core.errors import ProviderError
from chat.core.events import Delta, Notice, Step
from chat.core.pipeline import answer
from chat.core.ports import AgentLimits, AnswerLimits
from chat.providers.base import ProviderConfig, Timeouts
from chat.providers.google import Google
from chat.providers.openai_compatible import OpenAICompatibleAdapter
from chat.services.configuration import answer_limits
from chat.testing.agent_parts import MODEL, OpenTools, agent_context
from chat.testing.google_server import GoogleServer
from chat.testing.tool_call_texts import TEXT_FORMATS, PlannedCall
from chat.testing.tool_script import call, turn

READS = (call("read_file", path="shop/prices.py"), call("read_file", path="shop/mail.py"))
ANSWERS = turn(text="<answer>\n`send` does, `shop/mail.py:L4-L5`.")
WIRES = ["fragments", "whole", *(wire for wire in TEXT_FORMATS if wire != "fenced")]
TEXT = "`send` does, `shop/mail.py:L4-L5`."


def config(address):
    return ProviderConfig("p", "k", address, {}, Timeouts(5, 5))


@pytest.fixture
async def openai(model):
    adapter = OpenAICompatibleAdapter(config(model.url))
    yield adapter
    await adapter.close()


async def ask(adapter, name="m", **options):
    """The answer, the tools that were called with success, and the codes of notices."""
    tools = options.pop("tools", OpenTools())
    context = replace(agent_context(adapter, tools, **options), model=replace(MODEL, id=name))
    events = [each async for each in answer(context)]
    text = "".join(each.text for each in events if isinstance(each, Delta))
    steps = [each.tool for each in events if isinstance(each, Step) and each.state == "done"]
    return text, steps, [each.code for each in events if isinstance(each, Notice)]


@pytest.mark.parametrize("wire", WIRES)
async def test_an_agent_reads_and_answers_whatever_the_format_of_calls(model, openai, wire):
    model.plays["m"] = [turn(*READS, text="I look.\n", wire=wire), ANSWERS]
    expected = TEXT, ["search_code", "read_file", "read_file"], []
    assert await ask(openai) == expected
    assert len(model.requests) == 2


async def test_an_agent_reads_and_answers_with_gemini():
    with GoogleServer() as server:
        server.plays["models/m"] = [turn(*READS, text="I look.\n"), ANSWERS]
        adapter = Google(config(server.address))
        expected = TEXT, ["search_code", "read_file", "read_file"], []
        assert await ask(adapter) == expected
        await adapter.close()


async def test_a_model_without_tools_gives_the_answer_of_one_search_and_says_so(model, openai):
    text, steps, notices = await ask(openai, "fake?fault=notools&tokens=2")
    assert (text, notices) == ("t0000 t0001 ", ["tools_unsupported"])
    await ask(openai, "fake?fault=notools&tokens=2")
    assert sum("tools" in body for body in model.requests) == 1


async def test_a_model_that_calls_for_ever_is_made_to_answer(model, openai):
    model.plays["m"] = lambda body: (
        ANSWERS
        if body["tool_choice"] == "none"
        else turn(call("read_file", path=f"{len(body['messages'])}"))
    )
    text, _, _ = await ask(openai, agent_limits=AgentLimits(turns=3))
    assert text == TEXT
    assert len(model.requests) == 4


async def test_arguments_that_are_no_json_are_corrected_by_the_model(model, openai):
    model.plays["m"] = [turn(PlannedCall("read_file", "shop/mail.py")), turn(READS[1]), ANSWERS]
    text, _, _ = await ask(openai)
    assert text == TEXT
    told = model.requests[1]["messages"][-1]
    assert (told["role"], told["content"][:6]) == ("tool", "error:")


async def test_stopping_while_arguments_come_closes_the_connection(model, openai):
    name = "fake?hold=3"
    model.plays[name] = [turn(call("read_file", path="x" * 500), text="I look.")]
    asked = asyncio.ensure_future(ask(openai, name))
    await model.wait_for_async(lambda: model.requests)
    asked.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asked
    await model.wait_for_async(lambda: model.closed == 1)


@pytest.mark.parametrize("fault", ["hang", "midhang"])
async def test_a_call_of_a_model_that_hangs_ends_with_its_time_and_its_connection(model, fault):
    timeouts = Timeouts(first=30, idle=30, call=0.4)
    adapter = OpenAICompatibleAdapter(ProviderConfig("p", "k", model.url, {}, timeouts))
    closed, began = model.closed, time.monotonic()
    with pytest.raises(ProviderError) as caught:
        async with asyncio.timeout(8):
            await ask(adapter, f"fake?fault={fault}&tokens=300")
    assert caught.value.reason == "call_too_long"
    assert time.monotonic() - began >= timeouts.call
    await model.wait_for_async(lambda: model.closed > closed)
    assert len(model.requests) == 1
    await adapter.close()


def test_a_call_may_take_180_seconds_and_a_whole_answer_900():
    assert (Timeouts().call, settings.CALL_SECONDS) == (180, 180)
    assert (AnswerLimits().seconds, settings.ANSWER_SECONDS) == (900, 900)
    assert answer_limits().seconds == settings.ANSWER_SECONDS
