"""Runs: numbered events, any number of readers, stop, drain, and what is written down."""

import asyncio
import uuid

import pytest

from chat.core.errors import CutOff, ServerStops
from chat.core.events import Delta, Done, Failed, Notice
from chat.runs import Run, RunManager


class Notes:
    """A Recorder that keeps what it is given, and fails when told to."""

    def __init__(self, fails=0):
        self.fails = fails
        self.saved = []
        self.events = []
        self.has_saved = asyncio.Event()

    async def save(self, run, fresh):
        if self.fails:
            self.fails -= 1
            raise OSError
        self.saved.append((run.text, run.state))
        self.events += [item.seq for item in fresh]
        self.has_saved.set()


class Halt:
    """A place in a source where it waits until the test lets it go on."""

    def __init__(self):
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def wait(self):
        self.reached.set()
        await self.go_on.wait()


async def words(count, halt=None, end=None):
    """Numbered words; with a `halt`, it waits there after half of them."""
    for number in range(count):
        if halt and number == count // 2:
            await halt.wait()
        yield Delta(f"{number} ")
        await asyncio.sleep(0)
    if end:
        raise end


async def separate(source):
    """The same words, none of which can travel with another."""
    async for event in source:
        yield event
        yield Notice("tick", "")


async def read(run, after=0):
    return [item async for item in run.attach(after)]


def text(items):
    return "".join(item.event.text for item in items if isinstance(item.event, Delta))


async def test_every_reader_gets_every_event_once_and_in_order():
    runs, notes = RunManager(), Notes()
    halt = Halt()
    run = runs.start(Run(uuid.uuid4(), notes), separate(words(50, halt)))
    readers = [asyncio.create_task(read(run)) for _ in range(3)]
    await halt.reached.wait()
    late_reader = asyncio.create_task(read(run, 2))
    halt.go_on.set()
    late = await late_reader
    everything = await asyncio.gather(*readers)
    expected = "".join(f"{n} " for n in range(50))
    for items in everything:
        assert [item.seq for item in items] == list(range(1, len(items) + 1))
        assert text(items) == expected
    assert [item.seq for item in late] == [item.seq for item in everything[0]][2:]
    assert notes.saved[-1] == (expected, "complete")
    assert notes.events == [item.seq for item in everything[0]][:-1]


async def test_the_first_word_goes_at_once_and_a_burst_travels_together():
    run = RunManager().start(Run(uuid.uuid4()), words(1_000))
    items = await read(run)
    deltas = [item.event.text for item in items if isinstance(item.event, Delta)]
    assert deltas[0] == "0 "
    assert len(deltas) < 20


async def test_stop_keeps_the_text_and_ends_the_source():
    ended, halt = [], Halt()

    async def source():
        try:
            async for event in words(10, halt):
                yield event
        finally:
            ended.append(True)

    run = RunManager().start(Run(uuid.uuid4(), notes := Notes()), source())
    await halt.reached.wait()
    run.stop()
    items = await read(run)
    assert items[-1].event == Done("stopped")
    assert text(items) == "0 1 2 3 4 "
    assert notes.saved[-1][1] == "stopped"
    assert ended == [True]


async def test_an_error_in_the_middle_is_partial_never_complete():
    run = RunManager().start(Run(uuid.uuid4()), words(3, end=CutOff()))
    items = await read(run)
    assert text(items) == "0 1 2 "
    assert isinstance(items[-2].event, Failed)
    assert items[-1].event == Done("partial")


async def test_a_bug_is_an_incident_without_details():
    run = RunManager().start(Run(uuid.uuid4()), words(1, end=ValueError("secret path /x")))
    failed = next(item.event for item in await read(run) if isinstance(item.event, Failed))
    assert failed.incident
    assert "secret" not in failed.message
    assert failed.close_code == 4500


async def test_a_run_that_nobody_waits_for_ends_only_when_it_should():
    runs = RunManager()
    for alone in (True, False):
        halt = Halt()
        run = runs.start(Run(uuid.uuid4(), ends_when_alone=alone), words(30, halt))
        reader = asyncio.create_task(read(run))
        await halt.reached.wait()
        reader.cancel()
        await asyncio.wait([reader])
        if not alone:
            halt.go_on.set()
        await asyncio.wait([run.task])
        assert run.state == ("stopped" if alone else "complete")


async def test_draining_lets_short_answers_finish_and_saves_long_ones():
    runs, notes = RunManager(), Notes()
    brief, endless = Halt(), Halt()
    short = runs.start(Run(uuid.uuid4()), words(5, brief))
    long = runs.start(Run(uuid.uuid4(), notes), words(10, endless))
    await asyncio.gather(brief.reached.wait(), endless.reached.wait())
    draining = asyncio.create_task(runs.drain(0.5))
    await asyncio.sleep(0)
    assert runs.draining
    brief.go_on.set()
    await draining
    assert (short.state, long.state) == ("complete", "interrupted")
    assert notes.saved[-1][0].startswith("0 1 ")
    with pytest.raises(ServerStops):
        runs.start(Run(uuid.uuid4()), words(1))


async def test_a_save_that_fails_is_tried_again_and_said():
    notes = Notes(fails=1)
    run = RunManager().start(Run(uuid.uuid4(), notes), words(2))
    items = await read(run)
    assert [item.event.code for item in items if isinstance(item.event, Notice)] == ["not_saved"]
    await notes.has_saved.wait()
    assert notes.saved[-1] == ("0 1 ", "complete")
