"""Slack's API on loopback: what it was sent, and the messages as its people see them."""

from __future__ import annotations

import asyncio
import json
import threading
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from typing import Any

from chat.testing.http_wire import read_request, send_reply
from chat.testing.loopback import Loopback

Json = dict[str, Any]
TOKEN = "xoxb-test"
NOT_SENT = {"ok": False, "error": "not_in_channel"}


@dataclass
class SlackServer(Loopback):
    """`with SlackServer() as slack:`; `slack.api` is DEEPWIKI_SLACK_API.

    `calls` holds each method with its body. `faults` are statuses that answer the next calls;
    `refuses` lets every call fail with a code of Slack's.
    """

    calls: list[tuple[str, Json]] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    refuses: bool = False
    port: int = 0

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def messages(self) -> dict[str, Json]:
        """The messages by their timestamp, with the text that they were last given."""
        written: dict[str, Json] = {}
        for number, (method, body) in enumerate(self.calls, 1):
            if method == "chat.postMessage":
                written[_timestamp(number)] = body
            elif method == "chat.update":
                written[body["ts"]] = {**written[body["ts"]], "text": body["text"]}
        return written

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages.values()]

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await self._listen(self._connection, port=self.port)
        await self._serve_until_stopped(server, ready, stop)

    async def _connection(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while True:
                await self._exchange(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: StreamReader, writer: StreamWriter) -> None:
        request = await read_request(reader)
        if self.faults:
            await send_reply(writer, self.faults.pop(0), {"ok": False}, {"Retry-After": "1"})
            return
        if self.refuses:
            self._note("refused", {})
            await send_reply(writer, 200, NOT_SENT)
            return
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            await send_reply(writer, 200, {"ok": False, "error": "invalid_auth"})
            return
        self._note(request.path.rpartition("/")[2], json.loads(request.body))
        await send_reply(writer, 200, {"ok": True, "ts": _timestamp(len(self.calls))})

    def _note(self, method: str, body: Json) -> None:
        self.calls.append((method, body))
        self._notify()


def _timestamp(number: int) -> str:
    return f"1700000000.{number:06}"
