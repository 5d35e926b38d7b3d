"""Whether a conversation may be shared: all repositories that it was asked about have to let it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from chat.models import Conversation, Message
from chat.web.answer_repositories import repository_ids
from repos.models import Repository


@dataclass(frozen=True)
class SharedRepositories:
    """The repositories of a conversation, the first alone or with others.

    `is_complete`: all are still there; of one that was deleted nobody knows whether it may be
    shown.
    """

    repositories: Collection[Repository]
    is_complete: bool

    @classmethod
    def of(cls, conversation: Conversation, last: Message | None = None) -> Self:
        """Those of a conversation, or of it up to a message."""
        messages = Message.objects.filter(conversation=conversation).exclude(repositories=[])
        if last is not None:
            messages = messages.filter(position__lte=last.position)
        ids = repository_ids(messages.only("repositories")) - {conversation.repository_id}
        others = Repository.objects.filter(pk__in=ids) if ids else ()
        found = [conversation.repository, *others]
        return cls(found, len(found) == len(ids) + 1)

    @property
    def may_be_shared(self) -> bool:
        """May the conversation be read by link?"""
        return self.is_complete and all(one.may_be_shared for one in self.repositories)

    @property
    def may_be_shown_to_strangers(self) -> bool:
        """May such a link be read without an account?"""
        return all(one.may_be_shown_to_strangers for one in self.repositories)

    @property
    def are_open(self) -> bool:
        """Whether the link can be read now, for what depends on the repositories."""
        return self.may_be_shared and all(one.closed_at is None for one in self.repositories)

    @property
    def ids(self) -> list[uuid.UUID]:
        return [one.pk for one in self.repositories]
