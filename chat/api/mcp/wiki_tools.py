"""`read_wiki_structure` and `read_wiki_contents`: the wiki of a repository."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from chat.api.mcp.parameters import REPO_NAME
from chat.api.mcp.resource_addresses import page_address
from chat.api.mcp.tool import (
    TEXT,
    AgentTool,
    CallRequest,
    CarryOut,
    ToolCallOutcome,
    failed,
    list_of,
    object_of,
)
from chat.database_errors import database_errors_as_down
from chat.services.named_repositories import find_named_repository
from chat.services.wiki_texts import WikiPageText, wiki_pages
from chat.tools.arguments import Arguments, object_schema, read_object
from chat.tools.parameters import NotThere, TextParameter
from chat.tools.results import shown
from deepwiki.foundation.threads import in_thread
from repos.access.permissions import PersonId

MAX_CHARS = 200_000  # of a result
LEFT_OUT = "{} more pages are left out: ask for one with page=<slug>."
PAGE = TextParameter(
    "page", "Only this page, by its slug from read_wiki_structure.", aliases=("slug", "topic")
)
CONTENT_PARAMETERS = (REPO_NAME, PAGE)
NO_WIKI = (
    "This repository has no wiki that you may read. ask_question and search_code answer about it"
    " all the same."
)
PAGE_SHAPE = object_of(("slug", "title", "uri"), slug=TEXT, title=TEXT, summary=TEXT, uri=TEXT)
Pages = Sequence[WikiPageText]
Write = Callable[[Pages, Arguments], ToolCallOutcome]


def _tool(parameters: tuple[TextParameter, ...], write: Write) -> CarryOut:
    """Reads the wiki of the repository that is named, and writes a result from its pages."""

    async def run(call: CallRequest) -> ToolCallOutcome:
        arguments = read_object(call.arguments, parameters)
        with database_errors_as_down():
            return await in_thread(_read, call.caller.reader, arguments, write)

    return run


def _read(reader: PersonId, arguments: Arguments, write: Write) -> ToolCallOutcome:
    repository = find_named_repository(reader, arguments.text(REPO_NAME.name))
    pages = wiki_pages(reader, repository.pk)
    if not pages:
        return failed(NO_WIKI)
    return write(pages, arguments)


def _structure(pages: Pages, arguments: Arguments) -> ToolCallOutcome:
    lines = [f"{'  ' * len(page.above)}- {page.title} ({page.slug})" for page in pages]
    head = f"Pages of the wiki of {pages[0].repository}:"
    return ToolCallOutcome("\n".join([head, *lines]), {"pages": [_entry(page) for page in pages]})


def _contents(pages: Pages, arguments: Arguments) -> ToolCallOutcome:
    """The texts, as many pages as a result holds."""
    chosen = _chosen(pages, arguments.text(PAGE.name))
    text, written = _joined(chosen)
    data = {"commit": chosen[0].commit, "pages": [_entry(page) for page in written]}
    return ToolCallOutcome(text, data)


def _chosen(pages: Pages, slug: str) -> Pages:
    """Raises NotThere."""
    chosen = [page for page in pages if slug.lower() in ("", page.slug.lower())]
    if not chosen:
        raise NotThere(f"There is no page {shown(slug)}. read_wiki_structure lists them.", slug)
    return chosen


def _joined(pages: Pages) -> tuple[str, Pages]:
    """The texts of the first pages, and these pages."""
    texts = list(map(_text, pages))
    lengths = accumulate(map(len, texts))
    count = sum(length <= MAX_CHARS for length in lengths)
    notes = [LEFT_OUT.format(len(pages) - count)] * (count < len(pages))
    return "\n\n".join([*texts[:count], *notes]), pages[:count]


def _text(page: WikiPageText) -> str:
    return f"# Page: {page.title}\n\n{page.text.strip()}"[:MAX_CHARS]


def _entry(page: WikiPageText) -> dict[str, str]:
    return {
        "slug": page.slug,
        "title": page.title,
        "summary": page.summary,
        "uri": page_address(page),
    }


READ_WIKI_STRUCTURE = AgentTool(
    name="read_wiki_structure",
    title="Pages of a wiki",
    description="List the pages of the wiki of a repository.",
    input_schema=object_schema((REPO_NAME,)),
    output_schema=object_of(("pages",), pages=list_of(PAGE_SHAPE)),
    run=_tool((REPO_NAME,), _structure),
)
READ_WIKI_CONTENTS = AgentTool(
    name="read_wiki_contents",
    title="Read a wiki",
    description="Read the wiki of a repository: all of its pages, or one of them.",
    input_schema=object_schema(CONTENT_PARAMETERS),
    output_schema=object_of(("pages",), commit=TEXT, pages=list_of(PAGE_SHAPE)),
    run=_tool(CONTENT_PARAMETERS, _contents),
)
