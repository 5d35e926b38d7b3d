"""What the home page lists: repositories by what is typed, and recent conversations."""

from __future__ import annotations

import contextlib
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest

from chat.models import ConversationQuerySet
from chat.web.lookups import own_conversations, readable_repositories, search_text
from repos.models import Repository, RepositoryQuerySet
from repos.sources import Address, SourceError, parse_address

MAX_REPOSITORIES = 30
RECENT_CONVERSATIONS = 8
MAX_REMOVED = 10


def repository_list(request: HttpRequest) -> dict[str, Any]:
    """Context of the list: `repositories` that match `q`, and `addition`.

    The former have `last_asked_at` of the person's conversations; the latter is the name of the
    repository at the address that was typed, if it is not listed.
    """
    typed = _typed_address(request)
    asked = own_conversations(request).filter(repository=OuterRef("pk")).order_by("-updated_at")
    last_asked = Subquery(asked.values("updated_at")[:1])
    found = _matching(request, typed).annotate(last_asked_at=last_asked)
    rows = list(found[:MAX_REPOSITORIES])
    listed = {(row.url, row.revision) for row in rows}
    addition = ""
    if typed is not None and (typed.url, "") not in listed:
        addition = typed.name
    return {"repositories": rows, "query": search_text(request.GET), "addition": addition}


def matching_repositories(request: HttpRequest) -> RepositoryQuerySet:
    """Readable repositories whose address contains `q`, or is what it names; last used first.

    With `last_job_state`.
    """
    return _matching(request, _typed_address(request))


def removed_repositories(request: HttpRequest) -> RepositoryQuerySet:
    """Those whose removal the person can take back, removed last first."""
    rows = Repository.objects.removed_for(request.user)
    return rows.order_by("-removed_at")[:MAX_REMOVED]


def recent_conversations(request: HttpRequest) -> ConversationQuerySet:
    """The person's conversations last used, those of the archive left out."""
    rows = own_conversations(request).filter(archived=False)
    return rows.order_by("-updated_at")[:RECENT_CONVERSATIONS]


def _matching(request: HttpRequest, typed: Address | None) -> RepositoryQuerySet:
    matches = Q(url__icontains=search_text(request.GET))
    if typed is not None:
        matches |= Q(url=typed.url)
    rows = readable_repositories(request).worth_listing(request.user).with_last_job()
    return rows.filter(matches).order_by("-used_at")


def _typed_address(request: HttpRequest) -> Address | None:
    """The address that `q` is, if it is one."""
    text = search_text(request.GET)
    if text:
        with contextlib.suppress(SourceError):
            return parse_address(text)
    return None
