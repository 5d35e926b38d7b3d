"""Addresses of the pages on which a file of the index is read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import quote

from django.urls import reverse

IN_PATHS = "!$&'()*+,;=/~:@"  # what `reverse` leaves as it is


def code_url(repository_id: uuid.UUID, path: str = "", start: int = 0, end: int = 0) -> str:
    """The address of a file, or of lines `start` to `end` of it, from 1.

    An empty path is the root of the tree; a path that ends in `/` is a folder.
    """
    [page] = code_urls(repository_id, [path])
    return page + _lines(start, max(start, end))


def code_urls(repository_id: uuid.UUID, paths: Iterable[str]) -> list[str]:
    """The addresses of whole files: as `code_url`, with one look at the routes for all of them."""
    root = reverse("code", kwargs={"repository_id": repository_id})
    return [root + quote(path, safe=IN_PATHS) for path in paths]


def _lines(start: int, end: int) -> str:
    """Lines as the server reads them and as the page's script does."""
    if start < 1:
        return ""
    return f"?lines={start}-{end}#{_fragment(start, end)}"


def _fragment(start: int, end: int) -> str:
    return f"L{start}" if end == start else f"L{start}-L{end}"
