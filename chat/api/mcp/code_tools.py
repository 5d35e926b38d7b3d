"""The tools that an answer's model has (chat/tools), for agents of others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from chat.api.mcp.parameters import REPOSITORY, take_repository
from chat.api.mcp.tool import (
    LINES,
    TEXT,
    AgentTool,
    CallRequest,
    CarryOut,
    ToolCallOutcome,
    failed,
    list_of,
    object_of,
)
from chat.core.ports import ToolResult
from chat.core.prompt import PromptPassage
from chat.core.tool_calls import ToolCall
from chat.database_errors import database_errors_as_down
from chat.services.named_repositories import find_named_repository, model_name
from chat.tools import TOOLS, toolbox
from chat.tools.arguments import object_schema
from chat.tools.repository import RepositoryAtCommit
from chat.tools.tool import Tool
from chat.tools.toolbox import CALL_SECONDS, too_slow
from deepwiki.foundation.threads import in_thread
from repos.access.permissions import PersonId

OUTPUT = object_of(
    ("repository", "commit", "passages"), repository=TEXT, commit=TEXT, passages=list_of(LINES)
)
TITLES = {
    "search_code": "Search code",
    "grep": "Search lines by pattern",
    "read_file": "Read a file",
    "outline": "Outline of a file",
    "find_definition": "Find definitions",
    "find_references": "Find references",
    "find_callers": "Find callers",
    "find_callees": "Find callees",
    "list_files": "List files",
}


def code_tools() -> list[AgentTool]:
    """Each tool of chat/tools, with the repository that it reads as one more argument."""
    return [
        AgentTool(
            name=tool.name,
            title=TITLES.get(tool.name, tool.name),
            description=tool.description,
            input_schema=object_schema((REPOSITORY, *tool.parameters)),
            output_schema=OUTPUT,
            run=_run(tool),
        )
        for tool in TOOLS
    ]


def _run(tool: Tool) -> CarryOut:
    async def run(call: CallRequest) -> ToolCallOutcome:
        name, arguments = take_repository(call.arguments)
        written = ToolCall("1", tool.name, json.dumps(arguments, ensure_ascii=False))
        with database_errors_as_down():
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    return await in_thread(_read, call.caller.reader, name, written)
            except TimeoutError:
                return failed(too_slow(tool.name).text)

    return run


def _read(reader: PersonId, name: str, call: ToolCall) -> ToolCallOutcome:
    """All of it in one thread, with one connection. Raises NoSuchRepository, RetrieverFailed."""
    tools = toolbox([find_named_repository(reader, name).pk], person_id=reader.pk)
    try:
        return _outcome(tools.repositories[0], tools.call_once(call))
    finally:
        tools.release()


def _outcome(read: RepositoryAtCommit, result: ToolResult) -> ToolCallOutcome:
    if result.is_error:
        return failed(result.text)
    data = {
        "repository": model_name(read.repository),
        "commit": read.commit,
        "passages": list(map(_lines, result.passages)),
    }
    return ToolCallOutcome(result.text, data)


def _lines(passage: PromptPassage) -> Mapping[str, Any]:
    """The lines that stand in the text. They were read, so they exist at the commit."""
    place = {"path": passage.path, "start": passage.start, "end": passage.end}
    return {**place, "url": passage.url, "state": "read"}
