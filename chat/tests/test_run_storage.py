"""What is stored of an answer, also where something fails at its end."""

import pytest

from chat.core.events import Delta, Sources, Step
from chat.runs import Run, RunManager
from chat.runs.recorder import MessageRecorder
from deepwiki.foundation.threads import in_thread

pytestmark = [pytest.mark.django_db(transaction=True)]


async def stored(message, source):
    """The message's row after a run of `source` has ended."""
    run = Run(message.run_id, MessageRecorder(message.pk))
    RunManager().start(run, source)
    async for _ in run.attach():
        pass
    await in_thread(message.refresh_from_db)
    return message


async def test_citations_that_cannot_be_looked_up_do_not_cost_the_answer(message):
    def fails(citation):
        raise OSError

    async def source():
        yield Sources([], "abc", "words", fails)
        yield Delta("See `shop/prices.py:L1-L2`.")

    row = await stored(message, source())
    assert (row.state, row.content) == ("complete", "See `shop/prices.py:L1-L2`.")
    assert row.citations == []


async def test_the_last_state_of_each_step_is_kept_and_one_that_never_ended_has_failed(message):
    async def source():
        yield Step(1, "grep", {"pattern": "total"}, "running")
        yield Step(2, "read_file", {"path": "shop/prices.py"}, "running")
        yield Step(1, "grep", {"pattern": "total"}, "done", "3 places", ms=4, tokens=90)
        yield Delta("So.")

    row = await stored(message, source())
    assert [(step["n"], step["state"]) for step in row.steps] == [(1, "done"), (2, "failed")]
    assert row.steps[0]["summary"] == "3 places"
    assert (row.content, row.state) == ("So.", "complete")
