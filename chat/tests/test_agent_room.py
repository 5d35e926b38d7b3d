"""What an agent puts before the model fits it: map, passages, results, the texts of earlier rounds."""

import re

import pytest

from chat.core.context_budget import estimate
from chat.core.events import Notice
from chat.core.ports import AgentLimits, Model
from chat.core.prompt import PromptPassage
from chat.core.tool_calls import ToolCall, ToolExchange
from chat.core.tool_exchanges import fit_exchanges, shortened
from chat.testing.agent_parts import FileTools, FixedPassages, OpenTools, TurnScript, call
from chat.tests.test_agent_loop import ANSWER, ask
from chat.tests.test_agent_research import CONCLUSION, PLAN, UPDATE

MAP = "\n".join(f"file_{n:05}.py" for n in range(5_000))
FILES = {f"big{n}.py": f"value = {n}\n" * 2_000 for n in range(4)}
READS = [[call("read_file", path=path)] for path in FILES]
PASSAGES = FixedPassages([PromptPassage(f"f{n}.py", 1, 90, "word " * 800) for n in range(12)])
SAVED = "left out to save room"
NOTE = "No more calls are possible"


def model_of(context):
    return Model("p", "m", context, 2_000, {})


def large_tools(repository_map=MAP):
    return OpenTools(FileTools(files=dict(FILES)), repository_map)


async def prompts_of(turns, context=64_000, **options):
    model = TurnScript(turns)
    tools = options.pop("tools", None) or large_tools()
    events, _ = await ask(model, tools, model=model_of(context), **options)
    assert not isinstance(events[-1], Exception), events[-1]
    return model.prompts


@pytest.mark.parametrize("context", [10_000, 16_000, 32_000, 64_000])
async def test_every_prompt_leaves_room_for_the_models_output(context):
    prompts = await prompts_of([*READS, [ANSWER]], context, retriever=PASSAGES)
    assert len(prompts) == 5
    for prompt in prompts:
        assert sum(map(estimate, prompt.texts())) <= context - 2_000
        assert "word word" in prompt.turns[-1].content  # passages are there as well


@pytest.mark.parametrize("context", [16_000, 32_000])
async def test_so_do_the_prompts_of_a_research_with_what_it_has_written(context):
    plan = PLAN.replace("Look.", "Look. " * 4_000)
    prompts = await prompts_of(
        [[plan], *READS[:2], [UPDATE], [CONCLUSION]],
        context,
        retriever=PASSAGES,
        request={"mode": "research"},
    )
    for prompt in prompts:
        assert sum(map(estimate, prompt.texts())) <= context - 2_000


async def test_results_beyond_the_limit_of_tokens_are_shortened_the_oldest_first():
    prompts = await prompts_of([*READS, [ANSWER]], agent_limits=AgentLimits(tokens=22_000))
    cut = [SAVED in exchange.results[0] for exchange in prompts[-1].exchanges]
    assert cut == [True, True, False, False] or cut == [True, False, False, False]
    assert not any(SAVED in exchange.results[0] for exchange in prompts[2].exchanges)


async def test_of_a_large_map_a_small_model_reads_the_first_lines_whole():
    [prompt] = await prompts_of([[ANSWER]], 16_000)
    lines = re.findall(r"^file_.*$", prompt.system, re.MULTILINE)
    assert len(lines) > 300 and len("\n".join(lines)) <= 3 * 16_000 // 8
    assert all(re.fullmatch(r"file_\d{5}\.py", line) for line in lines)


async def test_the_note_that_ends_the_calls_stands_once_behind_what_came_last():
    def turn(prompt):
        return [ANSWER] if prompt.is_final else [call("read_file", path="big0.py")]

    last = (await prompts_of([turn], agent_limits=AgentLimits(turns=1)))[-1]
    assert "".join(last.texts()).count(NOTE) == 1
    assert last.exchanges[-1].results[-1].rstrip().count(NOTE) == 1
    [only] = await prompts_of([turn], agent_limits=AgentLimits(turns=0))
    assert NOTE not in "".join(only.texts())  # a stage without calls says so itself


async def test_a_question_that_does_not_fit_is_shortened_and_it_is_told():
    events, _ = await ask(
        TurnScript([[ANSWER]]), question="why so " * 9_000, model=model_of(10_000)
    )
    [notice] = [event for event in events if isinstance(event, Notice)]
    assert notice.code == "context_trimmed"
    assert notice.parameters == {"question": 1}


def test_a_result_is_shortened_only_where_that_makes_it_shorter():
    assert shortened("x" * 1_010) == "x" * 1_010
    assert len(shortened("x" * 1_200)) < 1_200


def test_the_arguments_of_calls_count_as_well():
    calls = (ToolCall("a", "grep", "x" * 3_000),)
    [fitted] = fit_exchanges([ToolExchange("", calls, ("y" * 2_000,))], 4_500, len)
    assert SAVED in fitted.results[0]
