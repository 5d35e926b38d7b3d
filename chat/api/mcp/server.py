"""The SDK's server with our tools and resources. Importing this takes 37 MB: see sessions.py.

https://modelcontextprotocol.io/specification
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError

from chat.api.mcp import resources
from chat.api.mcp.callers import CALLER, AgentClient
from chat.api.mcp.calls import call_tool, seldom
from chat.api.mcp.registry import AGENT_TOOLS
from chat.api.mcp.resource_addresses import TEMPLATE, page_address
from chat.api.mcp.tool import AgentTool, CallRequest, Report
from chat.core.errors import BadRequest, ChatError, Internal
from chat.database_errors import database_errors_as_down
from chat.services.wiki_texts import WikiPageText
from deepwiki.accounts.models import TokenScope
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread
from repos.access.permissions import PersonId

NAME = "deepwiki"
VERSION = "1.0"
INSTRUCTIONS = (
    "DeepWiki answers questions about git repositories. ask_question gives a whole answer with"
    " citations of lines; search_code, grep, read_file and the find_ tools read the code itself;"
    " read_wiki_structure and read_wiki_contents read what is written about it."
    " list_repositories shows which repositories are indexed."
)
MARKDOWN = "text/markdown"
WIKI_PAGE = types.ResourceTemplate(
    uri_template=TEMPLATE,
    name="wiki-page",
    title="Page of a wiki",
    description="A page of the wiki of a repository, by its slug.",
    mime_type=MARKDOWN,
)
Context = ServerRequestContext[Any, Any]
T = TypeVar("T")
P = TypeVar("P")
Handler = Callable[[Context, P], Awaitable[T]]

logger = logging.getLogger(__name__)


def build_server(terminal: AgentClient | None = None) -> Server[Any]:
    """A server that acts for whoever sends a request over HTTP, or for whoever has the terminal."""
    handlers = _Handlers(terminal)
    server: Server[Any] = Server(
        NAME,
        version=VERSION,
        title="DeepWiki",
        instructions=INSTRUCTIONS,
        website_url=settings.PUBLIC_URL,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=_answered(handlers.list_resources),
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=_answered(handlers.read_resource),
    )
    security = RequestStateSecurity(keys=[_request_state_key()])
    server.middleware.append(RequestStateBoundary(security, default_audience=NAME))
    return server


def _request_state_key() -> bytes:
    """The same in every process of this server, for state that a client carries between them."""
    return hashlib.sha256(f"mcp.request-state.{settings.SECRET_KEY}".encode()).digest()


class _Handlers:
    """What the protocol's methods do. `terminal` is who calls where there is no HTTP request."""

    def __init__(self, terminal: AgentClient | None) -> None:
        self._terminal = terminal
        self._tools = [_tool(tool) for tool in AGENT_TOOLS]

    async def list_tools(self, context: Context, params: Any) -> types.ListToolsResult:
        _refuse_cursor(params)
        return types.ListToolsResult(tools=self._tools)

    async def call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        call = CallRequest(self._caller(context), params.arguments or {}, _report(context))
        outcome = await call_tool(params.name, call)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=outcome.text)],
            structured_content=_plain(outcome.data),
            is_error=outcome.is_error,
        )

    async def list_resources(self, context: Context, params: Any) -> types.ListResourcesResult:
        reader = await self._reader(context)
        pages, following = await in_thread(resources.listed_pages, reader, _cursor(params))
        listed = [_resource(page) for page in pages]
        return types.ListResourcesResult(resources=listed, next_cursor=following)

    async def list_templates(
        self, context: Context, params: Any
    ) -> types.ListResourceTemplatesResult:
        _refuse_cursor(params)
        return types.ListResourceTemplatesResult(resource_templates=[WIKI_PAGE])

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        page = await in_thread(resources.read_page, await self._reader(context), uri)
        text = types.TextResourceContents(uri=uri, mime_type=MARKDOWN, text=page.text)
        return types.ReadResourceResult(contents=[text])

    async def _reader(self, context: Context) -> PersonId:
        """Raises NotSignedIn, Forbidden."""
        caller = self._caller(context)
        await caller.check(TokenScope.READ)
        return caller.reader

    def _caller(self, context: Context) -> AgentClient:
        if context.request is None:
            assert self._terminal is not None
            return self._terminal
        caller: AgentClient = context.request.scope[CALLER]
        return caller


def _answered(handler: Handler[P, T]) -> Handler[P, T]:
    """The handler, whose errors are told in the protocol's shape and say nothing of their cause."""

    @wraps(handler)
    async def answered(context: Context, params: P) -> T:
        try:
            with database_errors_as_down():
                return await handler(context, params)
        except BadRequest as error:
            raise MCPError(types.INVALID_PARAMS, error.message) from None
        except ChatError as error:
            raise MCPError(types.INTERNAL_ERROR, error.message) from None
        except Exception:
            incident = log_incident(logger, "a request of an agent failed")
            raise MCPError(types.INTERNAL_ERROR, Internal(incident).message) from None

    return answered


def _plain(data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if data is None else dict(data)


def _cursor(params: types.PaginatedRequestParams | None) -> str | None:
    if params is None:
        return None
    return params.cursor


def _refuse_cursor(params: types.PaginatedRequestParams | None) -> None:
    """These lists have one page."""
    if _cursor(params):
        raise MCPError(types.INVALID_PARAMS, BadRequest("unknown_cursor").message)


def _report(context: Context) -> Report:
    reported = 0

    async def report(message: str) -> None:
        nonlocal reported
        reported += 1
        await context.session.report_progress(reported, None, message)

    return seldom(report)


def _tool(tool: AgentTool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        output_schema=dict(tool.output_schema),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.is_read_only,
            destructive_hint=False,
            idempotent_hint=tool.is_idempotent,
            open_world_hint=tool.is_open,
        ),
    )


def _resource(page: WikiPageText) -> types.Resource:
    return types.Resource(
        uri=page_address(page),
        name=f"{page.repository}/{page.slug}",
        title=page.title,
        description=page.summary or None,
        mime_type=MARKDOWN,
    )
