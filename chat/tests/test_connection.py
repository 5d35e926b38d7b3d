"""A connection whose write fails, or whose task does, is ended with words and the right code."""

import asyncio
import contextlib
import json

import pytest

from chat.api.connection import Connection
from chat.api.events_session import EventsSession
from chat.api.plain_session import PlainSession


class Socket:
    """A consumer's socket; writing fails while there are `errors`."""

    def __init__(self, *errors):
        self.scope = {"headers": [], "client": ("127.0.0.1", 5000)}
        self.errors = list(errors)
        self.sent, self.codes = [], []

    async def send(self, text_data):
        if self.errors:
            raise self.errors.pop(0)
        text_data.encode()
        self.sent.append(text_data)

    async def close(self, code):
        self.codes.append(code)


def opened(socket, kind):
    connection = Connection(socket)
    connection.refuse = kind(connection).refuse
    return connection


def says(socket):
    """The words of the last frame, whichever dialect."""
    with contextlib.suppress(ValueError):
        return json.loads(socket.sent[-1])["message"]
    return socket.sent[-1]


@pytest.mark.parametrize("kind", [EventsSession, PlainSession])
async def test_a_text_that_cannot_be_written_ends_the_connection_with_words(kind):
    connection = opened(socket := Socket(), kind)
    with pytest.raises(asyncio.CancelledError):
        await connection.send_text("\ud83d")
    assert "incident" in says(socket)
    assert socket.codes == [4500]


@pytest.mark.parametrize("kind", [EventsSession, PlainSession])
async def test_a_task_that_fails_ends_the_connection_with_words(kind):
    async def fails():
        raise ValueError

    connection = opened(socket := Socket(), kind)
    connection.start(fails())
    await asyncio.wait(connection._tasks)
    assert "incident" in says(socket)
    assert socket.codes == [4500]


@pytest.mark.parametrize("errors", [[OSError()], [ValueError(), ValueError()]])
async def test_where_words_do_not_arrive_either_the_socket_is_closed_once(errors):
    connection = opened(socket := Socket(*errors), PlainSession)
    for _ in range(2):
        with contextlib.suppress(asyncio.CancelledError):
            await connection.send_text("word")
    assert socket.codes == [4500]
