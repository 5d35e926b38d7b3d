"""The HTML blocks of a run: off the event loop, in order, and never withheld."""

import asyncio
import threading
import time
import uuid

import pytest

from chat.core.events import Delta, Done, Html, Research
from chat.rendering import LiveBlocks, PageBudget
from chat.rendering.notes import NOTES, TOO_COMPLEX
from chat.runs import Run, RunManager
from chat.runs.block_stream import BlockStream

pytestmark = pytest.mark.integration  # a worker process renders


class Pausing:
    """A BlockRenderer that wants a pause after each step, and notes its threads and texts."""

    check = None

    def __init__(self, pause):
        self.pause, self.threads, self.texts, self.paused_until = pause, [], [], 0.0
        self.may_seal = threading.Event()
        self.may_seal.set()
        self.is_sealing = threading.Event()

    def delay(self):
        return self.paused_until - time.monotonic()

    def feed(self, text):
        self.texts.append(text)
        if self.delay() > 0:
            return []
        return self.finish("")

    def finish(self, text):
        self.threads.append(threading.current_thread())
        self.texts.append(text)
        self.paused_until = time.monotonic() + self.pause
        return [Html(0, "".join(self.texts))]

    def seal(self, text):
        self.is_sealing.set()
        self.may_seal.wait(20)
        return self.finish(text)


async def test_text_that_waits_for_a_pause_is_rendered_when_it_is_over_though_nothing_follows():
    emitted = asyncio.Queue()
    stream = BlockStream(Pausing(0.01), emitted.put_nowait)
    stream.add("one ")
    assert (await asyncio.wait_for(emitted.get(), 20)).html == "one "
    stream.add("two")
    assert (await asyncio.wait_for(emitted.get(), 20)).html == "one two"
    await stream.finish()


async def test_text_that_waited_for_another_step_is_rendered_after_the_pause_that_follows_it():
    emitted = asyncio.Queue()
    renderer = Pausing(0.2)
    stream = BlockStream(renderer, emitted.put_nowait)
    renderer.may_seal.clear()
    sealing = asyncio.create_task(stream.seal())
    await asyncio.to_thread(renderer.is_sealing.wait, 20)
    stream.add("late")
    for _ in range(5):
        await asyncio.sleep(0)  # the text now waits for the step to end
    renderer.may_seal.set()
    await sealing
    assert (await asyncio.wait_for(emitted.get(), 20)).html == ""
    assert (await asyncio.wait_for(emitted.get(), 20)).html == "late"
    await stream.finish()


async def test_rendering_happens_in_another_thread():
    renderer = Pausing(0.0)
    stream = BlockStream(renderer, lambda block: None)
    stream.add("one ")
    await stream.finish()
    assert renderer.texts and threading.main_thread() not in renderer.threads


async def test_the_blocks_of_a_round_come_before_the_next_round_and_all_before_the_end():
    async def rounds():
        yield Research(1, 2, "plan")
        yield Delta("first")
        yield Research(2, 2, "conclude")
        yield Delta("second")

    run = RunManager().start(Run(uuid.uuid4(), renderer=LiveBlocks()), rounds())
    async with asyncio.timeout(20):
        events = [item.event async for item in run.attach()]
    names = [event.name for event in events if not isinstance(event, Delta)]
    html = [event for event in events if isinstance(event, Html)]
    second = [event for event in events if isinstance(event, Research)][1]
    assert "first" in html[0].html and "second" in html[-1].html
    assert events.index(html[0]) < events.index(second) < events.index(html[-1])
    assert html[0].block < html[-1].block
    assert events[-1] == Done("complete") and names[-1] == "done"


def test_a_page_of_many_answers_has_a_budget_and_what_is_past_it_is_plain():
    budget = PageBudget(5.0)
    assert "<em>now</em>" in budget.render("*now*")
    assert budget.seconds < 5.0
    budget.seconds = 0.0
    html = budget.render("*later*")
    assert "*later*" in html and NOTES[TOO_COMPLEX] in html


def test_details_and_formulas_that_are_not_yet_closed_end_as_the_whole():
    for text in (
        "<details>\n<summary>s</summary>\n\n- a\n\nb\n\n</details>\n\nc",
        "$$\na\n- b\n$$\n\nc",
    ):
        blocks, shown = LiveBlocks(), {}
        for character in text:
            shown |= {block.block: block.html for block in blocks.feed(character)}
        shown |= {block.block: block.html for block in blocks.finish()}
        html = "".join(shown.values())
        assert ("<details>" in html and "</details>" in html) or "<math" in html
