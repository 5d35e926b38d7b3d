"""What an answer leaves behind is freed with its last reference, without a garbage collection."""

import asyncio
import gc
import uuid
import weakref

import pytest

from chat.core.events import Delta
from chat.rendering import LiveBlocks
from chat.runs import Run
from chat.tests.test_connection import EventsSession, PlainSession, Socket, opened
from deepwiki.testing.waiting import wait_until_async


@pytest.fixture(autouse=True)
def no_collection():
    gc.disable()
    yield
    gc.enable()


async def words():
    yield Delta("One paragraph.\n\n")
    yield Delta("And another.\n")


async def endless():
    yield Delta("One paragraph.\n\n")
    await asyncio.Event().wait()


@pytest.mark.parametrize("renderer", [None, LiveBlocks])
async def test_a_finished_run(renderer):
    run = Run(uuid.uuid4(), renderer=renderer and renderer())
    run.start(words())
    async for _ in run.attach():
        pass
    await run.task
    watched = weakref.ref(run)
    del run
    await wait_until_async(lambda: watched() is None, 10)


async def test_a_stopped_run():
    run = Run(uuid.uuid4(), renderer=LiveBlocks())
    run.start(endless())
    async for _ in run.attach():
        run.stop()
    await run.task
    watched = weakref.ref(run)
    del run
    await wait_until_async(lambda: watched() is None, 10)


@pytest.mark.parametrize("kind", [EventsSession, PlainSession])
async def test_a_connection_that_is_closed(kind):
    connection = opened(Socket(), kind)
    connection.disconnected()
    watched = weakref.ref(connection)
    del connection
    assert watched() is None
