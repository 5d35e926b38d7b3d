"""Conversations as files."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from chat.message_tree import branch
from chat.models import Conversation, Message


@require_GET
@login_required
def export(request: HttpRequest, conversation_id: uuid.UUID, form: str) -> HttpResponse:
    """One conversation of one's own as a file: Markdown has the branch spoken in last, JSON all of them."""
    if form not in ("md", "json"):
        raise Http404
    chosen = get_object_or_404(
        Conversation.objects.of(request.user).select_related("repository"), pk=conversation_id
    )
    if form == "md":
        messages = branch(Message.objects.filter(conversation=chosen))
        text = render_to_string(
            "chat/conversation.md", {"conversation": chosen, "messages": messages}
        )
        return _file(text, "text/markdown", "conversation.md")
    return _file(
        json.dumps(_as_json(chosen), ensure_ascii=False, indent=1),
        "application/json",
        "conversation.json",
    )


@require_GET
@login_required
def export_all(request: HttpRequest) -> HttpResponse:
    """All conversations of one's own as one JSON file."""
    mine = (
        Conversation.objects.of(request.user)
        .select_related("repository")
        .prefetch_related("messages")
    )
    everything = {"conversations": [_as_json(conversation) for conversation in mine]}
    return _file(
        json.dumps(everything, ensure_ascii=False, indent=1),
        "application/json",
        "conversations.json",
    )


def _as_json(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "repository": conversation.repository.url,
        "revision": conversation.repository.revision,
        "created_at": conversation.created_at.isoformat(),
        "messages": [
            _message(m)
            for m in sorted(conversation.messages.all(), key=lambda message: message.position)
        ],
    }


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
