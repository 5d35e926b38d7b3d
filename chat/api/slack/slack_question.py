"""The repository and the question in a message.

https://docs.slack.dev/messaging/formatting-message-text#advanced
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from chat.core.errors import BadRequest, NoSuchRepository
from chat.services.named_repositories import find_named_repository
from repos.models import Repository

MENTION = re.compile(r"<@[A-Z0-9]{1,40}(?:\|[^<>]{0,200})?>")
LINK = re.compile(r"<((?:https?|mailto):[^<>|]{1,2000})(?:\|[^<>]{0,2000})?>")
OTHER_MARK = re.compile(r"<[#!@]([^<>|]{1,200})(?:\|([^<>]{0,200}))?>")
ADDRESS = re.compile(r"https?://[^\s<>]{1,2000}")
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,99}/[\w.][\w.-]{0,99}(?:@[\w./-]{1,200})?", re.ASCII)
ENDS = ".,;:!?)"
MAX_NAMES = 5  # of a message that are looked up


@dataclass(frozen=True)
class SlackQuestion:
    """A question about a repository that strangers may read."""

    repository: Repository
    text: str


def read_question(text: str, default: str) -> SlackQuestion:
    """The question of a message, about `default` where it names no repository.

    An address, and `owner/repo` as the first word, name the repository; of other words those that
    are known here. Asks the database. Raises BadRequest, and NoSuchRepository for a repository
    that is not here or not public.
    """
    text = plain_question(text)
    address = ADDRESS.search(text)
    if address is not None:
        return SlackQuestion(_find(address[0].rstrip(ENDS)), _asked(text))
    first, _, rest = text.partition(" ")
    name = first.rstrip(ENDS)
    if NAME.fullmatch(name):
        return SlackQuestion(_find(name), _asked(rest))
    return SlackQuestion(_known(text, default), _asked(text))


def plain_question(text: str) -> str:
    """The text that a person typed, without mentions of people and with plain addresses."""
    text = MENTION.sub(" ", text)
    text = LINK.sub(lambda match: match[1], text)
    text = OTHER_MARK.sub(lambda match: match[2] or match[1], text)
    return html.unescape(text).strip()


def _known(text: str, default: str) -> Repository:
    for name in _names(text):
        try:
            return _find(name)
        except NoSuchRepository:
            continue
    if not default:
        raise BadRequest("slack_repository_missing")
    return _find(default)


def _names(text: str) -> Iterator[str]:
    words = (word.strip("`'\"(" + ENDS) for word in text.split())
    names = dict.fromkeys(word for word in words if NAME.fullmatch(word))
    yield from list(names)[:MAX_NAMES]


def _find(name: str) -> Repository:
    try:
        return find_named_repository(AnonymousUser(), name)
    except NoSuchRepository:
        raise NoSuchRepository("slack_no_repository") from None


def _asked(text: str) -> str:
    if not text.strip():
        raise BadRequest("slack_question_missing")
    return text.strip()
