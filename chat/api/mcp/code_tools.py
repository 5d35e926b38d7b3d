"""The tools that an answer's model has (chat/tools), for agents of others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
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
from chat.tools import TOOLS, RepositoryToolbox, toolbox
from chat.tools.arguments import object_schema
from chat.tools.repository import RepositoryAtCommit
from chat.tools.tool import Tool
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
        with database_errors_as_down():
            async with _opened(call.caller.reader, name) as tools:
                written = json.dumps(arguments, ensure_ascii=False)
                result = await tools.call(ToolCall("1", tool.name, written))
                return _outcome(tools.repositories[0], result)

    return run


@asynccontextmanager
async def _opened(reader: PersonId, name: str) -> AsyncIterator[RepositoryToolbox]:
    """The tools over a repository. Raises NoSuchRepository, RetrieverFailed."""
    tools = await in_thread(_open, reader, name)
    try:
        yield tools
    finally:
        await in_thread(tools.release)


def _open(reader: PersonId, name: str) -> RepositoryToolbox:
    return toolbox([find_named_repository(reader, name).pk], person_id=reader.pk)


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
