"""The doors of programs: a tool over the Model Context Protocol, the first piece of `/v1`.

`/v1` is measured in turns with our own socket, on the same server and model. A connection is open
before anything is timed, as with the socket.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

import httpx2
import psutil

from bench.chat import INSTANT, STOP_SECONDS, Target, request_and_headers, server_environment
from bench.index import QUESTIONS, copy_of
from bench.processes import start_server

CALLS = 60
TURNS = 30
WARM_UP = 3
ACCEPT = {"accept": "application/json, text/event-stream"}


def measure(source: Path) -> dict[str, object]:
    """Index `source`, vectors included, and call a server over each door."""
    from repos.jobs import request, run
    from repos.models import Repository
    from repos.services import add
    from repos.sources import parse_address

    with copy_of(source) as folder:
        repository = add(parse_address(str(folder), "local"), None)
        run(request(repository, start=False)[0].pk)
    repository = Repository.objects.select_related("current_index").get(pk=repository.pk)
    asked, headers = request_and_headers("doors")
    results: dict[str, object] = {"doors: chunks": repository.current_index.chunks}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        model_port, model = start_server("chat.testing.openai_server", stdout=subprocess.DEVNULL)
        processes.append(model)
        environment = server_environment(f"http://127.0.0.1:{model_port}/v1")
        port, server = start_server("deepwiki.server", env=environment)
        processes.append(server)
        process = psutil.Process(server.pid)
        socket = Target(f"ws://127.0.0.1:{port}/ws/chat", headers, asked, process)
        doors = _Doors(f"http://127.0.0.1:{port}", headers, str(repository.pk), socket)
        return results | asyncio.run(doors.measure())
    finally:
        for started in processes:
            started.terminate()
        for started in processes:
            started.wait(STOP_SECONDS)


class _Doors:
    """A server, and its doors."""

    def __init__(self, url: str, headers: dict[str, str], repository: str, socket: Target) -> None:
        self._client = httpx2.AsyncClient(base_url=url, headers={**headers, **ACCEPT}, timeout=60)
        self._url, self._headers = url, headers
        self._repository = repository
        self._socket = socket
        self._numbers = itertools.count(1)

    async def measure(self) -> dict[str, object]:
        async with self._client:
            firsts = await self._first_pieces()
            memory = self._socket.memory()
            calls = [await self._call() for _ in range(WARM_UP)]
            grown = self._socket.memory() - memory
            calls = [await self._call() for _ in range(CALLS)]
            client = await self._with_official_client()
        return {
            **firsts,
            "doors: search_code without a door, p50 ms": round(await self._tool_itself(), 1),
            "doors: MiB of a web process, more after the first agent": round(grown, 1),
            "doors: MCP search_code, p50 ms": round(statistics.median(calls), 1),
            "doors: MCP search_code, official client, p50 ms": round(client, 1),
        }

    def _query(self) -> dict[str, Any]:
        number = next(self._numbers)
        question = QUESTIONS[number % len(QUESTIONS)]
        return {"repository": self._repository, "query": f"{question} ({number})"}

    async def _call(self) -> float:
        params = {"name": "search_code", "arguments": self._query()}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        began = time.perf_counter()
        reply = await self._client.post("/mcp", json=message)
        taken = (time.perf_counter() - began) * 1000
        assert '"isError":false' in reply.text.replace(" ", ""), reply.text[:500]
        return taken

    async def _tool_itself(self) -> float:
        """In this process, through a toolbox that is made once."""
        from chat.core.tool_calls import ToolCall
        from chat.tools import toolbox
        from deepwiki.foundation.threads import in_thread
        from repos.access import OPERATOR_ID

        tools = await in_thread(toolbox, [uuid.UUID(self._repository)], person_id=OPERATOR_ID)
        times = []
        for _ in range(CALLS):
            arguments = json.dumps({"query": self._query()["query"]})
            began = time.perf_counter()
            await tools.call(ToolCall("1", "search_code", arguments))
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    async def _with_official_client(self) -> float:
        from mcp.client import Client
        from mcp.client.streamable_http import streamable_http_client

        times = []
        async with httpx2.AsyncClient(headers=self._headers, timeout=60) as http:
            transport = streamable_http_client(f"{self._url}/mcp", http_client=http)
            async with Client(transport) as client:
                for _ in range(CALLS):
                    began = time.perf_counter()
                    await client.call_tool("search_code", self._query())
                    times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    async def _first_pieces(self) -> dict[str, object]:
        for _ in range(WARM_UP):
            await self._socket.ask(INSTANT)
            await self._first_of_completion()
        ours, theirs = [], []
        for _ in range(TURNS):
            ours.append((await self._socket.ask(INSTANT)).first_ms)
            theirs.append(await self._first_of_completion())
        socket, completion = statistics.median(ours), statistics.median(theirs)
        shown = f"{completion:.1f} / {socket:.1f} ({completion / socket:.2f}x)"
        return {"doors: /v1 first piece ms, /v1 / our socket (ratio)": shown}

    async def _first_of_completion(self) -> float:
        number = next(self._numbers)
        question = f"How are migrations applied? (completion {number})"
        body = {
            "model": f"deepwiki/{self._repository}",
            "provider": "openai",
            "provider_model": INSTANT,
            "messages": [{"role": "user", "content": question}],
            "stream": True,
        }
        began, first = time.perf_counter(), 0.0
        async with self._client.stream("POST", "/v1/chat/completions", json=body) as reply:
            async for line in reply.aiter_lines():
                if not first and _has_text(line):
                    first = (time.perf_counter() - began) * 1000
        return first


def _has_text(line: str) -> bool:
    data = line.removeprefix("data: ")
    if not data.startswith("{"):
        return False
    choices = json.loads(data)["choices"]
    return bool(choices and choices[0]["delta"].get("content"))
