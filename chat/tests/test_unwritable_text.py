"""Text that cannot be written never holds a reader up: it is cleaned where it comes in, and a write
that fails ends its own connection."""

import asyncio
import json
import uuid

import pytest
from channels.testing import WebsocketCommunicator

from chat import services
from chat.api import streams
from chat.core.errors import ProviderError
from chat.core.events import Delta, Done, Notice, Numbered, Sources
from chat.models import RunEvent
from chat.runs import Run, RunManager
from chat.tests.test_endpoints import ENDPOINTS, ask, settled
from deepwiki.accounts.models import ApiToken
from deepwiki.asgi import application
from deepwiki.foundation.threads import in_thread

pytestmark = [pytest.mark.django_db(transaction=True)]
# Both halves of 😀 in two pieces (of seven characters each), a lone half, NUL and an escape.
BROKEN = r"Hello \ud83d\ude00 and \ud83d alone, \u0000NUL, \u001b[31mred, \u0085, end"
CLEANED = "Hello \U0001f600 and \ufffd alone, NUL, [31mred, , end"
# 'x' shifts the pair so that each cut through it is tried.
SHIFTED = [(f"{'x' * n}{BROKEN}", f"{'x' * n}{CLEANED}") for n in range(2)]


def saying(text):
    return f"fake?text={text.replace(chr(92), '%5C').replace(' ', '%20').replace(',', '%2C')}"


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


@pytest.mark.parametrize(("text", "cleaned"), SHIFTED)
@pytest.mark.parametrize("endpoint", ENDPOINTS.values())
async def test_every_endpoint_gives_clean_text_to_its_end(
    repository, token, with_model, endpoint, text, cleaned
):
    reply = await endpoint(ask(repository, saying(text)), token)
    assert (reply.text, reply.code) in [(cleaned, 1000), (cleaned, 200)]
    answer = (await settled())[-1]
    assert (answer.content, answer.state) == (cleaned, "complete")


async def test_events_reach_readers_here_and_from_the_database(repository, alice, with_model):
    from chat.core.request import parse

    request = parse(ask(repository, saying(BROKEN), render="html"), services.request_limits())
    run = await services.ask(alice, request, lasting=True)
    here = [item async for item in run.attach()]
    services.runs.runs.clear()
    stored = [item async for item in services.attach(alice, run.id)]
    for items in (here, stored):
        json.dumps([item.as_json() for item in items], ensure_ascii=False).encode()
        assert "".join(i.event.text for i in items if isinstance(i.event, Delta)) == CLEANED
        assert items[-1].event == Done("complete")
    rows = await in_thread(lambda: list(RunEvent.objects.values_list("data", flat=True)))
    assert "\\ud83d" not in json.dumps(rows).replace("\\ud83d\\ude00", "")


async def test_names_paths_notices_and_errors_are_cleaned_too():
    run = Run(uuid.uuid4())

    async def source():
        yield Sources([{"path": "a\ud83d.py", "start": 1}], "c\x00", "words")
        yield Notice("x", "no\x1bte", {"path": "\udc80"})
        raise ProviderError(text="the service said \ud83d\x00")

    RunManager().start(run, source())
    items = [item async for item in run.attach()]
    sent = json.dumps([item.as_json() for item in items], ensure_ascii=False)
    sent.encode()
    assert "a\ufffd.py" in sent and "said \ufffd" in sent and "note" in sent
    assert run.error.message == "the service said \ufffd"


async def test_an_identifier_that_cannot_be_written_comes_back_clean(repository, token):
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
    socket = WebsocketCommunicator(
        application, "/ws/chat", headers=headers, subprotocols=["deepwiki.events.v1"]
    )
    await socket.connect(timeout=10)
    await socket.receive_json_from(10)
    await socket.send_to(text_data=r'{"event": "ask", "client_message_id": "\ud83d"}')
    reply = await socket.receive_json_from(10)
    assert (reply["event"], reply["client_message_id"]) == ("error", "\ufffd")
    await socket.disconnect()


class FailingStream:
    """Two items, then an error of its own."""

    def __init__(self, error):
        self.error = error

    async def text(self):
        yield "begun"
        raise self.error

    async def items(self):
        yield Numbered(uuid.UUID(int=1), 1, Delta("begun"))
        raise self.error


async def body(response):
    async with asyncio.timeout(10):
        return b"".join([chunk async for chunk in response.streaming_content]).decode()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ProviderError(text="Away."), "Away."),
        (ValueError("secret"), "incident"),
        (UnicodeEncodeError("utf-8", "\ud83d", 0, 1, "surrogates"), "incident"),
    ],
)
async def test_a_stream_that_fails_ends_with_words(error, words):
    plain = await body(streams.text_response(FailingStream(error).text()))
    assert plain.startswith("begun\n\nError: ") and words in plain and "secret" not in plain
    events = await body(streams.event_response(FailingStream(error).items()))
    last = events.strip().split("\n\n")[-1]
    assert last.startswith("event: error\ndata: {") and words in last
