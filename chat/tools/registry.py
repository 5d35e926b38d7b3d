"""The tools, in the order in which a model is told of them."""

from __future__ import annotations

from chat.tools.grep import GREP
from chat.tools.list_files import LIST_FILES
from chat.tools.read_file import READ_FILE
from chat.tools.search_code import SEARCH_CODE
from chat.tools.tool import Tool

TOOLS: tuple[Tool, ...] = (SEARCH_CODE, GREP, READ_FILE, LIST_FILES)
BY_NAME = {tool.name: tool for tool in TOOLS}
