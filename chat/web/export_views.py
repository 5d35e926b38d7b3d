"""Conversations and answers as downloads, in Markdown or JSON."""

from __future__ import annotations

import json
import uuid
from operator import attrgetter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from chat.message_tree import branch
from chat.models import Conversation, Message
from chat.web.answer_repositories import host_pages, load_repositories
from chat.web.answer_steps import answer_steps
from chat.web.lookups import own_answer, own_conversation, own_conversations
from deepwiki.foundation.attachments import attachment

MESSAGE_FIELDS = (
    "role",
    "content",
    "state",
    "provider",
    "model",
    "commit",
    "repositories",
    "attachments",
    "steps",
    "sources",
    "citations",
)


@require_safe
@login_required
def export_conversation(
    request: HttpRequest, conversation_id: uuid.UUID, file_format: str
) -> HttpResponse:
    """One's own conversation: the newest branch as `md`, all messages as `json`."""
    match file_format:
        case "md":
            return _markdown_export(own_conversation(request, conversation_id))
        case "json":
            return _json_export(own_conversation(request, conversation_id))
        case _:
            raise Http404


@require_safe
@login_required
def export_all(request: HttpRequest) -> HttpResponse:
    """All of one's own conversations as one JSON file."""
    rows = own_conversations(request).prefetch_related("messages")
    return _json_file({"conversations": list(map(_conversation_json, rows))}, "conversations.json")


@require_safe
@login_required
def message_markdown(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """One's own answer as a Markdown file, with its question and its sources."""
    answer = own_answer(request, message_id)
    pages = host_pages(answer, answer.conversation.repository, load_repositories([answer]))
    steps = answer_steps(answer, pages)
    context = {"answer": answer, "question": answer.parent, "steps": steps}
    text = render_to_string("chat/answer.md", context)
    return attachment(text, "text/markdown; charset=utf-8", "answer.md")


@require_safe
@login_required
def message_content(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """The Markdown of one's own answer alone, for copying."""
    answer = own_answer(request, message_id)
    return HttpResponse(answer.content, content_type="text/plain; charset=utf-8")


def _markdown_export(conversation: Conversation) -> HttpResponse:
    messages = branch(conversation.messages.all())
    text = render_to_string(
        "chat/conversation.md", {"conversation": conversation, "messages": messages}
    )
    return attachment(text, "text/markdown; charset=utf-8", "conversation.md")


def _json_export(conversation: Conversation) -> HttpResponse:
    return _json_file(_conversation_json(conversation), "conversation.json")


def _conversation_json(conversation: Conversation) -> dict[str, Any]:
    messages = sorted(conversation.messages.all(), key=attrgetter("position"))
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "repository": conversation.repository.url,
        "revision": conversation.repository.revision,
        "created_at": conversation.created_at.isoformat(),
        "messages": [_message_json(message) for message in messages],
    }


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "id": str(message.pk),
        "follows": str(message.parent_id) if message.parent_id else None,
        **{name: getattr(message, name) for name in MESSAGE_FIELDS},
        "created_at": message.created_at.isoformat(),
    }


def _json_file(value: object, name: str) -> HttpResponse:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return attachment(text, "application/json; charset=utf-8", name)
