"""API tokens that are guessed over WebSockets: after so many, the address is told to wait."""

import json

import pytest
from channels.testing import WebsocketCommunicator

from chat.tests.test_endpoints import ask, over_socket
from deepwiki.accounts.models import ApiToken
from deepwiki.accounts.token_guesses import MAX_GUESSES
from deepwiki.asgi import application

pytestmark = [pytest.mark.django_db(transaction=True)]
WORDS = "Too many API tokens that are not valid"


async def guess(repository, count):
    """The codes of so many sockets with unknown tokens."""
    return [(await over_socket(ask(repository), f"dw_{n}")).code for n in range(count)]


async def test_unknown_tokens_are_refused_at_the_handshake_and_then_told_to_wait(repository):
    assert await guess(repository, MAX_GUESSES) == [403] * MAX_GUESSES
    refused = await over_socket(ask(repository), "dw_more")
    assert refused.code == 4429
    assert WORDS in refused.text


async def test_the_events_dialect_gets_it_as_an_error_event(repository):
    await guess(repository, MAX_GUESSES)
    socket = WebsocketCommunicator(
        application,
        "/ws/chat",
        headers=[(b"host", b"localhost"), (b"authorization", b"Bearer dw_more")],
        subprotocols=["deepwiki.events.v1"],
    )
    assert await socket.connect(timeout=10) == (True, "deepwiki.events.v1")
    error = json.loads((await socket.receive_output(timeout=10))["text"])
    assert (error["event"], error["code"]) == ("error", "too_many")
    assert WORDS in error["message"]
    assert (await socket.receive_output(timeout=10))["code"] == 4429
    await socket.disconnect()


async def test_a_known_token_is_served_from_the_same_address(repository, alice, with_model):
    known = ApiToken.issue(alice)[1]
    await guess(repository, MAX_GUESSES + 1)
    assert (await over_socket(ask(repository), known)).code == 1000
