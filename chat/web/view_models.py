"""What pages show of conversations: rendered turns and threads."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.core.citations import Check
from chat.message_tree import Versions, ancestors, branch, versions
from chat.models import Conversation, Message
from chat.rendering import PageBudget
from chat.rendering.citation_links import HostPages, stored_check
from chat.web.answer_repositories import (
    RepositoriesById,
    host_pages,
    load_repositories,
    names_json,
)
from chat.web.answer_steps import AnswerSteps, answer_steps
from chat.web.source_groups import SourceGroups, source_groups
from repos.models import Repository

TURNS_PER_PAGE = 40
SHORT_COMMIT = 8  # hex digits


@dataclass(frozen=True)
class RenderedPart:
    """Sanitized HTML of an answer, or of one round of Deep Research.

    `stage` is the round's entry in Message.stages, None for a plain answer.
    """

    html: SafeString
    stage: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RenderedTurn:
    """A message as the page shows it.

    An answer has `parts` and perhaps `steps`, a question has `versions` where the page offers them.
    `follow_ups` are questions to go on with. `commits_behind` is a sentence for an answer from an
    older commit, else empty. `repositories` are those of an answer about several: see
    `names_json`.
    """

    message: Message
    parts: tuple[RenderedPart, ...] = ()
    versions: Versions | None = None
    commits_behind: str = ""
    steps: AnswerSteps | None = None
    groups: SourceGroups | None = None
    follow_ups: tuple[str, ...] = ()
    repositories: str = ""

    @property
    def is_question(self) -> bool:
        return self.message.role == Message.Role.USER

    @property
    def is_running(self) -> bool:
        return self.message.state == Message.State.RUNNING


@dataclass(frozen=True)
class Thread:
    """Up to TURNS_PER_PAGE turns of a branch in order.

    `earlier` is the first message of `turns` if others precede it: the next page ends
    there.
    """

    turns: list[RenderedTurn]
    earlier: Message | None = None


def load_thread(
    conversation: Conversation, chosen: uuid.UUID | None = None, before: uuid.UUID | None = None
) -> Thread:
    """The last turns of a branch, or the last ones before the message `before`.

    The branch is the one that holds the message `chosen`, else the newest. One query.
    """
    rows = list(Message.objects.filter(conversation=conversation))
    path = branch(rows, chosen)
    end = _position(path, before)
    start = max(0, end - TURNS_PER_PAGE)
    turns = _turns(path[start:end], conversation.repository, rows)
    return Thread(turns, path[start] if start else None)


def load_thread_until(last: Message) -> list[RenderedTurn]:
    """The turns from the first to `last`, without versions. One query."""
    rows = Message.objects.filter(conversation=last.conversation_id, position__lte=last.position)
    by_id = {row.pk: row for row in rows}
    repository = last.conversation.repository
    return _turns(list(ancestors(by_id, by_id[last.pk])), repository)


def rendered_parts(
    answer: Message, pages: HostPages, budget: PageBudget | None = None
) -> tuple[RenderedPart, ...]:
    """The HTML of an answer: one part, or one for each round of Deep Research."""
    render = (budget or PageBudget()).render
    check = _stored_check(answer, pages)
    if not answer.stages:
        return (RenderedPart(render(answer.content, check)),)
    texts = _split(answer.content, [stage["at"] for stage in answer.stages])
    return tuple(
        RenderedPart(render(text, check), stage)
        for text, stage in zip(texts, answer.stages, strict=True)
    )


def commits_behind_text(answer: Message, repository: Repository) -> str:
    """By how many commits the index is ahead of the answer; empty if by none."""
    index = repository.current_index
    if index is None or answer.commit in ("", index.commit):
        return ""
    return _commits_ago(answer.commit, index.commits_since(answer.commit))


def _turns(
    path: Sequence[Message], repository: Repository, rows: Sequence[Message] = ()
) -> list[RenderedTurn]:
    """Rendered messages of one page, the last first: they are read first.

    Versions need all `rows` of the conversation.
    """
    budget = PageBudget()
    known = load_repositories(path)
    turns = [
        _answer_turn(message, repository, known, budget)
        if message.role == Message.Role.ASSISTANT
        else _question_turn(message, rows)
        for message in reversed(path)
    ]
    return turns[::-1]


def _answer_turn(
    answer: Message, repository: Repository, known: RepositoriesById, budget: PageBudget
) -> RenderedTurn:
    pages = host_pages(answer, repository, known)
    return RenderedTurn(
        answer,
        rendered_parts(answer, pages, budget),
        commits_behind=commits_behind_text(answer, repository),
        steps=answer_steps(answer, pages),
        groups=source_groups(answer, pages),
        repositories=names_json(answer),
    )


def _question_turn(message: Message, rows: Sequence[Message]) -> RenderedTurn:
    if not rows:
        return RenderedTurn(message)
    return RenderedTurn(message, versions=versions(rows, message))


def _position(path: Sequence[Message], message_id: uuid.UUID | None) -> int:
    """The index of a message in a branch, the branch's length if it is not in it."""
    ids = [message.pk for message in path]
    if message_id in ids:
        return ids.index(message_id)
    return len(ids)


def _stored_check(answer: Message, pages: HostPages) -> Check | None:
    """The Check of an answer's stored citations; None if it has none."""
    if not answer.citations:
        return None
    return stored_check(answer.citations, pages, answer.commit)


def _split(text: str, starts: Sequence[int]) -> list[str]:
    """The pieces of `text` that begin at the given offsets, the last to its end."""
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _commits_ago(commit: str, count: int | None) -> str:
    values = {"commit": commit[:SHORT_COMMIT], "n": count}
    if not count:
        return _("Answered from commit %(commit)s; the index has moved on since") % values
    text = ngettext(
        "Answered from commit %(commit)s, %(n)s commit ago",
        "Answered from commit %(commit)s, %(n)s commits ago",
        count,
    )
    return text % values
