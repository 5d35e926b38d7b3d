"""Deep Research by an agent: a plan, rounds that call tools, a conclusion."""

from dataclasses import replace

from chat.core.errors import ToolsUnsupported
from chat.core.events import Delta, Research, Sources, Step
from chat.core.pipeline import answer
from chat.core.ports import AgentLimits
from chat.core.request import Turn
from chat.testing.agent_parts import OpenTools, TurnScript, agent_context, call
from chat.tests.test_agent_loop import ask, text_of

PLAN = "<answer>\n## Research Plan\nLook.\n## Next Steps\nWho calls `total`?"
UPDATE = "<answer>\n## Research Update 2\nIt is `send`.\n## Next Steps\nNothing is missing."
CONCLUSION = "<answer>\n## Final Conclusion\n`send` does."
READ = call("read_file", path="shop/mail.py")
RESEARCH = {"mode": "research"}


def stages(events):
    return [(event.iteration, event.stage) for event in events if isinstance(event, Research)]


def by_stage(model):
    """The texts of the last turns of the prompts: each says which stage it is."""
    return [prompt.turns[-1].content for prompt in model.prompts]


async def test_a_plan_is_followed_by_rounds_with_calls_and_a_conclusion():
    model = TurnScript([[PLAN], ["I read.", READ], [UPDATE], [CONCLUSION]])
    events, _ = await ask(model, request=RESEARCH)
    assert stages(events) == [(1, "plan"), (2, "update"), (3, "conclude")]
    text = text_of(events)
    assert text.startswith("## Research Plan") and "## Final Conclusion" in text
    assert "<answer>" not in text and "I read." not in text
    assert [prompt.is_final for prompt in model.prompts] == [True, False, False, True]
    assert all(prompt.is_research for prompt in model.prompts)
    assert sum(isinstance(event, Sources) for event in events) == 1


async def test_each_round_reads_what_was_written_before_and_all_results():
    model = TurnScript([[PLAN], [READ], [UPDATE], [CONCLUSION]])
    await ask(model, request=RESEARCH)
    last = model.prompts[-1]
    assert [turn.content for turn in last.turns if turn.role == "assistant"] == [
        PLAN.removeprefix("<answer>\n"),
        UPDATE.removeprefix("<answer>\n"),
    ]
    assert "## Final Conclusion" in last.turns[-1].content
    assert last.exchanges[0].calls == (READ,)


async def test_a_round_is_announced_before_its_first_step_and_its_text():
    events, _ = await ask(TurnScript([[PLAN], [READ], [UPDATE], [CONCLUSION]]), request=RESEARCH)
    kinds = [type(event) for event in events if isinstance(event, Research | Delta | Step)][2:]
    assert kinds == [Research, Delta, Research, Step, Step, Delta, Research, Delta]


async def test_the_rounds_share_the_turns():
    def turn(prompt):
        if prompt.is_final or "Research Update" not in prompt.turns[-1].content:
            return ["<answer>\n## Research Update\n## Next Steps\nMore."]
        return [call("read_file", path=str(len(prompt.exchanges)))]

    model = TurnScript([turn])
    await ask(model, request=RESEARCH, agent_limits=AgentLimits(research_turns=6))
    assert len(model.prompts[-1].exchanges) == 6


async def test_a_model_without_tools_does_the_research_with_a_search_a_round():
    model = TurnScript([[ToolsUnsupported()], [PLAN[9:]], [UPDATE[9:]], [CONCLUSION[9:]]])
    events, _ = await ask(model, request=RESEARCH)
    assert stages(events) == [(1, "plan"), (2, "update"), (3, "conclude")]
    assert not any(prompt.tools for prompt in model.prompts[1:])


async def test_a_round_that_the_client_drives_calls_tools_and_ends():
    history = [Turn("user", "[DEEP RESEARCH] Who calls `total`?"), Turn("assistant", PLAN[9:])]
    model = TurnScript([[READ], [UPDATE]])
    events, _ = await ask(
        model, question="[DEEP RESEARCH] Continue the research", request={}, history=history
    )
    assert stages(events) == [(2, "update")]
    assert text_of(events).startswith("## Research Update 2")
    assert len(model.prompts) == 2


async def test_an_explicit_mode_wins_over_the_tag():
    model = TurnScript([["So."]])
    events, _ = await ask(model, question="[DEEP RESEARCH] What?", request={"mode": "quick"})
    assert stages(events) == []
    assert not model.prompts[0].tools


async def test_research_of_a_context_without_tools_is_the_classic_one():
    model = TurnScript([[PLAN[9:]], [UPDATE[9:]], [CONCLUSION[9:]]])
    context = agent_context(model, OpenTools(), request=RESEARCH)
    events = [event async for event in answer(replace(context, tools=None))]
    assert stages(events) == [(1, "plan"), (2, "update"), (3, "conclude")]


async def test_tools_that_are_refused_after_the_plan_leave_it_and_go_on_with_searches():
    model = TurnScript([[PLAN], [ToolsUnsupported()], [UPDATE[9:]], [CONCLUSION[9:]]])
    events, context = await ask(model, request=RESEARCH)
    assert context.meter.agent_events["no_tools"] == 1
    assert stages(events) == [(1, "plan"), (2, "update"), (3, "conclude")]
    assert text_of(events).count("## Research Plan") == 1
    assert PLAN[9:] in [turn.content for turn in model.prompts[2].turns]
