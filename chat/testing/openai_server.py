"""A server on loopback with OpenAI's wire format: chat, errors, embeddings.

The model's name is the script (see model_script.py); a name without one does what
`default` says. Its faults:

    401 404 429 500 context refused   an error status with OpenAI's body
    html       status 502 with an HTML page     garbage  a stream that is not JSON
    mid        an error event inside the stream cut      the stream ends without its end mark
    drop       the connection breaks            hang     nothing after the headers
    midhang    nothing more after half          empty    a whole stream without a word
    length     the words end at the limit of output
    first429 / first500   only the first request with this model's name fails
    notools    a request that offers tools is refused, as Ollama does

Formats: https://platform.openai.com/docs/api-reference/chat and, for /api/tags,
https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import socket
import sys
import threading
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chat.testing.http_wire import HttpRequest, read_request, send_reply
from chat.testing.loopback import Loopback
from chat.testing.model_script import ModelScript
from chat.testing.openai_stream import ChatStream, Json, error_body
from chat.testing.tool_script import ModelTurn, Play, read_turns, turn_of_body

STATUS = {
    "401": 401,
    "404": 404,
    "429": 429,
    "500": 500,
    "context": 400,
    "refused": 400,
    "first429": 429,
    "first500": 500,
}
# What the endpoints that tell of models reply: OpenAI's and Ollama's.
LISTS = {
    "models": {"object": "list", "data": [{"id": "fake", "object": "model"}]},
    "show": {"capabilities": ["completion", "tools"]},
    "tags": {"models": [{"name": "fake:latest"}, {"name": "nomic-embed-text:latest"}]},
}
NO_TOOLS = {"error": {"message": "fake does not support tools", "type": "api_error"}}
HTML_ERROR = "<html><body>bad gateway at 10.0.0.7</body></html>"
DEFAULT_PORT = 9100
DIMENSIONS = 16


@dataclass
class OpenAIServer(Loopback):
    """`with OpenAIServer() as server:`; `server.url` is OPENAI_BASE_URL.

    `requests` holds the JSON bodies received, `authorizations` the key of each request.
    `closed` counts streams whose client left before the end; `most_embedding` is the
    largest number of concurrent embedding requests. With a `listener` it serves that
    socket, which it closes at the end, instead of `port`. `default` is the script of
    models whose name has none. A model in `plays` calls tools (see tool_script.py). `write`
    makes the answers of models whose name has no script from the bodies of their requests.
    """

    requests: list[Json] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    closed: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    port: int = 0
    listener: socket.socket | None = None
    default: str = ""
    plays: dict[str, Play] = field(default_factory=dict)
    write: Callable[[Json], str] | None = None
    embedding: int = 0
    most_embedding: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def release(self, answers: int = 1) -> None:
        """Let so many answers or embeddings go on that are held, or will be."""
        for _ in range(answers):
            self._loop.call_soon_threadsafe(self._permits.release)

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        self._permits = asyncio.Semaphore(0)
        address = {"port": self.port} if self.listener is None else {"sock": self.listener}
        server = await self._listen(self._connection, **address)
        await self._serve_until_stopped(server, ready, stop)

    async def _connection(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Answer one request; whether the connection can be used again."""
        request = await read_request(reader)
        self.authorizations.append(_authorization(request))
        endpoint = request.path.rpartition("/")[2]
        if endpoint in LISTS:
            await send_reply(writer, 200, LISTS[endpoint])
            return True
        body = json.loads(request.body)
        self.requests.append(body)
        self.seen[body["model"]] += 1
        self._notify()
        if endpoint == "embeddings":
            await self._embed(body, writer)
            return True
        return await self._chat(body, reader, writer)

    def _fails(self, model: str, fault: str) -> bool:
        if fault not in STATUS:
            return False
        return not fault.startswith("first") or self.seen[model] == 1

    async def _embed(self, body: Json, writer: StreamWriter) -> None:
        script = ModelScript.of(body["model"], self.default)
        if self._fails(body["model"], script.fault):
            error = {"error": {"message": "later"}}
            await send_reply(writer, STATUS[script.fault], error, {"Retry-After": "0"})
            return
        self.embedding += 1
        self.most_embedding = max(self.most_embedding, self.embedding)
        self._notify()
        await asyncio.sleep(script.first_ms / 1000)
        if script.hold:
            await self._permits.acquire()
        self.embedding -= 1
        await send_reply(writer, 200, _embeddings(body))

    async def _chat(self, body: Json, reader: StreamReader, writer: StreamWriter) -> bool:
        script = self._script(body)
        if self._fails(body["model"], script.fault):
            await _send_error(writer, script.fault, body)
            return True
        if script.fault == "html":
            await send_reply(writer, 502, HTML_ERROR)
            return True
        if script.fault == "notools" and body.get("tools"):
            await send_reply(writer, 400, NO_TOOLS)
            return True
        client_left = asyncio.ensure_future(reader.read(1))
        is_broken = False
        try:
            turn = self._turn(body, script)
            stream = ChatStream(body, script, writer, client_left, self._permits, turn)
            return await stream.send()
        except ConnectionError:
            is_broken = True
            raise
        finally:
            await self._end_watch(client_left, is_broken=is_broken)

    def _script(self, body: Json) -> ModelScript:
        script = ModelScript.of(body["model"], self.default)
        if self.write is None or "?" in body["model"]:
            return script
        return replace(script, text=self.write(body))

    def _turn(self, body: Json, script: ModelScript) -> ModelTurn | None:
        plays = self.plays.get(body["model"]) or read_turns(script.turns)
        return turn_of_body(plays, body)

    async def _end_watch(self, client_left: asyncio.Future[bytes], *, is_broken: bool) -> None:
        if is_broken or client_left.done():
            self.closed += 1
            self._notify()
        client_left.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await client_left


async def _send_error(writer: StreamWriter, fault: str, body: Json) -> None:
    headers = {}
    if "429" in fault:
        headers["Retry-After"] = "1"
    await send_reply(writer, STATUS[fault], error_body(fault, body), headers)


def _authorization(request: HttpRequest) -> str:
    """The key, in OpenAI's header or Azure's."""
    return request.headers.get("authorization") or request.headers.get("api-key", "")


def _embeddings(body: Json) -> Json:
    size = body.get("dimensions") or DIMENSIONS
    rows = [
        {"object": "embedding", "index": index, "embedding": _vector(text, size)}
        for index, text in enumerate(body["input"])
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "data": rows, "model": body["model"], "usage": usage}


def _vector(text: str, size: int) -> list[float]:
    """The same text gives the same vector."""
    digest = hashlib.sha256(text.encode()).digest()
    return [digest[index % len(digest)] / 255 for index in range(size)]


def main() -> None:
    """Run it by hand: `python -m chat.testing.openai_server 9100`; `--fd N` takes a listening
    socket of the caller's."""
    parser = argparse.ArgumentParser(prog="chat.testing.openai_server")
    parser.add_argument("port", type=int, nargs="?", default=DEFAULT_PORT)
    parser.add_argument("--fd", type=int, help="an inherited listening socket")
    arguments = parser.parse_args()
    listener = None
    if arguments.fd is not None:
        listener = socket.socket(fileno=arguments.fd)
    server = OpenAIServer(port=arguments.port, listener=listener)
    with server, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
