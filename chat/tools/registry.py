"""The tools, in the order in which a model is told of them."""

from __future__ import annotations

from chat.tools.find_callees import FIND_CALLEES
from chat.tools.find_callers import FIND_CALLERS
from chat.tools.find_definition import FIND_DEFINITION
from chat.tools.find_references import FIND_REFERENCES
from chat.tools.grep import GREP
from chat.tools.list_files import LIST_FILES
from chat.tools.outline import OUTLINE
from chat.tools.read_file import READ_FILE
from chat.tools.search_code import SEARCH_CODE
from chat.tools.tool import Tool

TOOLS: tuple[Tool, ...] = (
    SEARCH_CODE,
    GREP,
    READ_FILE,
    OUTLINE,
    FIND_DEFINITION,
    FIND_REFERENCES,
    FIND_CALLERS,
    FIND_CALLEES,
    LIST_FILES,
)
BY_NAME = {tool.name: tool for tool in TOOLS}
