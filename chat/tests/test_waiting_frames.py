"""The plain dialect: frames that come while an answer runs wait their turn."""

import asyncio
import contextlib
import json

import pytest
from channels.testing import WebsocketCommunicator

from chat.tests.test_endpoints import ask, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from deepwiki.testing.waiting import wait_until_async

pytestmark = [pytest.mark.django_db(transaction=True)]
FIRST = "t0000 t0001 t0002 "


@pytest.fixture(autouse=True)
def many_questions(settings):
    settings.REQUESTS_PER_MINUTE = 100


@pytest.fixture
async def socket(alice):
    from deepwiki.foundation.threads import in_thread

    token = (await in_thread(ApiToken.issue, alice))[1]
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
    socket = WebsocketCommunicator(application, "/ws/chat", headers=headers)
    assert (await socket.connect(timeout=10))[0]
    yield socket
    with contextlib.suppress(asyncio.CancelledError):
        await socket.disconnect()


async def finish(socket, text=""):
    """All the text until the server closes, and its code."""
    while True:
        message = await socket.receive_output(timeout=20)
        if message["type"] == "websocket.close":
            return text, message["code"]
        text += message["text"]


async def begin(socket, repository, model):
    """Ask for an answer that waits in its middle; returns the text so far."""
    model.default = "fake?tokens=3&hold=1"
    await send(socket, repository, model="fake")
    text = (await socket.receive_output(timeout=20))["text"]
    model.default = "fake?tokens=3"
    return text


async def send(socket, repository, **extra):
    await socket.send_to(text_data=json.dumps(ask(repository, **extra)))


async def test_a_second_frame_waits_and_the_socket_closes_after_the_last(
    socket, repository, with_model
):
    text = await begin(socket, repository, with_model)
    await send(socket, repository, model="fake?text=second")
    await send(socket, repository, model="fake?text=,third")
    await wait_until_async(socket.input_queue.empty)
    with_model.release()
    assert await finish(socket, text) == (f"{FIRST}second,third", 1000)
    assert [row.state for row in await settled()] == ["complete"] * 6


async def test_eight_frames_wait_and_all_are_answered(socket, repository, with_model):
    text = await begin(socket, repository, with_model)
    for number in range(8):
        await send(socket, repository, model=f"fake?text={number}")
    await wait_until_async(socket.input_queue.empty)
    with_model.release()
    assert await finish(socket, text) == (f"{FIRST}01234567", 1000)


async def test_the_ninth_closes_after_the_first_answer_has_finished(socket, repository, with_model):
    text = await begin(socket, repository, with_model)
    for number in range(9):
        await send(socket, repository, model=f"fake?text={number}")
    await wait_until_async(socket.input_queue.empty)
    with_model.release()
    text, code = await finish(socket, text)
    assert text.startswith(f"{FIRST}\n\nError: Too many questions wait")
    assert code == 4429
    assert len(await settled()) == 2


async def test_frames_that_wait_are_bounded_in_bytes_too(socket, repository, with_model, settings):
    settings.MESSAGE_BYTES = 4_000
    text = await begin(socket, repository, with_model)
    for _ in range(2):
        await send(socket, repository, text="x" * 3_000)
    await wait_until_async(socket.input_queue.empty)
    with_model.release()
    text, code = await finish(socket, text)
    assert (text[: len(FIRST)], code) == (FIRST, 4429)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"text_data": "no JSON"}, 4400),
        ({"text_data": '"\ud83d"'}, 4400),
        ({"bytes_data": b"\x00"}, 4400),
        ({"text_data": "x" * 4_000_001}, 1009),
    ],
)
async def test_a_bad_frame_waits_too_and_the_first_answer_finishes(
    socket, repository, with_model, frame, code
):
    text = await begin(socket, repository, with_model)
    await socket.send_to(**frame)
    await send(socket, repository)
    await wait_until_async(socket.input_queue.empty)
    with_model.release()
    text, closed = await finish(socket, text)
    assert text.startswith(f"{FIRST}\n\nError: ")
    assert closed == code


async def test_an_error_closes_the_socket_and_what_waits_is_not_asked(
    socket, repository, with_model
):
    with_model.default = "fake?tokens=3&hold=1&fault=mid"
    await send(socket, repository, model="fake")
    text = (await socket.receive_output(timeout=20))["text"]
    with_model.default = "fake?tokens=3"
    await send(socket, repository, model="fake?text=second")
    await wait_until_async(socket.input_queue.empty)
    with_model.release()
    text, code = await finish(socket, text)
    assert code == 4502
    assert "second" not in text
