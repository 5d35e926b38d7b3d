"""Bounds of an agent's answer: time, characters, turns, what is shown of a call and of progress."""

import asyncio
import json
from dataclasses import dataclass, field, replace

import pytest

import chat.core.tool_runner as tool_runner
from chat.core.events import Done, LinesRead, Status, Step, Usage
from chat.core.pipeline import answer
from chat.core.ports import AgentLimits, AnswerLimits, LengthLimit, Text
from chat.core.request import Turn
from chat.core.tool_runner import MAX_ARGUMENT_CHARS, shown_arguments
from chat.testing.agent_parts import FixedPassages, OpenTools, TurnScript, agent_context, call
from chat.tests.test_agent_loop import ANSWER, READ_MAIL, READ_PRICES, ask, text_of
from chat.tests.test_agent_research import CONCLUSION, PLAN, RESEARCH, UPDATE


@pytest.mark.parametrize(
    ("seconds", "limit", "is_last"),
    [(600, 900, False), (700, 900, True), (60, 100, False), (80, 100, True)],
)
async def test_the_last_four_minutes_of_an_answers_time_are_for_its_last_turn_or_a_third_of_less(
    seconds, limit, is_last
):
    model = TurnScript([[ANSWER]])
    context = agent_context(model, OpenTools(), limits=AnswerLimits(seconds=limit))
    context.meter.add_model_seconds(seconds)
    [_ async for _ in answer(context)]
    assert [prompt.is_final for prompt in model.prompts] == [is_last]


async def test_the_time_of_calls_counts_as_the_answers():
    tools = OpenTools()
    read = tools.toolbox.call

    async def slow(asked):
        await asyncio.sleep(0.05)
        return await read(asked)

    tools.toolbox.call = slow
    _, context = await ask(TurnScript([[READ_MAIL], [ANSWER]]), tools)
    assert context.meter.model_seconds >= 0.05


async def test_the_first_token_is_that_of_the_answer_and_not_its_last():
    async def stream(prompt, model):
        yield Text("<answer>\nIt")
        await asyncio.sleep(0.05)
        yield Text(" is.")

    model = TurnScript([])
    model.stream = stream
    events, _ = await ask(model)
    [usage] = [event for event in events if isinstance(event, Usage)]
    assert usage.first_token_ms + 40 <= usage.total_ms


async def test_an_answer_of_several_turns_is_as_long_as_one_may_be():
    model = TurnScript([["<answer>\n" + "x" * 300, READ_MAIL], ["<answer>\n" + "y" * 300]])
    events, _ = await ask(model, limits=AnswerLimits(chars=400))
    assert events[-1].reason == "answer_too_long"


async def test_all_rounds_of_a_research_are_as_long_as_one_answer_may_be():
    model = TurnScript([[PLAN + " " * 300], [UPDATE + " " * 300], [CONCLUSION]])
    events, _ = await ask(model, request=RESEARCH, limits=AnswerLimits(chars=500))
    assert events[-1].reason == "answer_too_long"


async def test_a_research_one_round_of_which_was_cut_is_partial():
    model = TurnScript([[PLAN, LengthLimit()], [UPDATE], [CONCLUSION]])
    events, _ = await ask(model, request=RESEARCH)
    assert events[-1] == Done("partial")


async def test_each_round_of_a_research_may_make_calls_however_few_turns_there_are():
    model = TurnScript([[PLAN], [READ_MAIL], [UPDATE], [CONCLUSION]])
    await ask(model, request=RESEARCH, agent_limits=AgentLimits(research_turns=1))
    assert model.prompts[-1].exchanges[0].calls == (READ_MAIL,)


async def test_a_third_equal_call_ends_the_loop_whatever_else_is_called_beside_it():
    model = TurnScript([[READ_MAIL, READ_MAIL, READ_MAIL, READ_PRICES], [ANSWER]])
    await ask(model)
    assert model.prompts[1].is_final


async def test_a_call_that_takes_too_long_is_a_failed_step_and_the_answer_goes_on(monkeypatch):
    monkeypatch.setattr(tool_runner, "CALL_SECONDS", 0.05)
    events, _ = await ask(TurnScript([[call("wait")], [ANSWER]]))
    ended = [event for event in events if isinstance(event, Step)][-1]
    assert (ended.code, ended.state) == ("step_too_slow", "failed")
    assert text_of(events)


@pytest.mark.parametrize(
    ("written", "told"),
    [("I look.\nThen I read.", "I look."), ("x" * 500, "x" * 200 + "…")],
)
async def test_of_the_progress_the_beginning_of_its_first_line_is_told(written, told):
    events, _ = await ask(TurnScript([[written, READ_MAIL], [ANSWER]]))
    assert [event.message for event in events if isinstance(event, Status)] == [told]


async def test_the_step_of_the_search_shows_the_beginning_of_the_question_on_one_line():
    events, _ = await ask(TurnScript([[ANSWER]]), question="Why\nso " + "long " * 50 + "?")
    for step in (event for event in events if isinstance(event, Step)):
        assert "\n" not in step.arguments["query"] and len(step.arguments["query"]) <= 61


async def test_the_lines_of_the_passages_count_as_read():
    events, _ = await ask(TurnScript([[ANSWER]]))
    [read] = [event for event in events if isinstance(event, LinesRead)]
    assert "shop/prices.py" in str(read)


@dataclass
class Asked(FixedPassages):
    """Keeps what was searched for."""

    questions: list[str] = field(default_factory=list)

    async def retrieve(self, question, limit):
        self.questions.append(question)
        async for retrieved in super().retrieve(question, limit):
            yield retrieved


async def test_a_follow_up_is_searched_for_with_words_that_stand_in_the_code():
    asked = Asked()
    history = (Turn("user", "What is total?"), Turn("assistant", "A sum."))
    model = TurnScript([["apply_discount total"], [ANSWER]])
    await ask(model, question="And who calls it?", history=history, retriever=asked)
    assert asked.questions == ["And who calls it?\napply_discount total"]


def test_what_is_shown_of_arguments_is_short_in_every_part():
    assert shown_arguments(json.dumps({"k" * 9_000: 1})) == {"k" * 200: 1}
    assert shown_arguments('{"a": 12345678901234567890}') == {"a": "12345678901234567890"}
    assert shown_arguments(json.dumps({"a": "x" * MAX_ARGUMENT_CHARS})) == {}


async def test_a_model_without_an_answer_in_time_is_not_driven_beyond_its_turns():
    numbers = iter(range(1_000))
    model = TurnScript([lambda prompt: [call("read_file", path=str(next(numbers)))]])
    context = agent_context(model, OpenTools(), agent_limits=AgentLimits(turns=2))
    with pytest.raises(Exception, match="tool"):
        [_ async for _ in answer(replace(context))]
    assert len(model.prompts) == 2 + 2
