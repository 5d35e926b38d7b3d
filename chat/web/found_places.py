"""Where in conversations the words of a search stand: a piece of the text around them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, F, Func, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Coalesce, Greatest, Lower, NullIf, StrIndex, Substr

from chat.core.reasoning import TAGS
from chat.models import Message

CHARS_BEFORE = 40
EXCERPT_CHARS = 160
MAX_WORDS = 8  # as ConversationQuerySet.holding
MAX_PLACED_WORDS = 3  # that a place is looked for by: each costs a reading of the message
MAX_CONVERSATIONS = 40  # whose places are looked for
MARKS = re.compile(r"[`*#|]+")  # of Markdown
# As WHOLE of chat/core/reasoning.py: in PostgreSQL the first quantifier decides for all.
TAGGED = "|".join(f"{re.escape(start)}.*?{re.escape(end)}" for start, end in TAGS.items())
REASONING = rf"^\s*?(?:{TAGGED})"


@dataclass(frozen=True)
class FoundPlace:
    """A message, and the text around the words: text and found words by turns, text first."""

    message_id: uuid.UUID
    parts: tuple[str, ...]


def found_places(conversations: Sequence[uuid.UUID], query: str) -> dict[uuid.UUID, FoundPlace]:
    """By conversation, the first of its messages that hold the words. One query.

    Messages with all words come before those with some. Of MAX_CONVERSATIONS at most.
    """
    words = query.split()[:MAX_PLACED_WORDS]
    if not words or not conversations:
        return {}
    rows = _places(conversations[:MAX_CONVERSATIONS], words)
    return {
        conversation: FoundPlace(message, marked_parts(_plain(excerpt), query))
        for conversation, message, excerpt in rows
    }


def marked_parts(text: str, query: str) -> tuple[str, ...]:
    """A text cut at the words of a query: text and found words by turns, text first."""
    words = sorted(query.split()[:MAX_WORDS], key=len, reverse=True)
    if not words:
        return (text,)
    pattern = "|".join(map(re.escape, words))
    return tuple(re.split(f"({pattern})", text, flags=re.IGNORECASE))


def _places(
    conversations: Sequence[uuid.UUID], words: list[str]
) -> list[tuple[uuid.UUID, uuid.UUID, str]]:
    """Conversation, message and the text around the words."""
    holds = [Q(shown__icontains=word) for word in words]
    lacks = Case(When(Q(*holds), then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = (
        Message.objects.filter(conversation__in=conversations)
        .annotate(shown=_shown_text())
        .filter(reduce(or_, holds))
        .annotate(lacks=lacks, excerpt=Substr("shown", _begin(words), EXCERPT_CHARS))
        .order_by("conversation_id", "lacks", "position")
        .distinct("conversation_id")
    )
    return list(rows.values_list("conversation_id", "pk", "excerpt"))


def _shown_text() -> Func:
    """The text without reasoning, which old answers were stored with."""
    values = (Value(REASONING), Value(""), Value("i"))
    return Func(F("content"), *values, function="regexp_replace", output_field=TextField())


def _begin(words: list[str]) -> Greatest:
    """Where the excerpt begins, from 1: before the first of the words that is there."""
    places = [NullIf(StrIndex(Lower("shown"), Lower(Value(word))), Value(0)) for word in words]
    return Greatest(Coalesce(*places, Value(1)) - CHARS_BEFORE, Value(1))


def _plain(excerpt: str) -> str:
    return " ".join(MARKS.sub("", excerpt).split())
