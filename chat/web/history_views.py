"""The rail with a person's conversations, and changes to conversations and answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from chat.models import Conversation, ConversationQuerySet
from chat.services import own_conversations
from chat.services.conversation_removal import bring_back, delete_for_good, remove
from chat.web.lookups import own_answer
from chat.web.rail import GROUPING_COOKIE, GROUPINGS, MAX_CONVERSATIONS, rail_context
from deepwiki.foundation.parsing import parse_uuid

COOKIE_SECONDS = 365 * 24 * 3600
RATINGS = {"1": 1, "-1": -1}


@dataclass(frozen=True)
class RailChange:
    """What an action does to conversations, the action that undoes it, the page's event."""

    apply: Callable[[ConversationQuerySet], object]
    undo: str = ""
    event: str = ""


def _field_change(**values: Any) -> Callable[[ConversationQuerySet], object]:
    return lambda rows: rows.update(**values)


# By the action of the URL.
CHANGES = {
    "pin": RailChange(_field_change(pinned=True)),
    "unpin": RailChange(_field_change(pinned=False)),
    "archive": RailChange(_field_change(archived=True), undo="unarchive"),
    "unarchive": RailChange(_field_change(archived=False)),
    "delete": RailChange(remove, undo="restore", event="conversation-deleted"),
    "restore": RailChange(bring_back, event="conversation-restored"),
    "erase": RailChange(delete_for_good),
}


@require_safe
@login_required
def rail(request: HttpRequest) -> HttpResponse:
    """The list of conversations. `groups`, by day or by repository, is kept in a cookie."""
    response = render(request, "chat/rail.html", rail_context(request))
    grouping = request.GET.get("groups")
    if grouping in GROUPINGS:
        response.set_cookie(
            GROUPING_COOKIE,
            grouping,
            max_age=COOKIE_SECONDS,
            path=reverse("home"),
            secure=settings.SECURE_TLS,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_POST
@login_required
def change_conversation(
    request: HttpRequest, conversation_id: uuid.UUID, action: str
) -> HttpResponse:
    """Rename a conversation, or carry out one of CHANGES; returns the rail."""
    if action == "rename":
        return _rename(request, conversation_id)
    return _change(request, [conversation_id], action)


@require_POST
@login_required
def change_conversations(request: HttpRequest, action: str) -> HttpResponse:
    """Carry out one of CHANGES on the person's own of `conversation`; returns the rail."""
    ids = filter(None, map(parse_uuid, request.POST.getlist("conversation")))
    return _change(request, list(ids)[:MAX_CONVERSATIONS], action)


@require_POST
@login_required
def rate_answer(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Rate one's own answer: 1 or -1 with an optional reason, else no rating."""
    answer = own_answer(request, message_id)
    rating = RATINGS.get(request.POST.get("rating", ""))
    own_conversations.rate(answer, rating, request.POST.get("reason", ""))
    ask_reason = "reason" not in request.POST
    return render(request, "chat/rating.html", {"message": answer, "ask_reason": ask_reason})


def _change(request: HttpRequest, ids: Sequence[uuid.UUID], action: str) -> HttpResponse:
    """Raises Http404 if none of the conversations is the person's own."""
    change = CHANGES.get(action)
    found = list(_own(request, ids))
    if change is None or not found:
        raise Http404
    keys = [row.pk for row in found]
    change.apply(Conversation.objects.filter(pk__in=keys))
    context: dict[str, Any] = {"changed": found, "action": action, "undo": change.undo}
    context["undone"] = parse_uuid(request.POST.get("undone"))
    response = render(request, "chat/rail.html", {**rail_context(request), **context})
    if change.event:
        trigger_client_event(response, change.event, {"ids": [str(key) for key in keys]})
    return response


def _rename(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    rows = _own(request, [conversation_id])
    if not rows.exists():
        raise Http404
    title = own_conversations.rename(rows, request.POST.get("title", ""))
    response = render(request, "chat/rail.html", rail_context(request))
    if title:
        renamed = {"id": str(conversation_id), "title": title}
        trigger_client_event(response, "conversation-renamed", renamed)
    return response


def _own(request: HttpRequest, ids: Sequence[uuid.UUID]) -> ConversationQuerySet:
    """The person's own of some conversations, removed ones among them."""
    return Conversation.objects.with_deleted(request.user).filter(pk__in=ids)
