"""The tools of a model: milliseconds a call, and six at once against one after the other.

A call is measured from the toolbox's `call` to its result, on an event loop, as an answer makes
it. Each call has other arguments than those before, since repeated ones are answered from memory.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

from bench.index import QUESTIONS, copy_of

CALLS = 60  # of each tool
BATCHES = 20  # of six calls
BATCH = ("search_code", "grep", "read_file", "find_references", "find_callers", "search_code")


def measure(source: Path) -> dict[str, object]:
    """Index `source`, vectors included, and call each tool."""
    from repos.jobs import request, run
    from repos.models import Repository
    from repos.services import add
    from repos.sources import parse_address

    with copy_of(source) as folder:
        repository = add(parse_address(str(folder), "local"), None)
        run(request(repository, start=False)[0].pk)
    repository = Repository.objects.select_related("current_index").get(pk=repository.pk)
    results: dict[str, object] = {"tools: chunks": repository.current_index.chunks}
    calls = _Calls(repository.current_index_id)
    results |= asyncio.run(_measured(repository.pk, calls))
    return results | _without_a_model(repository)


class _Calls:
    """Arguments of calls, drawn among what the index holds."""

    def __init__(self, index_id: int) -> None:
        from deepwiki.foundation.sql import fetch_all

        rows = fetch_all(
            "SELECT DISTINCT s.name, d.path, s.start FROM repos_graphdefinition s "
            "JOIN repos_document d ON d.id = s.document_id "
            "WHERE d.index_id = %s AND d.role = 'code' AND d.language = 'python' "
            "AND length(s.name) > 5 ORDER BY 2, 3, 1",
            [index_id],
        )
        self._rows = itertools.cycle(random.Random(1).sample(rows, len(rows)))
        self._numbers = itertools.count(1)

    def of(self, tool: str) -> dict[str, Any]:
        """Arguments that no call before had."""
        name, path, start = next(self._rows)
        number = next(self._numbers)
        question = QUESTIONS[number % len(QUESTIONS)]
        return {
            "search_code": {"query": f"{question} {name}"},
            "grep": {"pattern": name},
            "read_file": {"path": path, "start": start},
            "outline": {"path": path},
            "list_files": {"pattern": f"{name[:3]}*.py, *_{number}*.py, *.txt"},
            "find_definition": {"name": name},
            "find_references": {"name": name},
            "find_callers": {"symbol": name},
            "find_callees": {"symbol": name},
        }[tool]


async def _measured(repository_id: Any, calls: _Calls) -> dict[str, object]:
    from chat.tools import TOOLS, toolbox
    from deepwiki.foundation.threads import in_thread
    from repos.access import OPERATOR_ID

    async def new_box() -> Any:
        return await in_thread(toolbox, [repository_id], person_id=OPERATOR_ID)

    box = await new_box()
    for tool in TOOLS:
        await _call(box, tool.name, calls)  # warms connections and caches
    await _batches(await new_box(), calls, at_once=True)
    results: dict[str, object] = {}
    for tool in TOOLS:
        times = [await _call(box, tool.name, calls) for _ in range(CALLS)]
        results[f"tools: {tool.name}, p50 ms"] = round(statistics.median(times), 1)
    serial = await _batches(await new_box(), calls, at_once=False)
    parallel = await _batches(await new_box(), calls, at_once=True)
    return results | {
        "tools: six calls one after the other, p50 ms": round(serial, 1),
        "tools: six calls at once, p50 ms": round(parallel, 1),
        "tools: times sooner": round(serial / parallel, 2),
    }


async def _call(box: Any, tool: str, calls: _Calls) -> float:
    from chat.core.tool_calls import ToolCall

    call = ToolCall("1", tool, json.dumps(calls.of(tool)))
    began = time.perf_counter()
    await box.call(call)
    return (time.perf_counter() - began) * 1000


async def _batches(box: Any, calls: _Calls, *, at_once: bool) -> float:
    """Median milliseconds of a batch."""
    times = []
    for _ in range(BATCHES):
        began = time.perf_counter()
        if at_once:
            await asyncio.gather(*(_call(box, tool, calls) for tool in BATCH))
        else:
            for tool in BATCH:
                await _call(box, tool, calls)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _without_a_model(repository: Any) -> dict[str, object]:
    """What the places of the question's names add to a search."""
    from chat.tools import toolbox
    from chat.tools.named_places import with_named_places
    from repos.access import OPERATOR_ID

    box = toolbox([repository.pk], person_id=OPERATOR_ID)
    calls = _Calls(repository.current_index_id)
    times = []
    for _ in range(CALLS):
        question = f"Where is {calls.of('find_definition')['name']}() used?"
        began = time.perf_counter()
        with_named_places(box.repositories[0], question, ())
        times.append((time.perf_counter() - began) * 1000)
    return {
        "without a model: places of names, p50 ms": round(statistics.median(times), 1),
        "without a model: places of names, p95 ms": round(statistics.quantiles(times, n=20)[18], 1),
    }
