"""An answer whose events are not stored is read whole all the same, also by who comes meanwhile."""

import asyncio

import pytest

from chat.core.events import Delta, Done
from chat.models import Message
from chat.runs.replay import StoredRun
from chat.tests.test_endpoints import ask, over_socket
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]


def running():
    return Message.objects.filter(role="assistant", state="running").first()


async def read(run):
    events = []
    async for item in run.attach():
        events.append(item.event)
    return events


async def test_a_second_reader_in_another_process_gets_the_whole_answer(
    repository, alice, with_model
):
    token = (await in_thread(ApiToken.issue, alice))[1]
    first = asyncio.create_task(over_socket(ask(repository, model="fake?tokens=6&hold=3"), token))
    message = await wait_until_async(lambda: in_thread(running))
    second = asyncio.create_task(read(StoredRun(message.run_id, alice)))
    await wait_until_async(lambda: with_model.requests)
    with_model.release()
    text = (await first).text
    events = await second
    assert text == "t0000 t0001 t0002 t0003 t0004 t0005 "
    assert "".join(event.text for event in events if isinstance(event, Delta)) == text
    assert events[-1] == Done("complete")
    assert [event for event in events if isinstance(event, Done)] == [Done("complete")]
    # and once it is over
    assert await read(StoredRun(message.run_id, alice)) == events
