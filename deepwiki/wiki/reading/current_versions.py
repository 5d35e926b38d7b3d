"""What pages say now: of each the newest version, in the reader's language where there is one."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import get_language

from deepwiki.foundation.languages import ANSWER_CODE
from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageVersion, Wiki, WikiPage


def current_version(page: WikiPage, language: str | None = None) -> PageVersion | None:
    """The version of a page that is shown; None while it is not written."""
    return _newest_first(page.versions.all(), language).first()


def current_versions(wiki: Wiki, language: str | None = None) -> QuerySet[PageVersion]:
    """One version of each page of the last plan, with its page."""
    rows = _newest_first(_planned(wiki), language, "page_id")
    return rows.distinct("page_id").select_related("page")


def _planned(wiki: Wiki) -> QuerySet[PageVersion]:
    return PageVersion.objects.filter(page__wiki=wiki, page__is_removed=False)


def _readers_language() -> str:
    """The code of the interface's language, as versions have it."""
    return ANSWER_CODE.get(get_language() or settings.LANGUAGE_CODE, "")


def _newest_first(
    rows: QuerySet[PageVersion], language: str | None, *first: str
) -> QuerySet[PageVersion]:
    wanted = language or _readers_language()
    preference = Case(
        When(language=wanted, then=Value(0)),
        When(language=DEFAULT_LANGUAGE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(*first, preference, "-version_number")
