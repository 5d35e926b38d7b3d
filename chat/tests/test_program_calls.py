"""Calls of programs are counted by person: tools of agents and the REST interface together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.api.mcp.sessions import sessions
from chat.tasks import tidy
from chat.testing.agent_client import call, request
from chat.testing.rest_client import RestClient
from deepwiki.accounts.models import ApiToken, CallCount
from deepwiki.foundation.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def closed_sessions():
    yield
    await sessions.close()


@pytest.fixture
def tokens(people):
    return {name: ApiToken.issue(person)[1] for name, person in people.items()}


async def test_calls_of_tools_and_of_the_interface_count_together(tokens, repository, settings):
    settings.CALLS_PER_MINUTE = 2
    rest = RestClient(tokens["alice"])
    assert not (await call("list_repositories", tokens["alice"])).result["isError"]
    assert (await in_thread(rest.get, "repositories")).status == 200
    told = await call("list_repositories", tokens["alice"])
    assert told.result["isError"]
    assert "At most 2 calls a minute" in told.text
    assert "Retry after" in told.text
    reply = await in_thread(rest.get, "repositories")
    assert reply.problem == (429, "calls_per_minute")
    assert 0 < int(reply.response["Retry-After"]) <= 60
    listed = await request("resources/list", tokens["alice"])
    assert "At most 2 calls a minute" in listed.message["error"]["message"]
    assert not (await call("list_repositories", tokens["bob"])).result["isError"]


async def test_a_day_has_a_limit_too_and_a_window_that_is_over_begins_anew(tokens, db, settings):
    settings.CALLS_PER_MINUTE = 0
    settings.CALLS_PER_DAY = 1
    rest = RestClient(tokens["alice"])
    assert (await in_thread(rest.get, "repositories")).status == 200
    assert (await in_thread(rest.get, "repositories")).problem == (429, "calls_per_day")
    before = timezone.now() - timedelta(days=1, seconds=1)
    await in_thread(lambda: CallCount.objects.update(day_began_at=before))
    assert (await in_thread(rest.get, "repositories")).status == 200


async def test_strangers_are_counted_by_their_address(repository, settings):
    settings.ALLOW_ANONYMOUS = True
    settings.CALLS_PER_MINUTE = 1
    assert (await in_thread(RestClient().get, "repositories")).status == 200
    assert (await in_thread(RestClient().get, "repositories")).problem == (
        429,
        "calls_per_minute",
    )


def test_counts_are_forgotten_when_their_day_is_over(db):
    for number, days in enumerate((0, 2)):
        began = timezone.now() - timedelta(days=days)
        CallCount.objects.create(
            caller=f"person {number}",
            minute_began_at=began,
            in_minute=1,
            day_began_at=began,
            in_day=1,
        )
    tidy(0)
    assert [count.caller for count in CallCount.objects.all()] == ["person 0"]
