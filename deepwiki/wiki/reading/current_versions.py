"""What pages say now: of each the newest version, in the reader's language where there is one."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet

from deepwiki.foundation.compiled_query import CompiledQuery
from deepwiki.wiki.models import PageNote, PageVersion, Wiki, WikiPage
from deepwiki.wiki.translation.languages import reading_language
from deepwiki.wiki.translation.originals import ranked
from deepwiki.wiki.translation.recorded_pages import translate_recorded


def current_version(page: WikiPage, language: str | None = None) -> PageVersion | None:
    """The version of a page that is shown, with `has_notes`; None while it is not written.

    A page made from the code is made in the language first where it is missing or outdated;
    one that a model wrote in another language is shown in that.
    """
    wanted = language or reading_language()
    translate_recorded(page.wiki, wanted, [page.pk])
    version = CURRENT_VERSION.first(page_id=page.pk, language=wanted)
    if version is not None:
        page.files = version.page_files  # type: ignore[attr-defined]
        version.page = page
    return version


def version_from_code(page: WikiPage) -> PageVersion | None:
    """What was made from the code, as `current_version`, behind what a model wrote."""
    rows = _with_notes(page.pk).filter(made_by=PageVersion.Author.CODE)
    return ranked(rows, reading_language()).first()


def current_versions(wiki: Wiki, language: str | None = None) -> QuerySet[PageVersion]:
    """One version of each page of the last plan, with its page. As `current_version`."""
    wanted = language or reading_language()
    translate_recorded(wiki, wanted)
    rows = ranked(_planned(wiki), wanted, "page_id")
    return rows.distinct("page_id").select_related("page")


def versions_in(wiki: Wiki, language: str) -> QuerySet[PageVersion]:
    """The same, of the pages that have a version in the language, and in it."""
    translate_recorded(wiki, language)
    rows = _planned(wiki).filter(language=language).order_by("page_id", "-version_number")
    return rows.distinct("page_id").select_related("page")


def _planned(wiki: Wiki) -> QuerySet[PageVersion]:
    return PageVersion.objects.filter(page__wiki=wiki, page__is_removed=False)


def _with_notes(page_id: int) -> QuerySet[PageVersion]:
    notes = PageNote.objects.filter(page=OuterRef("page"), deleted_at=None)
    return PageVersion.objects.filter(page=page_id).annotate(has_notes=Exists(notes))


def _current_version(page_id: int, language: str) -> QuerySet[PageVersion]:
    """With the files of the page, which trees are loaded without."""
    return ranked(_with_notes(page_id), language).annotate(page_files=F("page__files"))[:1]


CURRENT_VERSION = CompiledQuery(_current_version, page_id=-1, language="?")
