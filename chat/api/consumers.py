"""The WebSocket door: decodes, encodes and cancels. What it says is decided below it.

A handler must return at once: Channels awaits each in turn, so one that streamed would see neither `stop` nor the
disconnect. Each run is forwarded by a task of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
import uuid
from collections import Counter
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError

from chat import services
from chat.api.wire_formats import NORMAL, PlainText, chunks, numbered_json
from chat.core.errors import (
    BadRequest,
    ChatError,
    Down,
    Internal,
    NotSignedIn,
    RequestTooLarge,
    TooMany,
)
from chat.core.request import decode, parse
from deepwiki.accounts import authentication
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread

logger = logging.getLogger(__name__)
EVENTS = "deepwiki.events.v1"
HEARTBEAT_SECONDS = 15
RECHECK_SECONDS = 20
MOST_COMPLAINTS = 50  # refused messages of one socket, after which it is closed

open_sockets: Counter[Any] = Counter()


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One socket. Plain dialect: one question, one answer, close. Events dialect: many questions."""

    # Channels would listen to the layer for every socket, and end them all when it goes away. Runs travel by hints.py.
    channel_layer_alias = "unused"

    async def connect(self) -> None:
        self.person: Any = AnonymousUser()
        self.session_key = ""
        self.tasks: set[asyncio.Task[None]] = set()
        self.busy = False
        self.counted = False
        self.closing = False
        self.heard_at = time.monotonic()
        self.complaints = 0
        self.events = EVENTS in (self.scope.get("subprotocols") or [])
        peer = (self.scope.get("client") or ("",))[0]
        self.address = authentication.forwarded_address(peer, self._header(b"x-forwarded-for"))
        try:
            self.person, self.session_key = await in_thread(
                authentication.authenticate_handshake, self.scope["headers"]
            )
        except authentication.CredentialsRefused:
            metrics.connections.labels("refused").inc()
            await self.close()
            return
        except Exception as error:
            # Let in only to be told: a refused handshake has no words.
            away = isinstance(error, OperationalError | InterfaceError)
            metrics.connections.labels("failed").inc()
            await self._accept()
            await self._refuse(
                Down(retry_after=30) if away else _incident("a handshake could not be checked")
            )
            return
        if self.person.pk and open_sockets[self.person.pk] >= settings.SOCKETS_PER_USER:
            metrics.connections.labels("too_many").inc()
            await self._accept()
            await self._refuse(
                TooMany(
                    "You have too many connections open. Close some pages and try again.",
                    retry_after=30,
                )
            )
            return
        self.counted = True
        open_sockets[self.person.pk] += 1
        metrics.connections.labels("accepted").inc()
        metrics.open_sockets.inc()
        await self._accept()
        if self.events:
            await self._send({"event": "ready", "limits": _limits()})
        self._start(self._watch())

    async def _accept(self) -> None:
        await self.accept(EVENTS if self.events else None)

    async def disconnect(self, code: int) -> None:
        self.closing = True
        if self.counted:
            self.counted = False
            open_sockets[self.person.pk] -= 1
            metrics.open_sockets.dec()
            if not open_sockets[self.person.pk]:
                del open_sockets[self.person.pk]
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        raise StopConsumer

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.heard_at = time.monotonic()
        if self.closing:
            return
        if text_data is None:
            await self._refuse(BadRequest("Send text, not binary data."))
        elif self.events:
            await self._receive_event(text_data)
        elif self.busy:
            await self._refuse(
                TooMany("One question at a time: wait for the answer, or open another connection.")
            )
        else:
            self.busy = True
            self._start(self._answer_plainly(text_data))

    # --- plain dialect ----------------------------------------------------------------------------------------------

    async def _answer_plainly(self, data: str) -> None:
        try:
            request = services.read_request(data)
            lasting = request.conversation is not None
            run = await services.ask(
                self.person,
                request,
                lasting=lasting,
                still_here=self._still_here,
                address=self.address,
            )
        except ChatError as error:
            await self._refuse(error)
            return
        except Exception:
            await self._refuse(_incident("a question could not be taken"))
            return
        dialect = PlainText()
        async with contextlib.aclosing(run.attach()) as items:
            async for item in items:
                for piece in chunks(dialect.write(item.event)):
                    await self._deliver(piece)
        await self._close(dialect.close_code)

    # --- events dialect ---------------------------------------------------------------------------------------------

    async def _receive_event(self, data: str) -> None:
        try:
            message = decode(data, services.request_limits())
            match message.get("event"):
                case "ping":
                    await self._send({"event": "pong"})
                case "ask":
                    if self.busy:
                        raise TooMany(
                            "One question at a time: stop the running answer or wait for it."
                        )
                    self.busy = True
                    self._start(self._ask(message))
                case "stop":
                    await services.stop(self.person, _uuid(message.get("run")))
                case "attach":
                    after = message.get("after", 0)
                    if not isinstance(after, int) or isinstance(after, bool):
                        raise BadRequest("after must be a whole number.")
                    self._start(self._attach(_uuid(message.get("run")), after))
                case _:
                    raise BadRequest("event must be one of ask, stop, attach, ping.")
        except RequestTooLarge as error:
            await self._refuse(error)
        except ChatError as error:
            self.complaints += 1
            if self.complaints <= MOST_COMPLAINTS:
                await self._send(_error(error))
            else:
                await self._refuse(
                    TooMany("Too many messages that cannot be understood.", retry_after=60)
                )

    async def _ask(self, message: dict[str, Any]) -> None:
        client_id = message.get("client_message_id")
        try:
            request = parse(message, services.request_limits())
            run = await services.ask(
                self.person,
                request,
                lasting=True,
                still_here=self._still_here,
                address=self.address,
            )
            async with contextlib.aclosing(run.attach()) as items:
                async for item in items:
                    await self._send(numbered_json(run, item))
        except NotSignedIn as error:
            await self._refuse(error)
        except ChatError as error:
            await self._send({**_error(error), "client_message_id": client_id})
        except Exception:
            await self._send(
                {
                    **_error(_incident("a question could not be taken")),
                    "client_message_id": client_id,
                }
            )
        finally:
            self.busy = False

    async def _attach(self, run_id: uuid.UUID, after: int) -> None:
        try:
            await self._recheck()
            async with contextlib.aclosing(services.attach(self.person, run_id, after)) as items:
                async for item in items:
                    run = services.runs.get(run_id)
                    await self._send(item if isinstance(item, dict) else numbered_json(run, item))  # type: ignore[arg-type]
        except ChatError as error:
            await self._send({**_error(error), "run": str(run_id)})
        except Exception:
            await self._send(_error(_incident("attaching failed")))

    # --- both -------------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Close what is idle, and whoever may no longer be here."""
        first = True
        checked = time.monotonic()
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            if self.tasks - {asyncio.current_task()}:
                self.heard_at, first = now, False
            limit = settings.SOCKET_FIRST_MESSAGE_SECONDS if first else settings.SOCKET_IDLE_SECONDS
            if now - self.heard_at > (
                limit if not self.events else max(limit, settings.SOCKET_IDLE_SECONDS)
            ):
                await self._close(4408)
                return
            if now - checked > RECHECK_SECONDS:
                checked = now
                try:
                    await self._recheck()
                except NotSignedIn as error:
                    await self._refuse(error)
                    return
                except Exception:
                    logger.warning("a session could not be checked; trying again", exc_info=True)

    async def _recheck(self) -> None:
        await in_thread(self._still_here)

    def _still_here(self) -> None:
        """A session may have ended, or its person been locked out, since the handshake. Raises NotSignedIn."""
        if self.session_key and authentication.user_of_session(self.session_key) is None:
            raise NotSignedIn("Your session has ended. Sign in again.")
        by_token = not self.session_key and self.person.pk
        if by_token and not authentication.is_bearer_valid(self._header(b"authorization")):
            raise NotSignedIn("This API token is no longer valid.")

    def _header(self, name: bytes) -> str:
        return str(dict(self.scope["headers"]).get(name, b"").decode("latin-1"))

    async def _refuse(self, error: ChatError) -> None:
        if self.events:
            await self._send(_error(error))
        else:
            await self._deliver(error.plain)
        await self._close(error.close_code)

    async def _send(self, message: dict[str, Any]) -> None:
        if not self.closing:
            await self._deliver(json.dumps(message, ensure_ascii=False))

    async def _deliver(self, text: str) -> None:
        try:
            await self.send(text_data=text)
        except (
            Exception
        ) as error:  # of the server's own kind, where the other side went between two pieces
            self.closing = True
            raise asyncio.CancelledError from error  # its disconnect is on the way: whoever forwards to it ends

    async def _close(self, code: int = NORMAL) -> None:
        if not self.closing:
            self.closing = True
            await self.close(code)

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a socket's task failed", exc_info=task.exception())


class NotHere(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other WebSocket path: refused, instead of an exception."""

    async def connect(self) -> None:
        await self.close()


def _error(error: ChatError) -> dict[str, Any]:
    metrics.errors.labels(error.code).inc()
    shown = {
        "event": "error",
        "code": error.code,
        "message": error.message,
        "retry_after": error.retry_after,
        "incident": error.incident or None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _incident(what: str) -> Internal:
    incident = uuid.uuid4().hex[:8]
    logger.exception("%s, incident %s", what, incident)
    return Internal(incident)


def _uuid(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise BadRequest("run must be the id of an answer.") from None


def _limits() -> dict[str, int]:
    return {
        "message_bytes": settings.MESSAGE_BYTES,
        "content_chars": settings.CONTENT_CHARS,
        "idle_seconds": settings.SOCKET_IDLE_SECONDS,
    }
