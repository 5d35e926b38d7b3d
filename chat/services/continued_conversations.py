"""Which conversation a request without one continues.

Programs that speak deepwiki-open's protocol send the whole conversation with each
question and name none. The answer that stands last in it is looked up among the
person's own, so that one chat, or one Deep Research, is one conversation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chat.core.request import ChatRequest
from chat.models import Message
from repos.models import Repository

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person


def with_conversation(person: Person, request: ChatRequest, repository: Repository) -> ChatRequest:
    """The request with the conversation and the parent that its history names, if any."""
    if request.conversation is not None:
        return request
    answer = _continued_answer(person, request, repository)
    if answer is None:
        return request
    return replace(request, conversation=answer.conversation_id, parent=answer.pk)


def _continued_answer(
    person: Person, request: ChatRequest, repository: Repository
) -> Message | None:
    """The newest answer with the text of the last two turns, as they were stored."""
    if len(request.messages) < 3:
        return None
    question, answer, _ = request.messages[-3:]
    if (question.role, answer.role) != ("user", "assistant") or not answer.content.strip():
        return None
    return (
        Message.objects.answers_of(person)
        .filter(
            conversation__repository=repository,
            content__in={answer.content, answer.content.strip()},
            parent__content=question.content,
        )
        .order_by("-conversation__updated_at", "-position")
        .only("id", "conversation_id")
        .first()
    )
