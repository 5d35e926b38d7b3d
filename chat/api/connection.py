"""One WebSocket connection: who is behind it, its tasks, its end.

Sessions (plain_session.py, events_session.py) speak over it. Each answer is forwarded by
a task: Channels awaits one handler after the other, so a handler that streamed would see
neither `stop` nor the disconnect.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from chat import services
from chat.api import authorization
from chat.api.authorization import Credentials
from chat.api.wire_formats import NORMAL_CLOSURE
from chat.core.errors import ChatError, Down, Internal, NotReading, TooMany, server_busy
from deepwiki.accounts import authentication, credential_errors
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

Work = Coroutine[Any, Any, None]
Refuse = Callable[[ChatError], Awaitable[None]]
Check = Callable[[], Awaitable[None]]

logger = logging.getLogger(__name__)
IDLE_CLOSURE = 4408
AUTHORIZED_SECONDS = 1.0
SEND_SECONDS = 30  # a server of ours gives up sooner, see runtime/backpressure.py
TOO_MANY_SOCKETS_RETRY_SECONDS = 30
MAX_HANDSHAKES = 256  # checked at a time: as many as may be answered, see RUNS_PER_PROCESS

open_sockets: Counter[int | str] = Counter()  # by person, or a stranger's network
handshakes: set[Connection] = set()  # being checked


@dataclass(frozen=True)
class LeftOut:
    """A frame that there was no room for: only its size is known."""

    size: int  # bytes


# UTF-8 text; None for a binary frame.
Frame = bytes | LeftOut | None


class Socket(Protocol):
    """What a connection needs of the Channels consumer."""

    scope: dict[str, Any]

    def send(self, text_data: str) -> Awaitable[None]: ...

    def close(self, code: int) -> Awaitable[None]: ...


async def _refuse_nobody(error: ChatError) -> None:
    """What refuses once the socket is closed."""


class Connection:
    """One socket of one person."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._headers: dict[bytes, bytes] = dict(socket.scope["headers"])
        forwarded_for = self._header(b"x-forwarded-for")
        self.address = authentication.forwarded_address(_peer(socket), forwarded_for)
        self.person: Person
        self.refuse: Refuse = self._close_for
        self._credentials: Credentials
        self._tasks: set[asyncio.Task[None]] = set()
        self._counted_for: int | str | None = None
        self._last_message_at = time.monotonic()
        self._has_received = False
        self._has_failed = False
        self._authorized_at = time.monotonic()
        self.is_closing = False

    async def identify(self) -> None:
        """Find the person of the handshake and count the socket.

        Raises CredentialsRefused (answered by refusing the handshake) and the ChatError
        family (the handshake is accepted so that the error can be told).
        """
        if len(handshakes) >= MAX_HANDSHAKES:
            metrics.connections.labels("too_many").inc()
            raise server_busy()
        handshakes.add(self)
        try:
            await self._identify()
        finally:
            handshakes.discard(self)

    async def _identify(self) -> None:
        headers = self._socket.scope["headers"]
        try:
            with services.database_errors_as_down():
                self.person, session_key = await in_thread(
                    authentication.authenticate_handshake, headers, self.address
                )
        except credential_errors.TooManyGuesses as error:
            metrics.connections.labels("too_many").inc()
            raise authorization.token_refusal(error) from None
        except (credential_errors.TokenExpired, credential_errors.ScopeMissing) as error:
            metrics.connections.labels("refused").inc()
            raise authorization.token_refusal(error) from None
        except credential_errors.CredentialsRefused:
            metrics.connections.labels("refused").inc()
            raise
        except Down:
            metrics.connections.labels("failed").inc()
            raise
        except Exception as error:
            metrics.connections.labels("failed").inc()
            incident = log_incident(logger, "a handshake could not be checked")
            raise Internal(incident) from error
        bearer = self._header(b"authorization")
        self._credentials = Credentials(self.person, session_key, bearer)
        self._count()

    def _count(self) -> None:
        owner = self.person.pk or services.network(self.address)
        if open_sockets[owner] >= settings.SOCKETS_PER_USER:
            metrics.connections.labels("too_many").inc()
            raise TooMany("connections", retry_after=TOO_MANY_SOCKETS_RETRY_SECONDS)
        open_sockets[owner] += 1
        self._counted_for = owner
        metrics.connections.labels("accepted").inc()
        metrics.open_sockets.inc()

    def authorize(self) -> None:
        """Raises NotSignedIn if the session or token of the handshake is no longer valid.

        Asks the database: call it in a thread.
        """
        self._credentials.check()

    def note_waiting(self, size: int) -> None:
        """So many bytes of frames wait: the server leaves out what has no room beside them."""
        inbound = self._socket.scope.get("deepwiki.inbound")
        if inbound is not None:
            inbound.waiting_bytes = size

    async def check_person(self) -> None:
        """As `authorize`, without blocking; what was checked a moment ago counts."""
        if time.monotonic() - self._authorized_at > AUTHORIZED_SECONDS:
            await in_thread(self.authorize)
            self._authorized_at = time.monotonic()

    def note_message(self) -> None:
        """A message came: the idle time starts anew."""
        self._last_message_at = time.monotonic()

    def start(self, work: Work) -> asyncio.Task[None]:
        """Run `work` as a task of this connection, cancelled when it disconnects."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Work) -> None:
        """Await `work`; an error nobody expected ends the connection."""
        try:
            await work
        except Exception as error:  # the outermost edge of a task
            await self.fail(error)

    async def send_text(self, text: str) -> None:
        """Send a text frame. A failure ends the connection and the calling task.

        One is that the client reads nothing for SEND_SECONDS.
        """
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send(text_data=text)
        except Exception as error:
            await self.fail(error)
            raise asyncio.CancelledError from error

    async def fail(self, error: Exception) -> None:
        """End the connection after an error of its own: say so, if the client is there."""
        if self._has_failed:
            return
        self._has_failed = True
        told = _as_chat_error(error)
        with contextlib.suppress(Exception, asyncio.CancelledError):
            if told is not None:
                await self.refuse(told)
        with contextlib.suppress(Exception):
            await self.close(Internal.close_code)

    async def send_json(self, message: dict[str, Any]) -> None:
        """Send an object as a text frame; nothing once the connection is closing."""
        if not self.is_closing:
            await self.send_text(json.dumps(message, ensure_ascii=False))

    async def _close_for(self, error: ChatError) -> None:
        """Close without words: sessions put their own way of refusing in its place."""
        await self.close(error.close_code)

    async def close(self, code: int = NORMAL_CLOSURE) -> None:
        """Close the socket, once."""
        if not self.is_closing:
            self.is_closing = True
            await self._socket.close(code)

    def disconnected(self) -> None:
        """The socket is closed: cancel the tasks. Runs that are lasting go on."""
        self.is_closing = True
        self._uncount()
        self.refuse = _refuse_nobody
        for task in list(self._tasks):
            task.cancel()

    def _uncount(self) -> None:
        owner, self._counted_for = self._counted_for, None
        if owner is None:
            return
        metrics.open_sockets.dec()
        open_sockets[owner] -= 1
        if not open_sockets[owner]:
            del open_sockets[owner]

    async def watch(self, first_message_seconds: float, check: Check) -> None:
        """Until the socket is idle: `check` now and then that the person may still be here.

        Closes an idle socket. Raises what `check` raises.
        """
        checked_at = time.monotonic()
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            if self._is_idle(now, first_message_seconds):
                await self.close(IDLE_CLOSURE)
                return
            if now - checked_at > authorization.RECHECK_SECONDS:
                checked_at = now
                await check()

    def _is_idle(self, now: float, first_message_seconds: float) -> bool:
        if self._is_busy():
            self._last_message_at = now
            self._has_received = True
        limit = first_message_seconds
        if self._has_received:
            limit = settings.SOCKET_IDLE_SECONDS
        return now - self._last_message_at > limit

    def _is_busy(self) -> bool:
        """Whether a task other than the calling one is running."""
        return bool(self._tasks - {asyncio.current_task()})

    def _header(self, name: bytes) -> str:
        return self._headers.get(name, b"").decode("latin-1")


def _as_chat_error(error: Exception) -> ChatError | None:
    """What the client is told; None if it has left, which servers tell by an OSError."""
    if isinstance(error, TimeoutError):
        return NotReading()
    if isinstance(error, OSError):
        return None
    try:
        raise error
    except Exception:
        return Internal(log_incident(logger, "a socket failed"))


def _peer(socket: Socket) -> str:
    """The network address of the other end, empty if it is not known."""
    host: str = (socket.scope.get("client") or ("",))[0]
    return host
