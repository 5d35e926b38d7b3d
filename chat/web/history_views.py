"""The rail with a person's conversations, and changes to conversations and answers."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from chat.models import Conversation, ConversationQuerySet, Message
from chat.web.lookups import own_answer, own_conversations, search_text
from chat.web.view_models import group_by_day
from deepwiki.foundation.text import clean

MAX_CONVERSATIONS = 200
MAX_TITLE_CHARS = 200
MAX_REASON_CHARS = 1_000
# Action of the URL -> new values of the conversation's fields.
FIELD_CHANGES: dict[str, dict[str, Any]] = {
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
    "archive": {"archived": True},
    "unarchive": {"archived": False},
    "restore": {"deleted_at": None},
}
# Action -> the event that tells the page of the conversation.
CHANGE_EVENTS = {"delete": "conversation-deleted", "restore": "conversation-restored"}
RATINGS = {"1": 1, "-1": -1}


@require_safe
@login_required
def rail(request: HttpRequest) -> HttpResponse:
    """The list of conversations."""
    return render(request, "chat/rail.html", rail_context(request))


@require_POST
@login_required
def change_conversation(
    request: HttpRequest, conversation_id: uuid.UUID, action: str
) -> HttpResponse:
    """Pin, archive, rename, delete or restore a conversation; returns the rail."""
    rows = Conversation.objects.with_deleted(request.user).filter(pk=conversation_id)
    conversation = get_object_or_404(rows)
    if action in FIELD_CHANGES:
        rows.update(**FIELD_CHANGES[action])
    elif action == "rename":
        _rename(rows, request.POST.get("title", ""))
    elif action == "delete":
        _delete(rows)
    else:
        raise Http404
    context = {**rail_context(request), "conversation_changed": conversation, "action": action}
    response = render(request, "chat/rail.html", context)
    event = CHANGE_EVENTS.get(action)
    if event is not None:
        trigger_client_event(response, event, {"id": str(conversation.pk)})
    return response


@require_POST
@login_required
def rate_answer(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Rate one's own answer: 1 or -1 with an optional reason, else no rating."""
    answer = own_answer(request, message_id)
    answer.rating = RATINGS.get(request.POST.get("rating", ""))
    answer.rating_reason = ""
    if answer.rating is not None:
        answer.rating_reason = _reason_text(request)
    _save_rating(answer)
    ask_reason = "reason" not in request.POST
    return render(request, "chat/rating.html", {"message": answer, "ask_reason": ask_reason})


def rail_context(request: HttpRequest) -> dict[str, Any]:
    """Context of the rail: pinned conversations, then the others by day.

    With `q`, the conversations that contain its words, pinned or not, by day; with
    `archived=1`, the archived ones.
    """
    parameters = request.POST if request.method == "POST" else request.GET
    query = search_text(parameters)
    archived = parameters.get("archived") == "1"
    pinned: list[Conversation] = []
    if query:
        others = list(own_conversations(request).holding(query)[:MAX_CONVERSATIONS])
    else:
        rows = _listed_conversations(request, archived=archived)
        pinned = [row for row in rows if row.pinned]
        others = [row for row in rows if not row.pinned]
    days = group_by_day(others)
    return {"pinned": pinned, "days": days, "query": query, "archived": archived}


def _listed_conversations(request: HttpRequest, *, archived: bool) -> ConversationQuerySet:
    rows = own_conversations(request).filter(archived=archived)
    return rows.order_by("-pinned", "-updated_at")[:MAX_CONVERSATIONS]


def _rename(rows: ConversationQuerySet, text: str) -> None:
    title = " ".join(clean(text).split())[:MAX_TITLE_CHARS]
    if title:
        rows.update(title=title)


def _delete(rows: ConversationQuerySet) -> None:
    """Mark conversations as deleted (removed a day later) and stop their runs."""
    rows.update(deleted_at=timezone.now())
    running = Message.objects.filter(conversation__in=rows, state=Message.State.RUNNING)
    running.update(stop_requested=True)


def _reason_text(request: HttpRequest) -> str:
    return clean(request.POST.get("reason", "")).strip()[:MAX_REASON_CHARS]


def _save_rating(answer: Message) -> None:
    row = Message.objects.filter(pk=answer.pk)
    row.update(rating=answer.rating, rating_reason=answer.rating_reason)
