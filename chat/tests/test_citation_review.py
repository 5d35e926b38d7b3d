"""An agent's answer that cites lines it had not read: they are read before it is finished."""

from dataclasses import dataclass

from chat.core.errors import CutOff
from chat.core.events import Step
from chat.core.pipeline import answer
from chat.core.ports import AgentLimits, LengthLimit, Retrieved
from chat.rendering.citation_links import CitationChecker
from chat.testing.agent_parts import (
    FileTools,
    FixedPassages,
    OpenTools,
    TurnScript,
    agent_context,
    call,
)
from chat.tests.test_agent_loop import ask, text_of
from repos.sources import parse_address

ADDRESS = parse_address("https://github.com/a/shop")
CHECK = CitationChecker(ADDRESS, "c0ffee", {"shop/prices.py": 2, "shop/mail.py": 5})
UNREAD = "<answer>\n`send`, `shop/mail.py:L4-L5`."


@dataclass
class Checked(FixedPassages):
    """Passages of an index in which citations can be looked up."""

    async def retrieve(self, question, limit):
        yield Retrieved(tuple(self.passages), "c0ffee", "words", "a/shop", check=CHECK)


async def reviewed(*turns):
    model = TurnScript(turns)
    events, context = await ask(model, retriever=Checked())
    return model, events, context


def reads(events):
    return [event for event in events if isinstance(event, Step) and event.n > 1]


async def test_unread_lines_are_read_and_the_model_sees_them_with_its_answer():
    model, events, _ = await reviewed([UNREAD], ["fine"])
    assert [step.passages for step in reads(events)] == [[], ["shop/mail.py:L1-L5"]]
    exchange = model.prompts[1].exchanges[-1]
    assert exchange.text == "`send`, `shop/mail.py:L4-L5`."
    assert "had not read" in exchange.results[-1]
    assert model.prompts[1].is_final
    assert text_of(events) == "`send`, `shop/mail.py:L4-L5`."


async def test_a_correction_is_shown_below_the_answer():
    _, events, context = await reviewed([UNREAD], ["Oh.\n<answer>\nIt is `total`."])
    assert text_of(events).endswith("`shop/mail.py:L4-L5`.\n\nIt is `total`.")
    assert context.meter.agent_events["corrected"] == 1


async def test_an_answer_that_cites_what_was_read_is_finished_at_once():
    model, events, _ = await reviewed(["<answer>\n`total`, `shop/prices.py:L1-L2`."])
    assert len(model.prompts) == 1
    assert not reads(events)


async def test_lines_that_do_not_exist_are_not_read():
    model, _, _ = await reviewed(["<answer>\nSee `shop/none.py:L1`."])
    assert len(model.prompts) == 1


async def test_a_service_that_fails_then_leaves_the_answer_complete():
    _, events, context = await reviewed([UNREAD], [CutOff()])
    assert not isinstance(events[-1], Exception)
    assert context.meter.agent_events["review_failed"] == 1


async def test_lines_that_a_call_gave_are_read():
    model, events, _ = await reviewed([call("read_file", path="shop/mail.py")], [UNREAD])
    assert len(model.prompts) == 2
    assert len(reads(events)) == 2


async def test_an_answer_cut_at_the_models_limit_is_not_gone_on_with():
    model, _, _ = await reviewed([UNREAD, LengthLimit()], ["<answer>\nMore."])
    assert len(model.prompts) == 1


async def test_what_is_read_for_the_review_fits_the_model():
    tools = OpenTools(FileTools(files={"shop/mail.py": "word\n" * 20_000}))
    model = TurnScript([[UNREAD], ["fine"]])
    limits = AgentLimits(tokens=14_000)
    await ask(model, tools, retriever=Checked(), agent_limits=limits)
    assert len(model.prompts[1].exchanges[-1].results[0]) < 3_000


PLAN = "<answer>\n## Research Plan\nBoth files."
READ = call("read_file", path="shop/mail.py")
UPDATE = "<answer>\n## Research Update 2\nRead.\n\nNothing is missing."
CONCLUSION = UNREAD.replace("<answer>\n", "<answer>\n## Final Conclusion\n")


async def researched(*turns):
    model = TurnScript(turns)
    events, _ = await ask(model, retriever=Checked(), request={"mode": "research"})
    return model, events


async def test_what_the_conclusion_of_a_research_cites_unread_is_read():
    model, events = await researched([PLAN], [UPDATE], [CONCLUSION], ["<answer>\nIt is `total`."])
    assert [step.passages for step in reads(events)] == [[], ["shop/mail.py:L1-L5"]]
    assert "had not read" in model.prompts[-1].exchanges[-1].results[-1]
    assert text_of(events).endswith("`shop/mail.py:L4-L5`.\n\nIt is `total`.")


async def test_what_an_earlier_round_read_is_not_read_again_for_the_conclusion():
    model, events = await researched([PLAN], [READ], [UPDATE], [CONCLUSION])
    assert len(model.prompts) == 4
    assert len(reads(events)) == 2
    assert text_of(events).endswith("`shop/mail.py:L4-L5`.")


async def test_a_conclusion_that_is_cut_at_the_models_limit_is_not_read_up_on():
    model, _ = await researched([PLAN], [UPDATE], [CONCLUSION, LengthLimit()], ["fine"])
    assert len(model.prompts) == 3


async def test_an_answer_whose_time_is_nearly_over_is_not_read_up_on():
    model = TurnScript([[UNREAD], ["fine"]])
    context = agent_context(model, OpenTools(), retriever=Checked())
    context.meter.add_model_seconds(0.9 * context.limits.seconds)
    assert [event async for event in answer(context)]
    assert len(model.prompts) == 1
