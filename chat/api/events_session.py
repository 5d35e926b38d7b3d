"""The events dialect over a WebSocket: JSON messages, many questions on one socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncGenerator
from typing import Any

from django.conf import settings

from chat import services
from chat.api.authorization import recheck
from chat.api.connection import Connection, Frame, LeftOut
from chat.api.followed_runs import FollowedRuns
from chat.api.wire_formats import EVENTS_SUBPROTOCOL, error_json
from chat.core.errors import (
    BadRequest,
    ChatError,
    Internal,
    NotSignedIn,
    RequestTooLarge,
    TooMany,
)
from chat.core.events import Numbered
from chat.core.request import parse
from chat.core.request_json import decode
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.parsing import parse_uuid
from deepwiki.foundation.text import clean_text

Json = dict[str, Any]

logger = logging.getLogger(__name__)
MAX_REFUSED_MESSAGES = 50  # of one socket, after which it is closed
REFUSED_RETRY_SECONDS = 60
MAX_ID_CHARS = 64
# Of a message while a question is being answered: larger ones can only be further questions,
# which are refused without being read.
MAX_BYTES_BESIDE_AN_ANSWER = 65_536


class EventsSession:
    """Speaks to our own page and to programs that want events."""

    subprotocol = EVENTS_SUBPROTOCOL

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_answering = False
        self._refused = 0
        self._followed = FollowedRuns()

    @property
    def first_message_seconds(self) -> float:
        """A page opens its socket early: the ordinary idle time holds from the start."""
        return max(settings.SOCKET_FIRST_MESSAGE_SECONDS, settings.SOCKET_IDLE_SECONDS)

    async def opened(self) -> None:
        """Tell the limits."""
        limits = {
            "message_bytes": settings.MESSAGE_BYTES,
            "content_chars": settings.CONTENT_CHARS,
            "idle_seconds": settings.SOCKET_IDLE_SECONDS,
        }
        await self._connection.send_json({"event": "ready", "limits": limits})

    async def receive(self, frame: Frame) -> None:
        """A frame came."""
        if frame is None:
            await self.refuse(BadRequest("binary_message"))
            return
        try:
            message = self._decoded(frame)
            del frame
            with services.database_errors_as_down():
                await self._dispatch(message)
        except RequestTooLarge as error:
            await self.refuse(error)
        except ChatError as error:
            await self._refuse_message(error)

    def _decoded(self, frame: bytes | LeftOut) -> Json:
        if isinstance(frame, LeftOut):
            raise RequestTooLarge
        if self._is_answering and len(frame) > MAX_BYTES_BESIDE_AN_ANSWER:
            raise TooMany("question_running")
        return decode(frame, services.request_limits())

    async def _refuse_message(self, error: ChatError) -> None:
        """Say what is wrong with a message; close after too many such messages."""
        self._refused += 1
        if self._refused <= MAX_REFUSED_MESSAGES:
            await self._connection.send_json(error_json(error))
            return
        await self.refuse(TooMany("too_many_invalid_messages", retry_after=REFUSED_RETRY_SECONDS))

    async def refuse(self, error: ChatError) -> None:
        """Say what is wrong and close."""
        await self._connection.send_json(error_json(error))
        await self._connection.close(error.close_code)

    async def recheck(self) -> None:
        """End what the person may not read any more. Raises NotSignedIn."""
        await recheck(self._connection.authorize)
        for run_id, error in await self._followed.drop_unreadable(self._connection.person):
            await self._connection.send_json({**error_json(error), "run": str(run_id)})

    async def _dispatch(self, message: Json) -> None:
        match message.get("event"):
            case "ping":
                await self._connection.send_json({"event": "pong"})
            case "ask":
                self._start_answer(message)
            case "stop":
                await services.stop(self._connection.person, _run_id(message))
            case "attach":
                self._start_attaching(_run_id(message), _after(message))
            case _:
                raise BadRequest("unknown_event")

    def _start_answer(self, message: Json) -> None:
        if self._is_answering:
            raise TooMany("question_running")
        self._is_answering = True
        self._connection.start(self._answer(message))

    async def _answer(self, message: Json) -> None:
        reference = {"client_message_id": _client_message_id(message)}
        try:
            run = await services.ask(
                self._connection.person,
                parse(message, services.request_limits()),
                lasting=True,
                authorize=self._connection.authorize,
                address=self._connection.address,
            )
            await self._send_events(run.id, run.attach())
        except NotSignedIn as error:
            await self.refuse(error)
        except ChatError as error:
            await self._connection.send_json({**error_json(error), **reference})
        except Exception:
            internal = Internal(log_incident(logger, "a question could not be taken"))
            await self._connection.send_json({**error_json(internal), **reference})
        finally:
            self._is_answering = False

    def _start_attaching(self, run_id: uuid.UUID, after: int) -> None:
        """Send the run's events from `after` on, instead of from where they are being sent."""
        self._followed.check_room(run_id)
        self._followed.put(run_id, self._connection.start(self._attach(run_id, after)))

    async def _attach(self, run_id: uuid.UUID, after: int) -> None:
        try:
            with services.database_errors_as_down():
                await self._connection.check_person()
                await self._send_events(
                    run_id, services.attach(self._connection.person, run_id, after)
                )
        except NotSignedIn as error:
            await self.refuse(error)
        except ChatError as error:
            await self._connection.send_json({**error_json(error), "run": str(run_id)})
        except Exception:
            internal = Internal(log_incident(logger, "attaching failed"))
            await self._connection.send_json(error_json(internal))

    async def _send_events(self, run_id: uuid.UUID, stream: AsyncGenerator[Numbered]) -> None:
        """Send the events of a run, in the place of whoever sends them on this socket."""
        task = asyncio.current_task()
        assert task is not None
        self._followed.put(run_id, task)
        async with contextlib.aclosing(stream) as items:
            async for item in items:
                await self._connection.send_json(item.as_json())


def _client_message_id(message: Json) -> str | None:
    """As the client sent it, so that it knows its question again; None if it is no text."""
    value = message.get("client_message_id")
    if not isinstance(value, str):
        return None
    return clean_text(value[:MAX_ID_CHARS])


def _run_id(message: Json) -> uuid.UUID:
    run_id = parse_uuid(message.get("run"))
    if run_id is None:
        raise BadRequest("run_not_an_id")
    return run_id


def _after(message: Json) -> int:
    after = message.get("after", 0)
    if not isinstance(after, int) or isinstance(after, bool):
        raise BadRequest("after_not_a_number")
    return after
