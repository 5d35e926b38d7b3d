"""The tools, in the order in which clients are told of them."""

from __future__ import annotations

from chat.api.mcp.code_tools import code_tools
from chat.api.mcp.question_tool import ASK_QUESTION
from chat.api.mcp.repository_tools import LIST_REPOSITORIES, REPOSITORY_STATUS
from chat.api.mcp.tool import AgentTool
from chat.api.mcp.wiki_tools import READ_WIKI_CONTENTS, READ_WIKI_STRUCTURE

AGENT_TOOLS: tuple[AgentTool, ...] = (
    READ_WIKI_STRUCTURE,
    READ_WIKI_CONTENTS,
    ASK_QUESTION,
    *code_tools(),
    LIST_REPOSITORIES,
    REPOSITORY_STATUS,
)
TOOLS_BY_NAME = {tool.name: tool for tool in AGENT_TOOLS}
