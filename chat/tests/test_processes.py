"""Several web processes over one database and one Redis, and clients written elsewhere."""

import asyncio
import json
import subprocess

import pytest
import websockets
from redis import Redis as Client
from redis.exceptions import ConnectionError as NotThere

from chat.models import Message
from chat.tests.test_server import EVENTS, close_code, connect, plain, request, row_state, until
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from deepwiki.testing import programs
from deepwiki.testing.ports import reserved_port
from deepwiki.testing.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def token(alice):
    return ApiToken.issue(alice)[1]


class Redis:
    """A redis-server of these tests' own."""

    def __init__(self, port, folder):
        self.port, self.folder = port, folder
        self.url = f"redis://127.0.0.1:{port}/0"

    def start(self):
        command = [
            programs.redis_server(),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
        ]
        command += ["--dir", str(self.folder)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def empty(self):
        with Client.from_url(self.url) as client:
            client.flushall()

    def _answers(self):
        try:
            with Client.from_url(self.url) as client:
                return client.ping()
        except NotThere:
            return False


@pytest.fixture(scope="module")
def redis_process(tmp_path_factory):
    if not programs.redis_server():
        pytest.skip("no redis-server can be had here")
    with reserved_port() as port:
        redis = Redis(port, tmp_path_factory.mktemp("redis"))
        redis.start()
        yield redis
        redis.stop()


@pytest.fixture
def redis(redis_process):
    yield redis_process
    redis_process.empty()


@pytest.fixture(scope="module", params=["redis", "no redis"])
def layer(request):
    return request.param


@pytest.fixture
def two(request, layer, live, model, repository):
    """Two servers over one database."""
    extra = {"REDIS_URL": request.getfixturevalue("redis").url} if layer == "redis" else {}
    return [live(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url, **extra) for _ in range(2)]


async def test_an_answer_is_followed_and_stopped_from_another_process(
    two, token, repository, model
):
    async with (
        connect(two[0], token, subprotocols=[EVENTS]) as asking,
        connect(two[1], token, subprotocols=[EVENTS]) as other,
    ):
        await asking.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=5000&delay_ms=10")})
        )
        accepted = await until(asking, "accepted")
        await other.send(json.dumps({"event": "attach", "run": accepted["run"], "after": 0}))
        await until(other, "delta")
        await other.send(json.dumps({"event": "stop", "run": accepted["run"]}))
        assert (await until(asking, "done"))["state"] == "stopped"
        assert (await until(other, "done"))["state"] == "stopped"
    assert model.closed == 1
    assert (await row_state("stopped")).content.startswith("t0000")


async def test_a_redis_that_goes_away_costs_no_word_of_an_answer(
    live, redis, token, repository, model
):
    servers = [
        live(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url, REDIS_URL=redis.url)
        for _ in range(2)
    ]
    async with (
        connect(servers[0], token, subprotocols=[EVENTS]) as asking,
        connect(servers[1], token, subprotocols=[EVENTS]) as other,
    ):
        await asking.send(
            json.dumps({"event": "ask", **request(repository, "fake?tokens=200&delay_ms=20")})
        )
        accepted = await until(asking, "accepted")
        await other.send(json.dumps({"event": "attach", "run": accepted["run"], "after": 0}))
        text = (await until(other, "delta"))["text"]
        redis.stop()
        while True:
            event = json.loads(await asyncio.wait_for(other.recv(), 30))
            text += event.get("text", "") if event["event"] == "delta" else ""
            if event["event"] == "done":
                break
        assert event["state"] == "complete"
        assert text == "".join(f"t{n:04d} " for n in range(200))
        assert (await until(asking, "done"))["state"] == "complete"
    assert (await plain(servers[1], token, request(repository)))[1] == 1000
    redis.start()
    assert (await plain(servers[0], token, request(repository)))[1] == 1000


@pytest.fixture
def one(live, model, repository):
    return live(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url)


PLAIN_SOCKET = """
const [url, request, token] = process.argv.slice(1);
let answer = "";
const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } });
socket.onopen = () => socket.send(request);
socket.onmessage = (event) => { answer += event.data; };
socket.onclose = (event) => { console.log(JSON.stringify({ answer, code: event.code })); };
"""
FETCHED = """
const [url, request, token] = process.argv.slice(1);
const response = await fetch(url, {
  method: "POST", headers: { "Content-Type": "application/json", Accept: "text/event-stream", Authorization: `Bearer ${token}` }, body: request,
});
const reader = response.body.getReader();
const decoder = new TextDecoder();
let answer = "", pieces = 0;
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  answer += decoder.decode(value, { stream: true });
  pieces += 1;
}
console.log(JSON.stringify({ answer, code: response.status, pieces }));
"""


def node(script, *arguments):
    path = programs.node()
    if not path:
        pytest.skip("no Node 20 or newer is here")
    command = [
        path,
        "--no-warnings",
        "--experimental-websocket",
        "--input-type=module",
        "-e",
        script,
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("script", "address", "code"),
    [
        (PLAIN_SOCKET, "ws://localhost:{}/ws/chat", 1000),
        (FETCHED, "http://localhost:{}/chat/completions/stream", 200),
    ],
    ids=["WebSocket", "fetch"],
)
async def test_a_javascript_client_of_the_plain_dialect_gets_the_whole_answer(
    one, token, repository, script, address, code
):
    asked = json.dumps(request(repository, "fake?tokens=300&delay_ms=2"))
    reply = await asyncio.to_thread(node, script, address.format(one.port), asked, token)
    assert reply["answer"] == "".join(f"t{n:04d} " for n in range(300))
    assert reply["code"] == code
    assert reply.get("pieces", 3) > 2
    wrong = json.dumps({**request(repository), "messages": []})
    reply = await asyncio.to_thread(node, script, address.format(one.port), wrong, token)
    assert "No messages provided" in reply["answer"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_compression_is_offered_and_can_be_switched_off(
    live, token, repository, model, wanted
):
    server = live(
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=model.url,
        DEEPWIKI_WEBSOCKET_DEFLATE=str(wanted).lower(),
    )
    async with connect(server, token, compression="deflate") as connection:
        assert bool(connection.protocol.extensions) == wanted
        await connection.send(json.dumps(request(repository, "fake?tokens=50")))
        text = ""
        with pytest.raises(websockets.ConnectionClosedOK):
            while True:
                text += await connection.recv()
    assert text == "".join(f"t{n:04d} " for n in range(50))


async def test_a_compressed_bomb_is_refused_and_costs_little(live, token, repository, model):
    import psutil

    one = live(own=True, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=model.url)
    process = psutil.Process(one.process.pid)
    await plain(one, token, request(repository))
    before = process.memory_info().rss
    for _ in range(3):
        async with connect(one, token, compression="deflate", close_timeout=1) as connection:
            await connection.send("x" * 60_000_000)
            assert await close_code(connection) == 1009
    assert process.memory_info().rss - before < 60_000_000
    assert (await plain(one, token, request(repository)))[1] == 1000


async def test_a_crowd_that_asks_for_one_new_answer_id_gets_one_answer(
    two, token, repository, model
):
    asked = {
        **request(repository, "fake?tokens=20&delay_ms=5"),
        "client_message_id": "6f1c1c5e-6d0b-4a55-9a35-111111111111",
    }

    async def ask(server):
        async with connect(server, token, subprotocols=[EVENTS]) as connection:
            await connection.send(json.dumps({"event": "ask", **asked}))
            text, numbers = "", []
            while True:
                event = json.loads(await asyncio.wait_for(connection.recv(), 20))
                numbers += [event["seq"]] if "seq" in event else []
                text += event.get("text", "") if event["event"] == "delta" else ""
                if event["event"] == "done":
                    return event["state"], text, numbers

    replies = await asyncio.gather(*(ask(server) for server in two for _ in range(3)))
    assert await in_thread(Message.objects.count) == 2
    assert len(model.requests) == 1
    assert {state for state, *_ in replies} == {"complete"}
    assert {text for _, text, _ in replies} == {"".join(f"t{n:04d} " for n in range(20))}
    assert all(numbers == replies[0][2] for _, _, numbers in replies)
