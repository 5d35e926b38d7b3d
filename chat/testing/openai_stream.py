"""The bodies of OpenAI's chat API as the loopback server sends them: streams and errors.

Format: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from chat.testing.http_wire import end_stream, send_chunk, start_stream
from chat.testing.model_script import ModelScript
from chat.testing.tool_script import SILENT, ModelTurn, deltas, finish_reason

Json = dict[str, Any]
CODES = {"context": "context_length_exceeded", "401": "invalid_api_key", "404": "model_not_found"}


@dataclass(frozen=True)
class ChatStream:
    """One streamed completion.

    `client_left` is done when the client closes the connection. A held answer waits
    for one of `permits`. `turn` takes the place of the script's words.
    """

    body: Json
    script: ModelScript
    writer: asyncio.StreamWriter
    client_left: asyncio.Future[bytes]
    permits: asyncio.Semaphore
    turn: ModelTurn | None = None

    async def send(self) -> bool:
        """Send it; whether the connection can be used again."""
        await start_stream(self.writer)
        await send_chunk(self.writer, b": PROCESSING\n\n")  # OpenRouter's comment lines
        match self.script.fault:
            case "garbage":
                await send_chunk(self.writer, b"data: {this is no json\n\n")
                await end_stream(self.writer)
                return True
            case "hang":
                await self.client_left
                return False
        await self._pause(self.script.first_ms)
        for _ in range(self.script.thoughts):
            await self._send({"choices": [_choice({"reasoning_content": "hm"})]})
            await self._pause(self.script.delay_ms)
        return await self._send_words()

    async def _send_words(self) -> bool:
        pieces = self._deltas()
        for number, delta in enumerate(pieces):
            if self.client_left.done():
                return False
            if self.script.hold and number == self.script.hold:
                await self._hold()
            if number == len(pieces) // 2 and self.script.fault:
                ended = await self._fail_midway()
                if ended is not None:
                    return ended
            await self._send({"choices": [_choice(delta)]})
            if self.script.delay_ms:
                await self._pause(self.script.delay_ms)
        await self._send_end(len(pieces))
        return True

    async def _send_end(self, words: int) -> None:
        await self._send({"choices": [_choice({}, self._finish_reason())]})
        await self._send({"choices": [], "usage": self._usage(words)})
        await send_chunk(self.writer, b"data: [DONE]\n\n")
        await end_stream(self.writer)

    async def _fail_midway(self) -> bool | None:
        """Fail as the script says; None where it does not. See `send`."""
        match self.script.fault:
            case "mid":
                await self._send(error_body("500", self.body))
                await end_stream(self.writer)
                return True
            case "cut":
                await end_stream(self.writer)
                return True
            case "drop":
                self.writer.transport.abort()
                return False
            case "midhang":
                await self.client_left
                return False
        return None

    async def _hold(self) -> None:
        permit = asyncio.ensure_future(self.permits.acquire())
        either: list[asyncio.Future[Any]] = [self.client_left, permit]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        permit.cancel()

    async def _pause(self, milliseconds: float) -> None:
        await asyncio.wait([self.client_left], timeout=milliseconds / 1000)

    async def _send(self, data: Json) -> None:
        event = json.dumps({"id": "c", "object": "chat.completion.chunk", **data})
        await send_chunk(self.writer, f"data: {event}\n\n".encode())

    def _finish_reason(self) -> str:
        if self.script.fault == "length":
            return "length"
        return finish_reason(self.turn or SILENT)

    def _deltas(self) -> list[Json]:
        if self.turn is None:
            return [{"content": word} for word in self._words()]
        return deltas(self.turn, self._id_prefix())

    def _id_prefix(self) -> str:
        """Of the ids of calls: another in each turn."""
        return f"call_{len(self.body['messages'])}_"

    def _words(self) -> list[str]:
        if self.script.fault == "empty":
            return []
        if self.script.echo:
            return [self._prompt()]
        return self.script.words()

    def _prompt(self) -> str:
        return "\n".join(message["content"] or "" for message in self.body["messages"])

    def _usage(self, words: int) -> dict[str, int]:
        prompt_tokens = len(json.dumps(self.body)) // 4
        return {"prompt_tokens": prompt_tokens, "completion_tokens": words, "total_tokens": 0}


def _choice(delta: Json, finish_reason: str | None = None) -> Json:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def error_body(fault: str, body: Json) -> Json:
    """The body of an error reply to the request `body`."""
    # As real services do, it repeats the key and part of the prompt: neither may reach
    # a person.
    code = CODES.get(fault)
    question = (body["messages"][-1]["content"] or "")[:40]
    message = (
        f"{code or 'The server had an error'}:"
        f" Incorrect API key provided: sk-secret-1234567890. {question}"
    )
    return {"error": {"message": message, "type": "error", "param": None, "code": code}}
