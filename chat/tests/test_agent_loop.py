"""An agent: turns with calls of tools, then an answer; what is shown of them, and in what order."""

import asyncio
import contextlib

import pytest

from chat.core.errors import ContextTooLong, CutOff, ToolsUnsupported, Unavailable
from chat.core.events import Delta, Done, Notice, Sources, Status, Step, Usage
from chat.core.pipeline import answer
from chat.core.ports import AgentLimits, LengthLimit, Tokens
from chat.core.tool_exchanges import DROPPED, fit_exchanges
from chat.testing.agent_parts import FILES, FileTools, OpenTools, TurnScript, agent_context, call

READ_PRICES = call("read_file", path="shop/prices.py")
READ_MAIL = call("read_file", 2, path="shop/mail.py")
ANSWER = "<answer>\n`send` does, `shop/mail.py:L4-L5`."


async def ask(model, tools=None, /, **options):
    """The events of a question; an error is the last of them."""
    context = agent_context(model, tools or OpenTools(), **options)
    events = []
    try:
        async for event in answer(context):
            events.append(event)
    except Exception as error:
        events.append(error)
    return events, context


def text_of(events):
    return "".join(event.text for event in events if isinstance(event, Delta))


def steps_of(events):
    return [(event.n, event.tool, event.state) for event in events if isinstance(event, Step)]


async def test_the_search_comes_first_then_calls_at_once_then_the_answer():
    model = TurnScript(
        [["I look.", READ_PRICES, READ_MAIL, Tokens(10, 2)], [ANSWER, Tokens(20, 5)]]
    )
    tools = OpenTools()
    events, _ = await ask(model, tools)
    kinds = [type(event).__name__ for event in events]
    assert kinds[:3] == ["Step", "Sources", "Step"]
    states = steps_of(events)
    assert states[:4] == [
        (1, "search_code", "running"),
        (1, "search_code", "done"),
        (2, "read_file", "running"),
        (3, "read_file", "running"),
    ]
    assert sorted(states[4:]) == [(2, "read_file", "done"), (3, "read_file", "done")]
    assert tools.toolbox.most_running == 2
    assert text_of(events) == "`send` does, `shop/mail.py:L4-L5`."
    assert events[-1] == Usage(30, 7, events[-1].first_token_ms, events[-1].total_ms)
    assert events[-1].first_token_ms is not None


async def test_a_step_says_what_was_read_how_long_it_took_and_how_much_it_gave():
    events, _ = await ask(TurnScript([[READ_MAIL], [ANSWER]]))
    step = [event for event in events if isinstance(event, Step)][-1]
    assert step.arguments == {"path": "shop/mail.py"}
    assert (step.code, step.summary) == ("step_read", "read `shop/mail.py` 1-5")
    assert step.passages == ["shop/mail.py:L1-L5"]
    assert step.ms is not None and step.tokens > 10


async def test_the_model_reads_the_results_of_its_calls_and_what_it_wrote_beside_them():
    model = TurnScript([["I look.", READ_MAIL], [ANSWER]])
    await ask(model)
    first, second = model.prompts
    assert [tool.name for tool in first.tools] == ["read_file", "wait", "break"]
    assert first.exchanges == ()
    exchange = second.exchanges[0]
    assert (exchange.text, exchange.calls) == ("I look.", (READ_MAIL,))
    assert FILES["shop/mail.py"] in exchange.results[0]


async def test_the_map_stands_before_all_that_changes_from_question_to_question():
    model = TurnScript([[ANSWER]])
    await ask(model, question="One?")
    await ask(model, question="Other?", request={"mode": "agent", "language": "fr"})
    heads = [prompt.system.partition("</map>")[0] for prompt in model.prompts]
    assert heads[0] == heads[1]
    assert "1: def total(lines)" in heads[0]


async def test_what_the_model_writes_beside_its_calls_is_progress_and_no_answer():
    events, _ = await ask(TurnScript([["I look for callers.", READ_MAIL], [ANSWER]]))
    assert "look for callers" not in text_of(events)
    assert [event.message for event in events if isinstance(event, Status)] == [
        "I look for callers."
    ]


async def test_without_the_marker_a_turn_without_calls_is_the_answer():
    events, _ = await ask(TurnScript([[READ_MAIL], ["It is ", "`send`."]]))
    assert text_of(events) == "It is `send`."


async def test_behind_the_marker_every_piece_is_shown_at_once():
    async with contextlib.aclosing(
        answer(agent_context(TurnScript([["<answer>It", " is", " so."]]), OpenTools()))
    ) as events:
        pieces = [event.text async for event in events if isinstance(event, Delta)]
    assert pieces == ["It", " is", " so."]


async def test_after_so_many_turns_the_model_must_answer():
    def turn(prompt):
        if prompt.is_final:
            return ["What there is."]
        return [call("read_file", path=f"{len(prompt.exchanges)}")]

    model = TurnScript([turn])
    events, context = await ask(model, agent_limits=AgentLimits(turns=3))
    assert len(model.prompts) == 4
    assert model.prompts[-1].is_final
    assert "No more calls are possible" in model.prompts[-1].exchanges[-1].results[-1]
    assert text_of(events) == "What there is."
    assert context.meter.agent_events["end_turns"] == 1


async def test_calls_beyond_the_limit_of_a_turn_are_left_out_and_the_model_is_told():
    calls = [call("read_file", n, path=f"f{n}") for n in range(9)]
    model = TurnScript([calls, [ANSWER]])
    tools = OpenTools()
    await ask(model, tools)
    assert len(tools.toolbox.calls) == 6
    exchange = model.prompts[1].exchanges[0]
    assert len(exchange.calls) == len(exchange.results) == 6
    assert "3 more calls" in exchange.results[-1]


async def test_a_model_without_tools_gives_the_answer_of_one_search_and_it_says_so():
    model = TurnScript([[ToolsUnsupported()], ["From the passages."]])
    events, _ = await ask(model)
    assert [event.code for event in events if isinstance(event, Notice)] == ["tools_unsupported"]
    assert text_of(events) == "From the passages."
    assert not model.prompts[1].tools
    assert sum(isinstance(event, Sources) for event in events) == 1


async def test_a_service_that_breaks_off_before_anything_was_shown_is_asked_again():
    model = TurnScript([[READ_MAIL], ["I th", CutOff()], [ANSWER]])
    events, _ = await ask(model)
    assert text_of(events).startswith("`send` does")
    assert len(model.prompts) == 3


async def test_a_service_that_breaks_off_in_the_answer_is_not_asked_again():
    model = TurnScript([["<answer>It is", CutOff()], [ANSWER]])
    events, _ = await ask(model)
    assert text_of(events) == "It is"
    assert isinstance(events[-1], CutOff)
    assert len(model.prompts) == 1


async def test_a_prompt_that_is_too_long_is_tried_with_half_of_it():
    model = TurnScript([[READ_MAIL], [ContextTooLong()], [ANSWER]])
    events, _ = await ask(model)
    assert [event.code for event in events if isinstance(event, Notice)] == ["context_retry"]
    assert text_of(events).startswith("`send` does")


async def test_an_answer_cut_at_the_models_limit_is_partial():
    events, _ = await ask(TurnScript([["<answer>It is", LengthLimit()]]))
    assert events[-1] == Done("partial")
    assert [event.code for event in events if isinstance(event, Notice)] == ["length_limit"]


async def test_stopping_cancels_the_calls_and_closes_the_service():
    model, tools = TurnScript([[call("wait"), READ_MAIL]]), OpenTools(FileTools())
    events = answer(agent_context(model, tools))

    async def take():
        async with contextlib.aclosing(events):
            async for _ in events:
                pass

    task = asyncio.create_task(take())
    while not tools.toolbox.running:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (tools.toolbox.cancelled, tools.toolbox.running) == (1, 0)
    assert model.closed == 1


async def test_an_empty_turn_is_followed_by_a_last_one_then_by_one_without_tools():
    model = TurnScript([[Tokens(1, 0)]])
    events, _ = await ask(model)
    assert isinstance(events[-1], Unavailable)
    assert [bool(prompt.tools) for prompt in model.prompts] == [True, True, False]
    assert [prompt.is_final for prompt in model.prompts] == [False, True, True]


def test_old_results_are_shortened_before_they_are_dropped():
    from chat.core.tool_calls import ToolExchange

    exchanges = [ToolExchange("", (call("read_file", n),), (f"{n}" * 30_000,)) for n in range(3)]
    shortened = fit_exchanges(exchanges, 25_000, lambda text: len(text) // 3)
    sizes = [len(exchange.results[0]) for exchange in shortened]
    assert sizes[0] < 1_200 and sizes[1:] == [30_000, 30_000]
    assert shortened[0].results[0].startswith("000") and "left out" in shortened[0].results[0]
    least = fit_exchanges(exchanges, 300, lambda text: len(text) // 3)
    assert [exchange.results[0] for exchange in least[:2]] == [DROPPED, DROPPED]
