"""Addresses of wiki pages as resources: `deepwiki://owner/repo/slug`. Pure."""

from __future__ import annotations

from urllib.parse import quote, unquote

from chat.services.wiki_texts import WikiPageText

SCHEME = "deepwiki://"
TEMPLATE = f"{SCHEME}{{owner}}/{{repo}}/{{slug}}"
MAX_CHARS = 2_000
NAME_CHARS = "/@:~+,="


def page_address(page: WikiPageText) -> str:
    """The address of a page."""
    name = quote(page.repository, safe=NAME_CHARS)
    return f"{SCHEME}{name.lstrip('/')}/{quote(page.slug, safe='')}"


def parse_page_address(address: str) -> tuple[str, str]:
    """The repository's name and the slug; empty in an address of anything else."""
    if not address.startswith(SCHEME) or len(address) > MAX_CHARS:
        return "", ""
    name, _, slug = address.removeprefix(SCHEME).rpartition("/")
    return unquote(name), unquote(slug)
