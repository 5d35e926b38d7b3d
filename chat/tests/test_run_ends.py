"""A run always reaches its end: whatever fails, it has a state, Done, and no lease."""

import asyncio
import contextlib
import uuid

import pytest

from chat.core.events import Delta, Done, Failed, Notice
from chat.runs import Run, RunManager
from chat.runs import saver as saving
from chat.runs import source as sources
from deepwiki.testing.waiting import wait_until_async


class Panic(BaseException):
    """What bindings to native code raise: no Exception."""


class FailingRecorder:
    """Counts the saves; each raises `error`."""

    def __init__(self, error):
        self.error = error
        self.saves = 0

    async def save(self, run, new_events):
        self.saves += 1
        raise self.error


class FailingRenderer:
    """A BlockRenderer of which one step raises."""

    check = None

    def __init__(self, step, error):
        self.step, self.error = step, error

    def delay(self):
        return 0.0

    def __getattr__(self, name):
        if name == self.step:
            raise self.error
        return lambda *_: []


async def words(*pieces, error=None):
    for piece in pieces:
        yield Delta(piece)
    if error is not None:
        raise error


async def endless(on_close):
    """Words until it is closed; then whatever `on_close` does."""
    try:
        while True:
            yield Delta("again ")
            await asyncio.sleep(0)
    finally:
        await on_close()


async def read(run):
    async with asyncio.timeout(20):
        return [item.event async for item in run.attach()]


def failures(events):
    return [event for event in events if isinstance(event, Failed)]


def has_ended(runs, run):
    return run.task.done() and run.log.has_ended and run not in runs.running


@pytest.fixture
def quick(monkeypatch):
    """The patience of an end, shortened."""
    monkeypatch.setattr(saving, "LAST_SAVE_SECONDS", 0.05)
    monkeypatch.setattr(saving, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(sources, "CLOSE_SECONDS", 0.05)


@pytest.mark.parametrize("error", [ValueError(), Panic(), RecursionError(), SystemExit(1)])
@pytest.mark.parametrize("step", ["feed", "finish", "seal"])
async def test_an_answer_whose_renderer_fails_is_complete_without_blocks(step, error):
    runs = RunManager()
    run = Run(uuid.uuid4(), renderer=FailingRenderer(step, error))
    events = await read(runs.start(run, words("one ", "two")))
    assert events[-1] == Done("complete")
    assert run.text == "one two"
    await asyncio.wait([run.task])
    assert has_ended(runs, run)


@pytest.mark.parametrize("error", [ValueError(), Panic(), SystemExit(1), asyncio.CancelledError()])
async def test_an_answer_whose_source_fails_is_partial(error):
    runs = RunManager()
    run = runs.start(Run(uuid.uuid4()), words("one ", error=error))
    events = await read(run)
    assert events[-1] == Done("partial")
    assert [event.code for event in failures(events)] == ["internal"]
    await asyncio.wait([run.task])
    assert has_ended(runs, run)


@pytest.mark.parametrize("error", [OSError(), Panic()])
async def test_an_answer_that_cannot_be_stored_ends_and_says_so(quick, error):
    runs = RunManager()
    run = runs.start(Run(uuid.uuid4(), FailingRecorder(error)), words("one "))
    events = await read(run)
    assert events[-2:] == [Notice.of("not_saved"), Done("complete")]


async def test_an_answer_whose_store_never_returns_ends(quick):
    class Hanging:
        async def save(self, run, new_events):
            while True:  # cancelling it does not help
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if finish.is_set():
                        return

    finish = asyncio.Event()
    run = RunManager().start(Run(uuid.uuid4(), Hanging()), words("one "))
    events = await read(run)
    assert events[-2:] == [Notice.of("not_saved"), Done("complete")]
    finish.set()


async def test_stop_works_where_closing_the_source_fails():
    async def fails():
        raise ValueError

    run = RunManager().start(Run(uuid.uuid4()), endless(fails))
    reader = asyncio.create_task(read(run))
    await asyncio.sleep(0)
    run.stop()
    assert (await reader)[-1] == Done("stopped")


async def test_stop_works_where_the_source_does_not_close(quick):
    closed = asyncio.Event()
    run = RunManager().start(Run(uuid.uuid4()), endless(closed.wait))
    reader = asyncio.create_task(read(run))
    await asyncio.sleep(0)
    run.stop()
    run.stop()
    assert (await reader)[-1] == Done("stopped")
    closed.set()


async def test_stop_works_where_the_source_goes_on_all_the_same(quick):
    async def stubborn():
        try:
            while True:
                with contextlib.suppress(asyncio.CancelledError):
                    yield Delta("more ")
                    await finish.wait()
        finally:
            left.set()

    finish, left = asyncio.Event(), asyncio.Event()
    run = RunManager().start(Run(uuid.uuid4()), stubborn())
    reader = asyncio.create_task(read(run))
    await wait_until_async(lambda: run.text)
    run.stop()
    events = await reader
    assert events[-1] == Done("stopped")
    finish.set()
    await left.wait()
    assert [item.event for item in run.log.items] == events


async def test_an_answer_whose_source_is_silent_for_ever_ends():
    async def silent():
        yield Delta("one ")
        await asyncio.Event().wait()

    run = RunManager().start(Run(uuid.uuid4(), max_seconds=0.05), silent())
    events = await read(run)
    assert [failed.reason for failed in failures(events)] == ["answer_too_long"]
    assert events[-1] == Done("partial")
    assert run.text == "one "


async def test_an_answer_stopped_before_its_first_step_ends():
    runs = RunManager()
    run = runs.start(Run(uuid.uuid4()), words("one "))
    run.stop()
    assert (await read(run))[-1] == Done("stopped")
    assert has_ended(runs, run)


async def test_text_that_waits_and_cannot_be_emitted_ends_the_answer(monkeypatch):
    run = Run(uuid.uuid4())
    append = run.log.append

    def refuses(event):
        if isinstance(event, Delta) and "two" in event.text:
            raise ValueError
        append(event)

    async def source():
        yield Delta("one ")
        yield Delta("two ")
        await asyncio.Event().wait()

    monkeypatch.setattr(run.log, "append", refuses)
    events = await read(RunManager().start(run, source()))
    assert [event.code for event in failures(events)] == ["internal"]
    assert events[-1] == Done("partial")


async def test_a_driving_task_that_dies_releases_the_run_and_its_lease(monkeypatch, quick):
    async def dies(*_):
        raise Panic

    runs, run = RunManager(), Run(uuid.uuid4())
    monkeypatch.setattr(run, "_consume", dies)
    monkeypatch.setattr(run, "_end", dies)
    monkeypatch.setattr(saving, "SAVE_INTERVAL_SECONDS", 0.01)
    monkeypatch.setattr(saving, "LEASE_SECONDS", 0.01)
    events = await read(runs.start(run, words("one ")))
    assert events[-1] == Done("partial")
    assert has_ended(runs, run)
    await wait_until_async(run._saver._saving.done)
