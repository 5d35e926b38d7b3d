"""`/mcp`, the HTTP endpoint of the Model Context Protocol: who sends a request, and limits.

https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from chat import services
from chat.api import authorization
from chat.api.authorization import SCOPE_MISSING
from chat.api.mcp.callers import CALLER, ClientOverHttp
from chat.api.mcp.resource_metadata import challenge
from chat.api.mcp.sessions import sessions
from chat.api.program_identity import ForeignHost, identify_program
from chat.core.errors import ChatError, Forbidden, Internal, NotSignedIn, RequestTooLarge, TooMany
from chat.core.request_json import RequestLimits, check_size
from deepwiki.accounts import authentication
from deepwiki.accounts.models import TokenScope
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

PATHS = ("/mcp", "/mcp/")
RETRY_SECONDS = 5
SERVER_ERROR = -32000  # of JSON-RPC; the HTTP status tells more
AsgiScope = dict[str, Any]
Application = Callable[[AsgiScope, Any, Any], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Headers = list[tuple[bytes, bytes]]

logger = logging.getLogger(__name__)
open_requests: Counter[int | str] = Counter()  # by person, or a stranger's network


class McpEndpoint:
    """Answers requests for `/mcp`; all others are the application's."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: AsgiScope, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path not in PATHS:
            await self.application(scope, receive, send)
        elif scope["method"] != "POST":
            # Sessions are not kept, so there is no stream to open and nothing to end.
            await _send(send, 405, {"error": _error("Use POST.")}, [(b"allow", b"POST")])
        else:
            await _answer(scope, receive, send)


async def _answer(scope: AsgiScope, receive: Any, send: Any) -> None:
    try:
        with services.database_errors_as_down():
            caller = await _caller(scope)
        with _counted(caller):
            body = await _body(receive)
            await sessions.handle({**scope, CALLER: caller}, _replayed(body, receive), send)
    except ChatError as error:
        await _refuse(send, error)
    except ForeignHost:
        await _send(send, 421, {"error": _error("This server has no such host.")}, [])
    except Exception:
        await _refuse(send, Internal(log_incident(logger, "a request of an agent failed")))


async def _body(receive: Receive) -> bytes:
    """The body of a request. Raises RequestTooLarge, also for one of very many small values.

    The SDK parses it on the event loop: a list of empty lists would hold that up for seconds.
    """
    limits = RequestLimits(message_bytes=settings.MESSAGE_BYTES)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limits.message_bytes:
            raise RequestTooLarge
        more = message.get("more_body", False)
    await asyncio.to_thread(check_size, bytes(body), limits)
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body at once, then what else comes: that the client leaves."""
    first = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replayed() -> dict[str, Any]:
        return next(first, None) or await receive()

    return replayed


async def _caller(scope: AsgiScope) -> ClientOverHttp:
    """Raises the ChatError family, ForeignHost."""
    headers = dict(scope["headers"])
    peer = (scope.get("client") or ("",))[0]
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
    address = authentication.forwarded_address(peer, forwarded)
    find_token = authentication.token_of_agent
    program = await in_thread(identify_program, headers, address, find_token)
    if not program.scopes:
        raise Forbidden(SCOPE_MISSING, scope=TokenScope.READ.value)
    bearer = headers.get(b"authorization", b"").decode("latin-1")
    credentials = authorization.Credentials(program.person, authorization=bearer)
    return ClientOverHttp(program, credentials, address)


@contextmanager
def _counted(caller: ClientOverHttp) -> Iterator[None]:
    """Raises TooMany where the person has too many requests open."""
    owner = caller.person.pk or services.network(caller.address)
    if open_requests[owner] >= settings.SOCKETS_PER_USER:
        raise TooMany("connections", retry_after=RETRY_SECONDS)
    open_requests[owner] += 1
    try:
        yield
    finally:
        open_requests[owner] -= 1
        if not open_requests[owner]:
            del open_requests[owner]


async def _refuse(send: Any, error: ChatError) -> None:
    metrics.errors.labels(error.code).inc()
    headers: Headers = []
    if error.retry_after:
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if isinstance(error, NotSignedIn) or error.reason == SCOPE_MISSING:
        headers.append((b"www-authenticate", challenge(error).encode()))
    await _send(send, error.status, {"error": _error(error.message)}, headers)


def _error(message: str) -> dict[str, Any]:
    return {"code": SERVER_ERROR, "message": message}


async def _send(send: Any, status: int, body: dict[str, Any], headers: Headers) -> None:
    content = json.dumps({"jsonrpc": "2.0", "id": None, **body}).encode()
    length = (b"content-length", str(len(content)).encode())
    kind = (b"content-type", b"application/json")
    await send(
        {"type": "http.response.start", "status": status, "headers": [kind, length, *headers]}
    )
    await send({"type": "http.response.body", "body": content})
