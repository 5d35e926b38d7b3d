"""The methods of Slack's API that writing an answer takes, and one that tries the token.

https://docs.slack.dev/reference/methods/chat.postMessage
https://docs.slack.dev/reference/methods/chat.update
https://docs.slack.dev/reference/methods/auth.test
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

import httpx2

from deepwiki.foundation.bounded_http import bound_reply_async
from deepwiki.foundation.parsing import parse_number
from deepwiki.foundation.slack_app import SlackApp

TOTAL_SECONDS = 20.0
CONNECT_SECONDS = 10.0
MAX_TRIES = 3
MAX_WAIT_SECONDS = 30
PAUSE_SECONDS = 1
MAX_REPLY_BYTES = 1_000_000
# Texts name nobody and show no previews of the pages they link to.
QUIET = {"unfurl_links": False, "unfurl_media": False, "link_names": False, "parse": "none"}


class SlackRefused(Exception):
    """Slack did not take a message; the text is its own code, or says what failed."""


class SlackApi:
    """`async with SlackApi(app, certificates) as slack:`"""

    def __init__(self, app: SlackApp, certificates: ssl.SSLContext) -> None:
        self._app = app
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {app.bot_token}", "User-Agent": "DeepWiki"},
            verify=certificates,
            timeout=CONNECT_SECONDS,
            follow_redirects=False,
            event_hooks=bound_reply_async(MAX_REPLY_BYTES),
        )

    async def __aenter__(self) -> SlackApi:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def post(self, channel: str, thread: str, text: str) -> str:
        """Write a message into a thread; its timestamp. Raises SlackRefused."""
        sent = {"channel": channel, "thread_ts": thread, "text": text, **QUIET}
        reply = await self._call("chat.postMessage", sent)
        return str(reply.get("ts", ""))

    async def update(self, channel: str, timestamp: str, text: str) -> None:
        """Give a message of ours another text. Raises SlackRefused."""
        sent = {"channel": channel, "ts": timestamp, "text": text, "parse": "none"}
        await self._call("chat.update", sent)

    async def check(self) -> None:
        """Whether Slack knows the bot's token. Raises SlackRefused."""
        await self._call("auth.test", {})

    async def _call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(MAX_TRIES):
            status, wait, reply = await self._send(method, body)
            if status == httpx2.codes.OK and reply.get("ok") is True:
                return reply
            if status < 500 and status != httpx2.codes.TOO_MANY_REQUESTS:
                raise SlackRefused(_reason(status, reply))
            await asyncio.sleep(wait)
        raise SlackRefused(_reason(status, reply))

    async def _send(
        self, method: str, body: Mapping[str, Any]
    ) -> tuple[int, int, Mapping[str, Any]]:
        """The status, the seconds to wait before the next try, and the reply."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                response = await self._client.post(f"{self._app.api}/{method}", json=body)
        except (OSError, httpx2.HTTPError, httpx2.InvalidURL):
            return httpx2.codes.BAD_GATEWAY, PAUSE_SECONDS, {"error": "Slack does not answer"}
        wait = parse_number(response.headers.get("retry-after")) or PAUSE_SECONDS
        return response.status_code, min(wait, MAX_WAIT_SECONDS), _object(response)


def _object(response: httpx2.Response) -> Mapping[str, Any]:
    try:
        value = response.json()
    except (ValueError, RecursionError):
        return {}
    if isinstance(value, dict):
        return value
    return {}


def _reason(status: int, reply: Mapping[str, Any]) -> str:
    return str(reply.get("error", f"status {status}"))[:100]
