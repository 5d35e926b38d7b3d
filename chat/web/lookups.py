"""Rows a request may see: one's own conversations and answers, readable repositories.

Functions that take an id raise Http404 for every other row.
"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from chat.models import Conversation, ConversationQuerySet, Message
from chat.services import own_conversations as services
from deepwiki.foundation.text import clean
from repos.models import Repository, RepositoryQuerySet

MAX_QUERY_CHARS = 200


def search_text(parameters: QueryDict) -> str:
    """The parameter `q` without characters that cannot be stored.

    Else that of the field in which an address may be typed as well.
    """
    typed = parameters.get("q", parameters.get("repo_url", ""))
    return clean(typed).strip()[:MAX_QUERY_CHARS]


def own_conversations(request: HttpRequest) -> ConversationQuerySet:
    """The person's conversations with their repositories, last used first."""
    return services.own_conversations(request.user)


def own_conversation(request: HttpRequest, conversation_id: uuid.UUID) -> Conversation:
    """One of the person's conversations, with its repository."""
    return get_object_or_404(own_conversations(request), pk=conversation_id)


def own_answer(request: HttpRequest, message_id: uuid.UUID) -> Message:
    """An answer in one of the person's conversations, with question and repository."""
    rows = Message.objects.answers_of(request.user).select_related(
        "parent", "conversation__repository__current_index"
    )
    return get_object_or_404(rows, pk=message_id)


def readable_repositories(request: HttpRequest) -> RepositoryQuerySet:
    """The repositories the person may read, with their current indexes."""
    return Repository.objects.readable_by(request.user).select_related("current_index")


def readable_repository(request: HttpRequest, repository_id: uuid.UUID) -> Repository:
    """A repository the person may read, with its current index."""
    return get_object_or_404(readable_repositories(request), pk=repository_id)
