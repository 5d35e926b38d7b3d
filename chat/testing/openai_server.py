"""A server on loopback that speaks OpenAI's wire format: streams, usage, errors, cuts, hangs, embeddings.

What it does is chosen by the model's name: `fake?tokens=20&delay_ms=5&fault=cut`. A name without a query does what
`default` says, so that a server that was told one name once can be given another behaviour by each test.

    tokens      numbered words in the answer (5)           delay_ms   pause between words (0)
    first_ms    pause before the first word (0)            text       the answer itself, instead of numbered words
    echo        1: the answer is the prompt as received
    hold        after so many words the answer waits until `let_go()` is called
    fault       401 404 429 500 context refused  an error status with OpenAI's body
                html       status 502 with an HTML page    garbage    a stream that is no JSON
                mid        an error event inside the stream  cut      the stream ends without its end mark
                drop       the connection breaks           hang       nothing after the headers
                midhang    nothing more after half         empty      a whole stream without a word
                first429 / first500  only the first request of this model's name fails

Format: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import socket
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from chat.testing.loopback import Loopback

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
CODES = {"context": "context_length_exceeded", "401": "invalid_api_key", "404": "model_not_found"}


@dataclass
class Settings:
    """What one request asks of the server."""

    tokens: int = 5
    delay_ms: float = 0
    first_ms: float = 0
    text: str = ""
    echo: int = 0
    hold: int = 0
    fault: str = ""

    @classmethod
    def of(cls, model: str, default: str = "") -> Settings:
        settings = cls()
        for key, value in parse_qsl(model.partition("?")[2] or default.partition("?")[2]):
            if hasattr(settings, key):
                setattr(settings, key, type(getattr(settings, key))(unquote(value)))
        return settings


@dataclass
class OpenAIServer(Loopback):
    """Start with `with OpenAIServer() as server:`; `server.url` is what OPENAI_BASE_URL takes.

    `requests` holds the JSON bodies received; `closed` counts streams whose client left before the end; `most_embedding`
    is how many embedding requests were under way at once. With a `listener` it serves that socket, which it closes at
    the end, instead of `port`. `default` is what a model's name without a query stands for.
    """

    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    closed: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    port: int = 0
    listener: socket.socket | None = None
    default: str = ""
    embedding: int = 0
    most_embedding: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def let_go(self, answers: int = 1) -> None:
        """Let so many answers go on that are held, or will be."""
        for _ in range(answers):
            self._loop.call_soon_threadsafe(self._permits.release)

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        self._permits = asyncio.Semaphore(0)
        if self.listener is not None:
            server = await asyncio.start_server(self._connection, sock=self.listener)
        else:
            server = await asyncio.start_server(self._connection, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._request(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = lines[0].split(" ")[1].partition("?")[0]
        self.authorizations.append(headers.get("authorization") or headers.get("api-key", ""))
        if path.endswith("/api/tags"):  # what Ollama adds of its own
            return await _reply(writer, 200, {"models": [{"name": "fake:latest"}, {"name": "nomic-embed-text:latest"}]})
        if path.endswith("/models"):
            return await _reply(writer, 200, {"object": "list", "data": [{"id": "fake", "object": "model"}]})
        asked = json.loads(body or b"{}")
        self.requests.append(asked)
        self._tell()
        if path.endswith("/embeddings"):
            return await self._embed(asked, writer)
        return await self._chat(asked, reader, writer)

    async def _embed(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        settings = Settings.of(asked["model"], self.default)
        self.seen[asked["model"]] += 1
        fault = settings.fault
        if fault in STATUS and (not fault.startswith("first") or self.seen[asked["model"]] == 1):
            return await _reply(writer, STATUS[fault], {"error": {"message": "later"}}, {"Retry-After": "0"})
        self.embedding += 1
        self.most_embedding = max(self.most_embedding, self.embedding)
        await asyncio.sleep(settings.first_ms / 1000)
        self.embedding -= 1
        return await _reply(writer, 200, _embeddings(asked))

    async def _chat(self, asked: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        model = asked["model"]
        settings = Settings.of(model, self.default)
        self.seen[model] += 1
        fault = settings.fault
        if fault in STATUS and (not fault.startswith("first") or self.seen[model] == 1):
            return await _reply(
                writer, STATUS[fault], _error(fault, asked), {"Retry-After": "1"} if "429" in fault else {}
            )
        if fault == "html":
            return await _reply(writer, 502, "<html><body>bad gateway at 10.0.0.7</body></html>")
        gone = asyncio.ensure_future(reader.read(1))
        broken = False
        try:
            return await self._stream(asked, settings, writer, gone)
        except ConnectionError:
            broken = True
            raise
        finally:
            if broken or gone.done():
                self.closed += 1
                self._tell()
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await gone

    async def _stream(
        self, asked: dict[str, Any], settings: Settings, writer: asyncio.StreamWriter, gone: asyncio.Future[bytes]
    ) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await _send(writer, b": PROCESSING\n\n")  # OpenRouter's comment lines, which say nothing
        await writer.drain()
        if settings.fault == "garbage":
            return await _send(writer, b"data: {this is no json\n\n", last=True)
        if settings.fault == "hang":
            await gone
            return False
        await asyncio.wait([gone], timeout=settings.first_ms / 1000)
        words = _words(asked, settings)
        for number, word in enumerate(words):
            if gone.done():
                return False
            if settings.hold and number == settings.hold:
                await self._held(gone)
            if number == len(words) // 2:
                match settings.fault:
                    case "mid":
                        return await _send(writer, _event({"error": _error("500", asked)["error"]}), last=True)
                    case "cut":
                        return await _send(writer, b"", last=True)
                    case "drop":
                        writer.transport.abort()
                        return False
                    case "midhang":
                        await gone
                        return False
            await _send(writer, _event({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}))
            if settings.delay_ms:
                await asyncio.wait([gone], timeout=settings.delay_ms / 1000)
        await _send(writer, _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
        usage = {"prompt_tokens": len(json.dumps(asked)) // 4, "completion_tokens": len(words), "total_tokens": 0}
        return await _send(writer, _event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n", last=True)

    async def _held(self, gone: asyncio.Future[bytes]) -> None:
        permit = asyncio.ensure_future(self._permits.acquire())
        either: list[asyncio.Future[Any]] = [gone, permit]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        permit.cancel()


def _words(asked: dict[str, Any], settings: Settings) -> list[str]:
    if settings.fault == "empty":
        return []
    if settings.echo:
        return ["\n".join(message["content"] for message in asked["messages"])]
    if settings.text:
        return [settings.text[i : i + 7] for i in range(0, len(settings.text), 7)]
    return [f"t{number:04d} " for number in range(settings.tokens)]


def _error(fault: str, asked: dict[str, Any]) -> dict[str, Any]:
    # As real services do, the body repeats the key and part of the prompt: neither may reach a person.
    message = f"{CODES.get(fault, 'The server had an error')}: Incorrect API key provided: sk-secret-1234567890. {asked['messages'][-1]['content'][:40]}"
    return {"error": {"message": message, "type": "error", "param": None, "code": CODES.get(fault)}}


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", **data}).encode() + b"\n\n"


async def _send(writer: asyncio.StreamWriter, data: bytes, last: bool = False) -> bool:
    if data:
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    if last:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _reply(writer: asyncio.StreamWriter, status: int, body: Any, headers: dict[str, str] | None = None) -> bool:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = "text/html" if isinstance(body, str) else "application/json"
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    writer.write(
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{extra}\r\n".encode() + data
    )
    await writer.drain()
    return True


def _embeddings(asked: dict[str, Any]) -> dict[str, Any]:
    size = asked.get("dimensions") or 16
    rows = []
    for number, text in enumerate(asked["input"]):
        digest = hashlib.sha256(text.encode()).digest()
        rows.append({"object": "embedding", "index": number, "embedding": [digest[i % 32] / 255 for i in range(size)]})
    return {"object": "list", "data": rows, "model": asked["model"], "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def main() -> None:
    """Run it by hand: `python -m chat.testing.openai_server 9100`, or `--fd N` for a socket handed over."""
    import argparse

    parser = argparse.ArgumentParser(prog="chat.testing.openai_server")
    parser.add_argument("port", type=int, nargs="?", default=9100)
    parser.add_argument("--fd", type=int)
    arguments = parser.parse_args()
    listener = socket.socket(fileno=arguments.fd) if arguments.fd is not None else None
    server = OpenAIServer(port=arguments.port, listener=listener)
    with server, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
