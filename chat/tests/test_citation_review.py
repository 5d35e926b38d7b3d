"""An agent's answer that cites lines it had not read: they are read before it is finished."""

import json
from dataclasses import dataclass

import pytest

from chat.core.errors import CutOff
from chat.core.events import Status, Step
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
LINES = {"shop/prices.py": 2, "shop/mail.py": 5, "shop/long.py": 900}
CHECK = CitationChecker(ADDRESS, "c0ffee", LINES)
UNREAD = "<answer>\n`send`, `shop/mail.py:L4-L5`."


@dataclass
class Checked(FixedPassages):
    """Passages of an index in which citations can be looked up."""

    async def retrieve(self, question, limit):
        yield Retrieved(tuple(self.passages), "c0ffee", "words", "a/shop", check=CHECK)


async def reviewed(*turns, **options):
    model = TurnScript(turns)
    events, context = await ask(model, retriever=Checked(), **options)
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


@pytest.mark.parametrize(
    ("cited", "start", "end"), [("L7-L900", 7, 156), ("L7-L156", 7, 156), ("L7-L157", 7, 156)]
)
async def test_of_a_long_citation_150_lines_are_read(cited, start, end):
    model, _, _ = await reviewed([f"<answer>\nAll of `shop/long.py:{cited}`."], ["fine"])
    [read] = model.prompts[1].exchanges[-1].calls
    assert json.loads(read.arguments) == {"path": "shop/long.py", "start": start, "end": end}


async def test_as_many_places_are_read_as_a_turn_has_calls_and_nothing_is_told_of_the_others():
    cited = " ".join(f"`shop/long.py:L{number}`" for number in (10, 20, 30))
    model, _, context = await reviewed(
        [f"<answer>\n{cited}"], ["fine"], agent_limits=AgentLimits(calls=2)
    )
    exchange = model.prompts[1].exchanges[-1]
    assert [json.loads(read.arguments)["start"] for read in exchange.calls] == [10, 20]
    assert "not carried out" not in exchange.results[-1]
    assert not context.meter.agent_events["calls_left_out"]


async def test_a_correction_that_breaks_off_once_it_is_shown_is_an_error_and_stays():
    _, events, context = await reviewed([UNREAD], ["<answer>\nIt is `total`, I", CutOff()])
    assert isinstance(events[-1], CutOff)
    assert text_of(events).endswith("`shop/mail.py:L4-L5`.\n\nIt is `total`, I")
    assert not context.meter.agent_events["review_failed"]


@pytest.mark.parametrize("turns", [[UNREAD, "Nothing to correct."], ["I see.\n" + UNREAD, "fine"]])
async def test_what_a_turn_without_calls_writes_beside_the_answer_is_no_progress(turns):
    _, events, _ = await reviewed(*([text] for text in turns))
    assert not [event for event in events if isinstance(event, Status)]


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
