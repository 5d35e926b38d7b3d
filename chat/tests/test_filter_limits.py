"""A filter field with more patterns than are applied is refused, and not cut."""

import json

import pytest
from channels.testing import WebsocketCommunicator

from chat.core.request import FILTERS
from chat.tests.test_endpoints import ENDPOINTS, ask
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from repos.search import MAX_PATTERNS

pytestmark = [pytest.mark.django_db(transaction=True)]


def patterns(count):
    return "\n".join(f"d{number}" for number in range(count))


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
@pytest.mark.parametrize("field", FILTERS)
async def test_too_many_patterns_are_refused_by_the_name_of_their_field(
    public_repository, with_model, token, endpoint, field
):
    asked = ask(public_repository, type="github", **{field: patterns(MAX_PATTERNS + 1)})
    reply = await endpoint(asked, token)
    assert reply.code in (4400, 400)
    assert f"{field} holds more than {MAX_PATTERNS} patterns" in reply.text + reply.detail


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
async def test_as_many_as_are_applied_are_taken(public_repository, with_model, token, endpoint):
    asked = ask(public_repository, type="github", excluded_dirs=patterns(MAX_PATTERNS) + "\n,\n")
    assert (await endpoint(asked, token)).code in (1000, 200)


async def test_the_dialect_of_events_refuses_them_too(public_repository, with_model, token):
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
    socket = WebsocketCommunicator(
        application, "/ws/chat", headers=headers, subprotocols=["deepwiki.events.v1"]
    )
    await socket.connect(timeout=10)
    asked = ask(public_repository, type="github", included_files=patterns(MAX_PATTERNS + 1))
    await socket.send_to(text_data=json.dumps({"event": "ask", **asked}))
    reply = {"event": "ready"}
    while reply["event"] == "ready":
        reply = json.loads((await socket.receive_output(timeout=20))["text"])
    assert reply["event"] == "error"
    assert "included_files holds more than" in reply["message"]
    await socket.disconnect()
