"""Lines that an answer cites without having read them: they are read before it is finished.

The model sees them together with its answer, and may add a correction. Nothing that was shown
is taken back.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator, Sequence

from chat.core.agent_loop import AgentLoop
from chat.core.agent_turn import AgentTurn
from chat.core.citations import Citation
from chat.core.errors import ProviderError
from chat.core.events import Event, Step
from chat.core.prompt import read_template
from chat.core.read_lines import unread_citations
from chat.core.tool_calls import ToolCall

READ_FILE = "read_file"
MAX_LINES = 150  # of one citation


async def review_citations(loop: AgentLoop) -> AsyncGenerator[Event]:
    """The steps that read what the answer of `loop` cites unread, then what the model adds.

    Nothing where all was read, where the answer is cut, or where no time is left.
    """
    if loop.is_cut:
        return
    check = loop.prompt.retrieved.check
    unread = unread_citations(loop.answer, loop.read, check)[: loop.runner.max_calls]
    if not unread or not loop.has_time or not _can_read(loop):
        return
    names = [one.name for one in loop.prompt.retrieved.repositories]
    async with contextlib.aclosing(loop.runner.run(loop.answer, _calls(unread, names))) as items:
        async for item in items:
            if isinstance(item, Step):
                yield item
            else:
                loop.add(item.with_note(read_template("agent_review").template))
    async with contextlib.aclosing(_correction(loop)) as deltas:
        async for delta in deltas:
            yield delta


async def _correction(loop: AgentLoop) -> AsyncGenerator[Event]:
    """What the model adds. A service that fails before any of it leaves the answer as it is."""
    turn = AgentTurn(loop.prompt.context, loop.last_prompt(), follows=True, needs_marker=True)
    loop.count("reviewed")
    try:
        async with contextlib.aclosing(turn.events(loop.max_chars)) as events:
            async for event in events:
                yield event
    except ProviderError:
        if turn.answer:
            raise
        loop.count("review_failed")
    if turn.answer:
        loop.count("corrected")


def _can_read(loop: AgentLoop) -> bool:
    return any(spec.name == READ_FILE for spec in loop.runner.toolbox.specs)


def _calls(unread: Sequence[Citation], repositories: Sequence[str]) -> list[ToolCall]:
    return [
        ToolCall(f"cited-{number}", READ_FILE, json.dumps(_arguments(citation, repositories)))
        for number, citation in enumerate(unread, 1)
    ]


def _arguments(citation: Citation, repositories: Sequence[str]) -> dict[str, str | int]:
    """The lines; of several repositories also the name of theirs, as their path begins."""
    end = min(citation.end, citation.start + MAX_LINES - 1)
    lines: dict[str, str | int] = {"path": citation.path, "start": citation.start, "end": end}
    named = [name for name in repositories if citation.path.startswith(f"{name}:")]
    return {"repository": max(named, key=len), **lines} if named else lines
