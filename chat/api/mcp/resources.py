"""Wiki pages as resources."""

from __future__ import annotations

from chat.api.mcp.resource_addresses import parse_page_address
from chat.core.errors import BadRequest, NoSuchRepository
from chat.services.cursors import make_cursor, read_cursor
from chat.services.named_repositories import find_named_repository
from chat.services.wiki_texts import WikiPageText, wiki_pages, wiki_titles
from repos.access.permissions import PersonId

PAGE_SIZE = 100
PURPOSE = "resources"


def listed_pages(reader: PersonId, cursor: str | None) -> tuple[list[WikiPageText], str | None]:
    """Pages of the wikis that a person may read, and the cursor of the next ones.

    Raises BadRequest for a cursor of somebody else. Asks the database.
    """
    after = int(read_cursor(PURPOSE, reader.pk, cursor) or 0)
    found = wiki_titles(reader, after, PAGE_SIZE + 1)
    listed = found[:PAGE_SIZE]
    following = None
    if len(found) > PAGE_SIZE:
        following = make_cursor(PURPOSE, reader.pk, str(listed[-1][0]))
    return [page for _, page in listed], following


def read_page(reader: PersonId, address: str) -> WikiPageText:
    """The page at an address. Raises BadRequest for what is none, or not for this person."""
    name, slug = parse_page_address(address)
    for page in _pages(reader, name):
        if page.slug == slug:
            return page
    raise BadRequest("no_such_page")


def _pages(reader: PersonId, name: str) -> list[WikiPageText]:
    try:
        return wiki_pages(reader, find_named_repository(reader, name).pk)
    except NoSuchRepository:
        return []
