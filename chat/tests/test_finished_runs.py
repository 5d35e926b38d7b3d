"""Finished answers are read from the database; memory holds a bounded number of them."""

import uuid

import pytest

from chat import services
from chat.core.events import Delta, Done, Html, Sources
from chat.core.request import parse
from chat.models import Message, RunEvent
from chat.runs import EventLog, Run, RunManager
from chat.runs.manager import FINISHED_BYTES, FINISHED_RUNS
from chat.runs.replay import SLICE_EVENTS, StoredRun
from chat.tests.test_endpoints import ask
from deepwiki.foundation.threads import in_thread


async def words(count=1, size=10):
    for _ in range(count):
        yield Delta("x" * size)


async def finish(runs, *sources):
    for source in sources:
        run = runs.start(Run(uuid.uuid4()), source)
        async for _ in run.attach():
            pass
    return run


async def test_as_many_finished_runs_are_held_as_may_be():
    runs = RunManager()
    last = await finish(runs, *(words() for _ in range(3 * FINISHED_RUNS)))
    assert len(runs.runs) <= FINISHED_RUNS + 1
    assert runs.get(last.id) is last


async def test_large_ones_are_held_within_a_number_of_bytes():
    runs = RunManager()
    await finish(runs, *(words(1, FINISHED_BYTES // 4) for _ in range(20)))
    assert sum(run.log.size for run in runs.runs.values()) < 1.5 * FINISHED_BYTES
    huge = await finish(runs, words(1, 2 * FINISHED_BYTES))
    await finish(runs, words())
    assert runs.get(huge.id) is None


async def test_a_run_that_goes_on_is_held_whatever_finishes_meanwhile():
    import asyncio

    release = asyncio.Event()

    async def waits():
        yield Delta("x")
        await release.wait()

    runs = RunManager()
    waiting = runs.start(Run(uuid.uuid4()), waits())
    await finish(runs, *(words() for _ in range(2 * FINISHED_RUNS)))
    assert runs.get(waiting.id) is waiting
    release.set()
    await waiting.task


async def test_a_block_that_is_rendered_again_takes_its_former_place():
    log = EventLog(uuid.uuid4())
    log.append(Delta("a"))
    before = log.size
    for number in range(1_000):
        log.append(Html(0, f"<p>{number}</p>"))
        log.append(Html(1, f"<b>{number}</b>"))
    assert log.size - before < 2_000
    log.append(Done("complete"))
    log.append(Delta("too late"))
    assert [(item.seq, item.event) for item in log.items] == [
        (1, Delta("a")),
        (2_000, Html(0, "<p>999</p>")),
        (2_001, Html(1, "<b>999</b>")),
        (2_002, Done("complete")),
    ]
    assert [item.seq async for item in log.follow(2_000)] == [2_001, 2_002]


@pytest.mark.django_db(transaction=True)
async def test_what_memory_has_forgotten_is_read_from_the_database_in_slices(
    repository, alice, with_model
):
    model = f"fake?tokens={3 * SLICE_EVENTS}&delay_ms=1"
    request = parse(ask(repository, model=model), services.request_limits())
    run = await services.ask(alice, request, lasting=True)
    here = [item.as_json() async for item in run.attach()]
    services.runs.runs.clear()
    for after in (0, 5, len(here) - 1):
        stored = [item.as_json() async for item in services.attach(alice, run.id, after)]
        assert stored == here[after:]


@pytest.mark.django_db(transaction=True)
async def test_where_events_are_no_longer_stored_the_message_is_told(
    repository, alice, bob, with_model
):
    request = parse(ask(repository), services.request_limits())
    run = await services.ask(alice, request, lasting=True)
    async for _ in run.attach():
        pass
    services.runs.runs.clear()
    await in_thread(RunEvent.objects.all().delete)
    items = [item.event async for item in StoredRun(run.id, alice).attach()]
    row = await in_thread(Message.objects.get, role="assistant")
    assert [event.text for event in items if isinstance(event, Delta)] == [row.content]
    assert [event.items for event in items if isinstance(event, Sources)] == [row.sources]
    assert items[-1] == Done("complete")
    with pytest.raises(services.answering.NoSuchRepository):
        async for _ in StoredRun(run.id, bob).attach():
            pass
