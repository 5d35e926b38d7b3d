"""What pages say now: of each the newest version, in the reader's language where there is one."""

from __future__ import annotations

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageNote, PageVersion, Wiki, WikiPage
from deepwiki.wiki.translation.languages import reading_language
from deepwiki.wiki.translation.recorded_pages import translate_recorded


def current_version(page: WikiPage, language: str | None = None) -> PageVersion | None:
    """The version of a page that is shown, with `has_notes`; None while it is not written.

    A page made from the code is made in the language first where it is missing or outdated.
    """
    wanted = language or reading_language()
    translate_recorded(page.wiki, wanted, [page.pk])
    notes = PageNote.objects.filter(page=OuterRef("page"), deleted_at=None)
    return _newest_first(page.versions.annotate(has_notes=Exists(notes)), wanted).first()


def current_versions(wiki: Wiki, language: str | None = None) -> QuerySet[PageVersion]:
    """One version of each page of the last plan, with its page. As `current_version`."""
    wanted = language or reading_language()
    translate_recorded(wiki, wanted)
    rows = _newest_first(_planned(wiki), wanted, "page_id")
    return rows.distinct("page_id").select_related("page")


def _planned(wiki: Wiki) -> QuerySet[PageVersion]:
    return PageVersion.objects.filter(page__wiki=wiki, page__is_removed=False)


def _newest_first(rows: QuerySet[PageVersion], wanted: str, *first: str) -> QuerySet[PageVersion]:
    preference = Case(
        When(language=wanted, then=Value(0)),
        When(language=DEFAULT_LANGUAGE, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(*first, preference, "-version_number")
