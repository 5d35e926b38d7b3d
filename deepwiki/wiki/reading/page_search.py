"""The pages of a wiki that hold all words of a query, with an excerpt of each.

Words are runs of letters and digits: `read_file` is two, and each may be a beginning. What
has no spaces between its words (Chinese, Japanese) is found as it is typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL

from deepwiki.wiki.models import PageVersion, Wiki
from deepwiki.wiki.reading.current_versions import current_versions
from deepwiki.wiki.reading.page_ledger import page_ledger

CONFIG = "simple"
# A generated column with an index, see migration 0013: no field, which would always be loaded.
WORDS = RawSQL('"wiki_pageversion"."words"', [], output_field=SearchVectorField())
MAX_HITS = 30
MAX_WORDS = 8
MAX_TEXT_CHARS = 100_000  # of a page
EXCERPT_CHARS = 110  # before and after the first word
WORD = re.compile(r"[^\W_]+")
DRAWING = re.compile(r"^```mermaid$.*?^```$", re.DOTALL | re.MULTILINE)
ESCAPE = re.compile(r"\\(?=[_*`~#|<>\[\]()\\])")
MARKUP = re.compile(r"\]\([^()\n]{0,300}\)|[`#|*\[>]|-{3,}|\s+")


@dataclass(frozen=True)
class Hit:
    """A page that was found; texts and words that match by turns, text first."""

    version: PageVersion
    excerpt: Sequence[str]


def search_pages(wiki: Wiki, query: str) -> list[Hit]:
    """Pages of a wiki, those whose title matches first, then the best."""
    words = WORD.findall(query)[:MAX_WORDS]
    if not words:
        return []
    rows = list(_rows(wiki, query, words))
    for row in rows:
        row.page.wiki = wiki  # nobody loads it again
    if wiki.leave_out_unsupported:
        rows = list(filter(_Shown(words).is_found, rows))
    return [Hit(row, excerpt(row.text, query, words)) for row in rows]


@dataclass(frozen=True)
class _Shown:
    """Reads pages as they are shown where sentences without support are left out."""

    words: Sequence[str]

    def is_found(self, row: PageVersion) -> bool:
        """Whether the words stand in what is shown, which becomes the text of the row."""
        row.text = page_ledger(row).present(row.text)
        return self._is_in(f"{row.title}\n{row.text}".lower())

    def _is_in(self, text: str) -> bool:
        return all(word.lower() in text for word in self.words)


def excerpt(text: str, query: str, words: Sequence[str]) -> list[str]:
    """The text around the first match, without Markdown's marks and drawings, split at what matches."""
    plain = without_markup(text[:MAX_TEXT_CHARS])
    pattern = _pattern([query, *words])
    match = pattern.search(plain)
    at = match.start() if match else 0
    start = max(0, at - EXCERPT_CHARS)
    around = " ".join(plain[start : at + EXCERPT_CHARS].split())
    return pattern.split(f"{_ellipsis(start)}{around}")


def without_markup(text: str) -> str:
    """Markdown without its marks and drawings."""
    return MARKUP.sub(" ", ESCAPE.sub("", DRAWING.sub("", text)))


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    alternatives = "|".join(map(re.escape, words))
    return re.compile(f"({alternatives})", re.IGNORECASE)


def _ellipsis(start: int) -> str:
    return "… " if start else ""


def _rows(wiki: Wiki, query: str, words: Sequence[str]) -> Iterable[PageVersion]:
    """The rows that match, best first."""
    wanted = _search_query(" & ", words)
    rows = PageVersion.objects.filter(pk__in=current_versions(wiki).values("pk"))
    return (
        rows.annotate(words=WORDS, found_in=_found_in(query, words))
        .annotate(rank=SearchRank(F("words"), wanted))
        .filter(Q(words=wanted) | Q(found_in__lt=2))
        .order_by("found_in", "-rank", "page_id")
        .select_related("page", "translated_from")[:MAX_HITS]
    )


def _search_query(operator: str, words: Sequence[str]) -> SearchQuery:
    """Words with anything behind them, which hold letters and digits alone."""
    beginnings = operator.join(f"{word}:*" for word in words)
    return SearchQuery(beginnings, config=CONFIG, search_type="raw")


def _found_in(query: str, words: Sequence[str]) -> Case:
    """0 for a title that holds what is typed, 1 for such a text, 2 for others."""
    return Case(
        When(title__icontains=query, then=Value(0)),
        When(_is_in_text(query, words), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def _is_in_text(query: str, words: Sequence[str]) -> Q:
    """Whether a text holds the words one behind the other.

    Texts are read for what is typed where that has letters beyond ASCII: their script may
    have no spaces, and the database does not know their other cases.
    """
    if not query.isascii():
        return Q(text__icontains=query)
    return Q(words=_search_query(" <-> ", words))
