"""The languages of an index, for lists of repositories."""

from __future__ import annotations

from django.db.models import Sum

from repos.indexing.identifiers import MARKUP
from repos.models import Document

MAX_LANGUAGES = 5
NO_CODE = MARKUP | {"rst", "text", "xml", "ini"}


def main_languages(index_id: int) -> list[str]:
    """Up to five languages of the live code of an index, that of most lines first.

    As in `Document.language`; neither markup nor documents count.
    """
    live = Document.objects.filter(index=index_id, is_live=True)
    code = live.exclude(language__in=NO_CODE).exclude(role=Document.Role.DOCS)
    by_lines = code.values("language").annotate(total=Sum("lines")).order_by("-total", "language")
    return [row["language"] for row in by_lines[:MAX_LANGUAGES]]
