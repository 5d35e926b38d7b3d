"""Comments of readers to the editors of a page."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deepwiki.foundation.text import clean
from deepwiki.wiki.models import ReaderComment, Wiki, WikiPage
from deepwiki.wiki.reading.page_links import index_commit

MAX_CHARS = 2_000
MAX_QUOTE_CHARS = 1_000
MAX_PER_HOUR = 20  # of a person, over all wikis
MAX_OPEN = 500  # of a page
MAX_LISTED = 200
WINDOW = timedelta(hours=1)
WITHDRAWN = "wiki.withdrawn_comments.{}"


class CommentRefused(Exception):
    """A comment cannot be sent: `code` is one of the sentences of `comment_views`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_comment(page: WikiPage, user_id: int, text: str, quote: str) -> ReaderComment:
    """Store what a reader says about a page. Raises CommentRefused.

    What one person sends within an hour is counted under a lock of that person.
    """
    text, quote = _line_ends(text).strip(), " ".join(_line_ends(quote).split())
    if not text:
        raise CommentRefused("empty")
    if len(text) > MAX_CHARS:
        raise CommentRefused("too_long")
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user_id)
        _check_counts(page, user_id)
        return ReaderComment.objects.create(
            page=page,
            author_id=user_id,
            text=text,
            quote=quote[:MAX_QUOTE_CHARS],
            commit=index_commit(page.wiki.repository),
        )


def withdraw(comment: ReaderComment) -> None:
    """Delete one's own comment; it still counts among those of the hour."""
    if comment.created_at > timezone.now() - WINDOW:
        _count_withdrawn(comment.author_id)
    comment.delete()


def resolve(comments: QuerySet[ReaderComment], user_id: int) -> None:
    """Mark open ones as done."""
    comments.filter(resolved_at=None).update(resolved_at=timezone.now(), resolved_by=user_id)


def reopen(comments: QuerySet[ReaderComment]) -> None:
    """Mark them as open."""
    comments.update(resolved_at=None, resolved_by=None)


def open_comments(wiki: Wiki) -> QuerySet[ReaderComment]:
    """The open comments on all pages of a wiki."""
    return ReaderComment.objects.filter(page__wiki=wiki, resolved_at=None)


def listed(comments: QuerySet[ReaderComment]) -> QuerySet[ReaderComment]:
    """With author and page; open ones first, then the newest; MAX_LISTED at most."""
    rows = comments.select_related("author", "resolved_by", "page")
    return rows.order_by("-resolved_at", "-created_at", "-pk")[:MAX_LISTED]


def _line_ends(text: str) -> str:
    return clean(text).replace("\r\n", "\n")


def _check_counts(page: WikiPage, user_id: int) -> None:
    since = timezone.now() - WINDOW
    recent = ReaderComment.objects.filter(author=user_id, created_at__gt=since)
    if recent.count() + _withdrawn(user_id) >= MAX_PER_HOUR:
        raise CommentRefused("too_many")
    if _is_full(page):
        raise CommentRefused("page_is_full")


def _count_withdrawn(user_id: int) -> None:
    counts = caches["limits"]
    key = WITHDRAWN.format(user_id)
    if not counts.add(key, 1, WINDOW.total_seconds()):
        with contextlib.suppress(ValueError):  # the hour has ended between the two
            counts.incr(key)


def _withdrawn(user_id: int) -> int:
    count: int = caches["limits"].get(WITHDRAWN.format(user_id), 0)
    return count


def _is_full(page: WikiPage) -> bool:
    return page.comments.filter(resolved_at=None).count() >= MAX_OPEN
