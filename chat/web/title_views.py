"""The title that a model gives a new conversation, for the page that waits for it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from chat import services
from chat.models import Conversation, Message
from chat.services.titles import is_untitled
from chat.web.lookups import own_conversation
from deepwiki.foundation.parsing import parse_number

MAX_TRIES = 6
JUST_NOW = timedelta(minutes=1)


def conversation_to_title(answer: Message) -> Conversation | None:
    """The conversation of a first answer that ended just now, if its model titles it.

    Also if it has done so already: the page may not have been told.
    """
    is_new = answer.finished_at is not None and answer.finished_at > timezone.now() - JUST_NOW
    question = answer.parent
    if not (settings.MODEL_TITLES and is_new and question is not None and question.position == 1):
        return None
    if services.providers().is_generative(answer.provider):
        return answer.conversation
    return None


@require_safe
@login_required
def conversation_title(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Events that tell the title, once there is one; before, the element that asks again."""
    conversation = own_conversation(request, conversation_id)
    tries = parse_number(request.GET.get("tries")) or MAX_TRIES
    question = Message.objects.filter(conversation=conversation, position=1).first()
    if question is not None and is_untitled(conversation, question.content):
        if tries >= MAX_TRIES:
            return HttpResponse()
        context = {"untitled": conversation, "tries": tries + 1}
        return render(request, "chat/title_loader.html", context)
    response = HttpResponse()
    titled = {"id": str(conversation.pk), "title": conversation.title}
    trigger_client_event(response, "conversation-renamed", titled)
    return trigger_client_event(response, "conversations-changed", {})
