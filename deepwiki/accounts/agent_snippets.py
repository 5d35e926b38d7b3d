"""What a person copies to set agents and editors up: a new token is filled in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

NAME = "deepwiki"
TERMINAL = _("In a terminal")
AGENTS = """\
## DeepWiki

This repository is indexed at {address} as `owner/repo`. Before you change code that you do not know,
ask the MCP server `deepwiki`: `ask_question` for how parts work together, `search_code` and `find_callers` for places,
`read_wiki_contents` for the wiki. Cite what you use as `path:L10-L20`.
"""


@dataclass(frozen=True)
class AgentSnippet:
    """A text to copy. `place` is the file it goes to, or where it is run."""

    name: str
    place: Any
    text: str


def agent_snippets(token: str) -> Iterator[AgentSnippet]:
    """One an editor, in the order of docs/programs.md, and the block for a repository."""
    server = settings.PUBLIC_URL.rstrip("/")
    address, bearer = f"{server}/mcp", f"Bearer {token}"
    entry = {"url": address, "headers": {"Authorization": bearer}}
    yield AgentSnippet(
        "Claude Code",
        TERMINAL,
        f'claude mcp add --transport http {NAME} {address} --header "Authorization: {bearer}"',
    )
    yield AgentSnippet("Cursor", ".cursor/mcp.json", _json({"mcpServers": {NAME: entry}}))
    yield AgentSnippet(
        "VS Code", ".vscode/mcp.json", _json({"servers": {NAME: {"type": "http", **entry}}})
    )
    yield AgentSnippet(
        "Codex",
        "~/.codex/config.toml",
        f'[mcp_servers.{NAME}]\nurl = "{address}"\nhttp_headers = {{ Authorization = "{bearer}" }}',
    )
    yield AgentSnippet("AGENTS.md", _("In your repository"), AGENTS.format(address=server).strip())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
