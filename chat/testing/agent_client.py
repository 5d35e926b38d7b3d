"""A client of the Model Context Protocol that sends one request to the application, in process.

What the official client never sends can be sent with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx2

HOST = "http://localhost"
ACCEPT = "application/json, text/event-stream"


@dataclass(frozen=True)
class AgentReply:
    """The response, and the JSON-RPC message in it; None where there is none."""

    response: httpx2.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def message(self) -> Any:
        """The last message of a stream, or the body."""
        lines = self.response.text.splitlines()
        data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        return json.loads(data[-1] if data else self.response.text)

    @property
    def result(self) -> dict[str, Any]:
        result: dict[str, Any] = self.message["result"]
        return result

    @property
    def text(self) -> str:
        """Of the result of a tool."""
        return "".join(part["text"] for part in self.result["content"])


async def send(content: str | bytes, token: str = "", **headers: str) -> AgentReply:
    """POST a body to /mcp."""
    from deepwiki.asgi import application

    if token:
        headers["authorization"] = f"Bearer {token}"
    sent = {"accept": ACCEPT, "content-type": "application/json", **headers}
    transport = httpx2.ASGITransport(app=application)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url=HOST, timeout=60) as client:
        return AgentReply(await client.post("/mcp", content=content, headers=sent))


async def request(method: str, token: str = "", headers: Any = None, **params: Any) -> AgentReply:
    """Send one request of the protocol."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return await send(json.dumps(message), token, **(headers or {}))


async def call(tool: str, token: str = "", **arguments: Any) -> AgentReply:
    """Call a tool."""
    return await request("tools/call", token, name=tool, arguments=arguments)
