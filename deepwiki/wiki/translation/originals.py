"""Which versions of a page count: in which language it is read, of what translations are made.

Of each language only the newest version counts. What was made from the code gives way to what
a model wrote after it, in whatever language that is: else readers of other languages never
saw it.
"""

from __future__ import annotations

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageVersion, WikiPage

Author = PageVersion.Author


def original_of(page: WikiPage) -> PageVersion | None:
    """What a page is translated from: what is written in English, else in any language."""
    return ranked(page.versions.filter(translated_from=None), DEFAULT_LANGUAGE).first()


def ranked(rows: QuerySet[PageVersion], wanted: str, *first: str) -> QuerySet[PageVersion]:
    """The newest version of each language, those to be read in a language first."""
    newest = rows.order_by("page_id", "language", "-version_number")
    newest = newest.distinct("page_id", "language")
    written = PageVersion.objects.filter(page=OuterRef("page"), translated_from=None)
    last_author = Subquery(written.order_by("-created_at", "-pk").values("made_by")[:1])
    is_behind = Q(made_by=Author.CODE, last_author=Author.MODEL)
    return (
        rows.filter(pk__in=newest.values("pk"))
        .annotate(last_author=last_author)
        .order_by(
            *first,
            _number(When(is_behind, then=Value(1)), default=0),
            _number(
                When(language=wanted, then=Value(0)),
                When(language=DEFAULT_LANGUAGE, then=Value(1)),
                default=2,
            ),
            F("translated_from").asc(nulls_first=True),
            "-created_at",
            "-pk",
        )
    )


def _number(*cases: When, default: int) -> Case:
    return Case(*cases, default=Value(default), output_field=IntegerField())
