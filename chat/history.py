"""A person's own conversations: looked through, put in order, taken along."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from chat.branches import branch
from chat.core.request import clean
from chat.models import Conversation, Message
from chat.pages import day_groups

SHOWN = 200
CHANGES: dict[str, dict[str, Any]] = {
    "pin": {"pinned": True}, "unpin": {"pinned": False}, "archive": {"archived": True}, "unarchive": {"archived": False},
    "restore": {"deleted_at": None},
}  # fmt: skip


def listed(request: HttpRequest) -> dict[str, Any]:
    """What the list of conversations shows: pinned ones, then by day; or those that hold what is looked for."""
    text = clean(request.GET.get("q", "")).strip()[:200]
    archived = request.GET.get("archived") == "1"
    mine = Conversation.objects.of(request.user).select_related("repository")
    rows = list(
        (mine.holding(text) if text else mine.filter(archived=archived).order_by("-pinned", "-updated_at"))[:SHOWN]
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
        Message.objects.filter(conversation=chosen, state=Message.State.RUNNING).update(stop_requested=True)
        context["deleted"] = chosen
    elif action in CHANGES:
        rows.update(**CHANGES[action])
    else:
        raise Http404
    return render(request, "partials/rail.html", {**listed(request), **context})


@require_POST
@login_required
def rate(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Say of an answer of one's own whether it helped (1, -1, or 0 to take that back), and why."""
    answer = get_object_or_404(Message.objects.answers_of(request.user), pk=message_id)
    rating = {"1": 1, "-1": -1}.get(request.POST.get("rating", ""))
    reason = clean(request.POST.get("reason", "")).strip()[:1_000] if rating is not None else ""
    Message.objects.filter(pk=answer.pk).update(rating=rating, rating_reason=reason)
    answer.rating, answer.rating_reason = rating, reason
    return render(request, "partials/rating.html", {"message": answer, "asked": "reason" not in request.POST})


@require_GET
@login_required
def export(request: HttpRequest, conversation_id: uuid.UUID, form: str) -> HttpResponse:
    """One conversation of one's own as a file: Markdown has the branch spoken in last, JSON all of them."""
    if form not in ("md", "json"):
        raise Http404
    chosen = get_object_or_404(Conversation.objects.of(request.user).select_related("repository"), pk=conversation_id)
    if form == "md":
        messages = branch(Message.objects.filter(conversation=chosen))
        text = render_to_string("partials/conversation.md", {"conversation": chosen, "messages": messages})
        return _file(text, "text/markdown", "conversation.md")
    return _file(json.dumps(_as_json(chosen), ensure_ascii=False, indent=1), "application/json", "conversation.json")


@require_GET
@login_required
def export_all(request: HttpRequest) -> HttpResponse:
    """All conversations of one's own as one JSON file."""
    mine = Conversation.objects.of(request.user).select_related("repository").prefetch_related("messages")
    everything = {"conversations": [_as_json(conversation) for conversation in mine]}
    return _file(json.dumps(everything, ensure_ascii=False, indent=1), "application/json", "conversations.json")


def _as_json(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": str(conversation.pk), "title": conversation.title, "repository": conversation.repository.url,
        "revision": conversation.repository.revision, "created_at": conversation.created_at.isoformat(),
        "messages": [_message(m) for m in sorted(conversation.messages.all(), key=lambda message: message.number)],
    }  # fmt: skip


def _message(message: Message) -> dict[str, Any]:
    kept = ("role", "content", "state", "provider", "model", "commit", "sources", "citations")
    return {
        "id": str(message.pk),
        "follows": str(message.parent_id) if message.parent_id else None,
        **{name: getattr(message, name) for name in kept},
        "created_at": message.created_at.isoformat(),
    }


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8", headers=headers)
