"""What the page of a wiki's page shows of notes and comments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from deepwiki.wiki.contributions.comments import MAX_CHARS, MAX_QUOTE_CHARS, open_comments
from deepwiki.wiki.contributions.editors import edits_readable
from deepwiki.wiki.contributions.page_notes import with_notes
from deepwiki.wiki.models import PageVersion, ReaderComment, Wiki
from deepwiki.wiki.web.second_look_text import SecondLookText

LIMITS = {"max_chars": MAX_CHARS, "max_quote_chars": MAX_QUOTE_CHARS}


def contributions_context(
    request: HttpRequest, wiki: Wiki, context: dict[str, Any]
) -> dict[str, Any]:
    """`context` is that of the page, see `page_context`."""
    noted = with_notes(
        context["html"],
        context["version"],
        wiki.repository,
        context["tree"].urls,
        for_strangers=request.user.pk is None,
    )
    shown = {"parts": noted.parts, "homeless": noted.homeless, **LIMITS}
    if not edits_readable(request.user, wiki):
        return shown
    return {**shown, **_for_editors(wiki, context["version"])}


def _for_editors(wiki: Wiki, version: PageVersion) -> dict[str, Any]:
    comments = open_comments(wiki)
    return {
        "may_edit": True,
        "open_comments": comments.count(),
        "open_on_page": _count_on_page(comments, version.page_id),
        "second_look": SecondLookText.of(version),
    }


def _count_on_page(comments: QuerySet[ReaderComment], page_id: int) -> int:
    return comments.filter(page=page_id).count()
