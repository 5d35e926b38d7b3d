"""What people do with their own conversations and answers, on the page and through programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chat.models import Conversation, ConversationQuerySet, Message
from deepwiki.foundation.text import clean
from repos.models import WebhookEvent
from repos.outgoing import announce

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

MAX_TITLE_CHARS = 200
MAX_REASON_CHARS = 1_000
DOWN = -1
RATINGS = (1, DOWN)


def own_conversations(person: Person) -> ConversationQuerySet:
    """The person's conversations with their repositories, last used first."""
    return Conversation.objects.of(person).select_related("repository")


def rename(rows: ConversationQuerySet, text: str) -> str:
    """Give conversations a title on one line, which is returned; an empty one changes nothing."""
    title = " ".join(clean(text).split())[:MAX_TITLE_CHARS]
    if title:
        rows.update(title=title)
    return title


def rate(answer: Message, rating: int | None, reason: str = "") -> None:
    """Rate an answer: 1 or -1 with a reason, None for no rating. Webhooks tell of a -1."""
    was_down = answer.rating == DOWN
    answer.rating = rating if rating in RATINGS else None
    answer.rating_reason = ""
    if answer.rating is not None:
        answer.rating_reason = clean(reason).strip()[:MAX_REASON_CHARS]
    row = Message.objects.filter(pk=answer.pk)
    row.update(rating=answer.rating, rating_reason=answer.rating_reason)
    if answer.rating == DOWN and not was_down:
        facts = {"answer": {"id": str(answer.pk), "model": answer.model, "commit": answer.commit}}
        repository = answer.conversation.repository
        announce(WebhookEvent.ANSWER_RATED_DOWN, repository, facts)
