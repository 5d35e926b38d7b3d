"""A service that fails in an agent's turn: when it is asked again, with what, and what was shown stays."""

import pytest

from chat.core.errors import ContextTooLong, CutOff, Unavailable
from chat.core.ports import Model
from chat.core.prompt import PromptPassage
from chat.testing.agent_parts import FileTools, FixedPassages, OpenTools, TurnScript, call
from chat.tests.test_agent_loop import ANSWER, READ_MAIL, ask, steps_of, text_of

SMALL = Model("p", "m", 20_000, 2_000, {})
BIG = {"big.py": "value = 1\n" * 1_500}
MANY = [PromptPassage(f"f{n}.py", 1, 90, "word " * 800) for n in range(12)]


async def test_a_turn_is_asked_twice_and_not_more_often():
    model = TurnScript([["I th", CutOff()]])
    events, _ = await ask(model)
    assert isinstance(events[-1], CutOff)
    assert len(model.prompts) == 2


@pytest.mark.parametrize("failure", [CutOff(), Unavailable("silent_before_answer"), Unavailable()])
async def test_a_service_that_failed_before_its_first_piece_was_asked_again_by_its_adapter(failure):
    model = TurnScript([[failure], [ANSWER]])
    events, _ = await ask(model)
    assert events[-1] is failure
    assert len(model.prompts) == 1


@pytest.mark.parametrize("reason", ["answer_too_long", "call_too_long", "silent_in_answer"])
async def test_what_would_fail_the_same_way_is_not_asked_again(reason):
    model = TurnScript([["I th", CutOff(reason)], [ANSWER]])
    events, _ = await ask(model)
    assert events[-1].reason == reason
    assert len(model.prompts) == 1


async def test_calls_of_a_turn_that_broke_off_are_not_made_and_the_turn_is_asked_again():
    model = TurnScript([[READ_MAIL, CutOff()], [ANSWER]])
    events, context = await ask(model)
    assert text_of(events).startswith("`send` does")
    assert [tool for _, tool, _ in steps_of(events)] == ["search_code"] * 2
    assert context.meter.agent_events["asked_again"] == 1


async def test_what_was_held_of_an_answer_that_breaks_off_is_shown():
    events, _ = await ask(TurnScript([["<answer>\nIt is a <", CutOff()]]))
    assert text_of(events) == "It is a <"


async def test_a_prompt_that_is_too_long_is_asked_again_with_fewer_passages_and_shorter_results():
    tools = OpenTools(FileTools(files=dict(BIG)))
    model = TurnScript([[call("read_file", path="big.py")], [ContextTooLong()], [ANSWER]])
    await ask(model, tools, model=SMALL, retriever=FixedPassages(MANY))
    _, refused, shorter = model.prompts
    assert 0 < _passages(shorter) < _passages(refused)
    assert len(shorter.exchanges[0].results[0]) < len(refused.exchanges[0].results[0])


def _passages(prompt):
    return prompt.turns[-1].content.count("word " * 800)
