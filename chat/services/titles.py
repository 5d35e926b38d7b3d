"""Titles of new conversations: a model is asked for one when the first answer is done.

The call is off the answer's path and counts in the person's tokens, as `title_tokens` of the
answer's usage. Until then, and where it fails, the title is that of `title_from_words`.
"""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.db import transaction

from chat.core.errors import ProviderError
from chat.core.ports import Model, Tokens
from chat.core.request import ChatRequest
from chat.core.titles import model_title, title_from_words
from chat.models import Conversation, Message
from chat.runs import Run, keep
from chat.services.configuration import providers
from chat.services.intake import AcceptedQuestion
from deepwiki.foundation.incidents import log_incident
from deepwiki.foundation.threads import in_thread

logger = logging.getLogger(__name__)
WITH_TEXT = {"complete", "partial"}


def title_when_done(
    run: Run, accepted: AcceptedQuestion, request: ChatRequest, model: Model
) -> None:
    """Have a conversation that begins with this run titled by its model, once it has ended.

    Only those that people see: asked on a page, of a model that writes.
    """
    is_first = accepted.conversation_id is not None and not accepted.history
    if not (is_first and settings.MODEL_TITLES and request.render == "html"):
        return
    if providers().adapter(model.provider).is_generative:
        run.add_done_callback(partial(_begin, accepted, request.question, model))


def is_untitled(conversation: Conversation, question: str) -> bool:
    """Whether a conversation still has the title of its first question's words."""
    return conversation.title == title_from_words(question)


def _begin(accepted: AcceptedQuestion, question: str, model: Model, run: Run) -> None:
    keep(_title(run, accepted, question, model))


async def _title(run: Run, accepted: AcceptedQuestion, question: str, model: Model) -> None:
    if run.state not in WITH_TEXT or not run.text:
        return
    adapter = providers().adapter(model.provider)
    try:
        title, tokens = await model_title(adapter, model, question, run.text)
        await in_thread(_store, accepted, question, title, tokens)
    except (ProviderError, TimeoutError):
        return  # the title of the question's words stays
    except Exception:
        log_incident(logger, "a conversation could not be titled")


def _store(accepted: AcceptedQuestion, question: str, title: str, tokens: Tokens) -> None:
    """Store the cost; and the title, unless the person has chosen one meanwhile."""
    assert accepted.answer_id is not None
    assert accepted.conversation_id is not None
    with transaction.atomic():
        answer = Message.objects.select_for_update().get(pk=accepted.answer_id)
        count = (tokens.input_tokens or 0) + (tokens.output_tokens or 0)
        answer.usage["title_tokens"] = count
        answer.save(update_fields=["usage"])
    if title:
        untitled = Conversation.objects.filter(pk=accepted.conversation_id)
        untitled.filter(title=title_from_words(question)).update(title=title)
