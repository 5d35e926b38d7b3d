"""A person's own conversations: looked through, put in order, taken along."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from chat.models import Conversation, Message
from chat.web.view_models import day_groups
from deepwiki.foundation.text import clean

SHOWN = 200
CHANGES: dict[str, dict[str, Any]] = {
    "pin": {"pinned": True},
    "unpin": {"pinned": False},
    "archive": {"archived": True},
    "unarchive": {"archived": False},
    "restore": {"deleted_at": None},
}


def listed(request: HttpRequest) -> dict[str, Any]:
    """What the list of conversations shows: pinned ones, then by day; or those that hold what is looked for."""
    text = clean(request.GET.get("q", "")).strip()[:200]
    archived = request.GET.get("archived") == "1"
    mine = Conversation.objects.of(request.user).select_related("repository")
    rows = list(
        (
            mine.holding(text)
            if text
            else mine.filter(archived=archived).order_by("-pinned", "-updated_at")
        )[:SHOWN]
    )
    pinned = [row for row in rows if row.pinned and not text]
    return {
        "pinned": pinned,
        "days": day_groups(row for row in rows if row not in pinned),
        "searched": text,
        "archived": archived,
    }


@require_POST
@login_required
def change(request: HttpRequest, conversation_id: uuid.UUID, action: str) -> HttpResponse:
    """Pin, archive, rename, delete or bring back a conversation of one's own; gives the list anew."""
    rows = Conversation.objects.with_deleted(request.user).filter(pk=conversation_id)
    chosen = get_object_or_404(rows)
    context: dict[str, Any] = {}
    if action == "rename":
        title = " ".join(clean(request.POST.get("title", "")).split())[:200]
        if title:
            rows.update(title=title)
    elif action == "delete":
        rows.update(deleted_at=timezone.now())
        Message.objects.filter(conversation=chosen, state=Message.State.RUNNING).update(
            stop_requested=True
        )
        context["deleted"] = chosen
    elif action in CHANGES:
        rows.update(**CHANGES[action])
    else:
        raise Http404
    return render(request, "chat/rail.html", {**listed(request), **context})


@require_POST
@login_required
def rate(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Say of an answer of one's own whether it helped (1, -1, or 0 to take that back), and why."""
    answer = get_object_or_404(Message.objects.answers_of(request.user), pk=message_id)
    rating = {"1": 1, "-1": -1}.get(request.POST.get("rating", ""))
    reason = clean(request.POST.get("reason", "")).strip()[:1_000] if rating is not None else ""
    Message.objects.filter(pk=answer.pk).update(rating=rating, rating_reason=reason)
    answer.rating, answer.rating_reason = rating, reason
    return render(
        request, "chat/rating.html", {"message": answer, "asked": "reason" not in request.POST}
    )
