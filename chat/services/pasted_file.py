"""The file that a pasted address names, as the file in focus."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from chat.core.request import ChatRequest
from repos.models import Repository
from repos.sources import SourceError, parse_address


def with_pasted_file(request: ChatRequest, repository: Repository) -> ChatRequest:
    """The request with that file, unless a field of its own names one.

    Of an address of another repository than the one asked about, nothing counts.
    """
    if request.file_path or request.repo_url == repository.url:
        return request
    with contextlib.suppress(SourceError):
        address = parse_address(request.repo_url, request.type)
        if address.url == repository.url:
            path = address.named_revision.path_behind(repository.revision)
            return replace(request, file_path=path)
    return request
