"""What the pages show, put together from rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.message_tree import Versions, ancestors, branch, versions
from chat.models import Conversation, Message
from chat.rendering import render
from chat.rendering.citation_links import links_as_stored
from repos.models import Repository
from repos.sources import Address

SHOWN_TURNS = 40


@dataclass(frozen=True)
class Part:
    """An answer's text, rendered and sanitised: the whole of it, or one round of Deep Research with what that was."""

    html: SafeString
    stage: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class TurnView:
    """A message as the page shows it; a question has no parts, and has versions."""

    message: Message
    parts: tuple[Part, ...] = ()
    versions: Versions | None = None
    behind: str = ""

    @property
    def is_question(self) -> bool:
        return self.message.role == Message.Role.USER

    @property
    def is_running(self) -> bool:
        return self.message.state == Message.State.RUNNING


@dataclass(frozen=True)
class Thread:
    """Turns in order, the newest SHOWN_TURNS before a place; `earlier` is the first of them where others came before."""

    turns: list[TurnView]
    earlier: Message | None = None


def thread(
    conversation: Conversation, chosen: uuid.UUID | None = None, before: uuid.UUID | None = None
) -> Thread:
    """A conversation on the branch that holds `chosen` or was spoken in last, until the message `before`. One query.

    Long ones come in parts: to render all of two hundred messages takes half a second.
    """
    rows = list(Message.objects.filter(conversation=conversation))
    path = branch(rows, chosen)
    end = next((number for number, row in enumerate(path) if row.pk == before), len(path))
    start = max(0, end - SHOWN_TURNS)
    address = conversation.repository.address
    turns = [
        TurnView(row, parts_of(row, address), behind=behind(row, conversation.repository))
        if row.role == Message.Role.ASSISTANT
        else TurnView(row, versions=versions(rows, row))
        for row in path[start:end]
    ]
    return Thread(turns, path[start] if start else None)


def thread_until(last: Message) -> list[TurnView]:
    """The messages from the first to `last`, without their versions. One query."""
    rows = {
        row.pk: row
        for row in Message.objects.filter(
            conversation=last.conversation_id, position__lte=last.position
        )
    }
    address = last.conversation.repository.address
    return [
        TurnView(row, parts_of(row, address) if row.role == Message.Role.ASSISTANT else ())
        for row in ancestors(rows, rows[last.pk])
    ]


def behind(answer: Message, repository: Repository) -> str:
    """Words for an answer whose commit the index has left behind; empty for one that is of today's."""
    index = repository.current_index
    if index is None or not answer.commit or answer.commit == index.commit:
        return ""
    commit, steps = answer.commit[:8], index.commits_since(answer.commit)
    if steps:
        text = ngettext(
            "Answered from commit %(commit)s, %(n)s commit ago",
            "Answered from commit %(commit)s, %(n)s commits ago",
            steps,
        )
        return text % {"commit": commit, "n": steps}
    return _("Answered from commit %(commit)s; the index has moved on since") % {"commit": commit}


def message_id_of(text: str | None) -> uuid.UUID | None:
    """What an address or a form says a message's id is; None for anything else."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def day_groups(conversations: Iterable[Conversation]) -> list[tuple[str, list[Conversation]]]:
    """Conversations under the name of the day they were last used."""
    today = timezone.localdate()
    return [
        (_day_name(day, today), list(group))
        for day, group in groupby(
            conversations, key=lambda c: timezone.localtime(c.updated_at).date()
        )
    ]


def parts_of(message: Message, address: Address) -> tuple[Part, ...]:
    """An answer's text as the page shows it: whole, or by rounds."""
    check = (
        links_as_stored(message.citations, address, message.commit) if message.citations else None
    )
    starts = [stage["at"] for stage in message.stages]
    if not starts:
        return (Part(safe(render(message.content, check))),)
    ends = [*starts[1:], len(message.content)]
    pieces = (message.content[start:end] for start, end in zip(starts, ends, strict=True))
    return tuple(
        Part(safe(render(piece, check)), stage)
        for piece, stage in zip(pieces, message.stages, strict=True)
    )


def safe(rendered: str) -> SafeString:
    """HTML of ours as templates take it."""
    # Everything that comes here went through the sanitiser of rendering.py a moment ago.
    return mark_safe(rendered)  # noqa: S308


def _day_name(day: date, today: date) -> str:
    match (today - day).days:
        case 0:
            return _("Today")
        case 1:
            return _("Yesterday")
        case _:
            return date_format(day)
