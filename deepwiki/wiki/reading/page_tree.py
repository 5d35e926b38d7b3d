"""The pages of a wiki as a tree, and in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from deepwiki.foundation.compiled_query import CompiledQuery
from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageVersion, Wiki, WikiPage
from deepwiki.wiki.translation.languages import language_query, reading_language
from deepwiki.wiki.translation.titles import title_to_read

MAX_PAGES = 2_000
MAX_DEPTH = 12
SOME_SLUG = "page"


@dataclass(frozen=True)
class TreePage:
    """A page, the address it has, and the pages below it. One without text has no address.

    `title` is in the language of the tree.
    """

    page: WikiPage
    url: str
    pages: tuple[TreePage, ...]
    title: str

    def walk(self) -> Iterator[TreePage]:
        """The page and those below it, in reading order."""
        yield self
        for child in self.pages:
            yield from child.walk()


@dataclass(frozen=True)
class PageTree:
    """The pages of a wiki."""

    wiki: Wiki
    top: tuple[TreePage, ...]

    @cached_property
    def pages(self) -> Sequence[TreePage]:
        """All pages in reading order."""
        return [page for top in self.top for page in top.walk()]

    @cached_property
    def written(self) -> Sequence[TreePage]:
        """The pages that can be read, in reading order."""
        return [page for page in self.pages if page.url]

    @cached_property
    def urls(self) -> Mapping[str, str]:
        """The addresses of the pages that can be read, by slug."""
        return {page.page.slug: page.url for page in self.written}

    @property
    def overview(self) -> TreePage | None:
        """The page to begin with: the overview, or the first that can be read."""
        return next(self._overviews, self.first)

    @property
    def first(self) -> TreePage | None:
        """The first page that can be read."""
        return next(iter(self.written), None)

    @property
    def _overviews(self) -> Iterator[TreePage]:
        return (one for one in self.written if is_overview(one.page))

    def find(self, slug: str) -> TreePage | None:
        """A page that can be read."""
        return next((one for one in self.written if one.page.slug == slug), None)

    def above(self, page: TreePage) -> list[TreePage]:
        """The pages above a page, the topmost first."""
        by_id: dict[int | None, TreePage] = {one.page.pk: one for one in self.pages}
        found: list[TreePage] = []
        parent = by_id.get(page.page.parent_id)
        while parent is not None and len(found) < MAX_DEPTH:
            found.insert(0, parent)
            parent = by_id.get(parent.page.parent_id)
        return found

    def neighbours(self, page: TreePage) -> tuple[TreePage | None, TreePage | None]:
        """The pages that are read before and after a page."""
        at = self.written.index(page)
        before = self.written[at - 1] if at else None
        return before, next(iter(self.written[at + 1 : at + 2]), None)


def load_tree(wiki: Wiki) -> PageTree:
    """The pages of the last plan, in the language that is read. One query.

    Addresses name the language if the interface has another one.
    """
    pages = PLANNED.rows(wiki_id=wiki.pk, language=reading_language())
    for page in pages:
        page.wiki = wiki  # nobody loads it again
    ids = {page.pk for page in pages}
    below: dict[int | None, list[WikiPage]] = {}
    for page in pages:
        parent = page.parent_id if page.parent_id in ids else None
        below.setdefault(parent, []).append(page)
    return PageTree(wiki, _branch(_page_urls(wiki, pages), below, None, 0))


def _planned(wiki_id: int, language: str) -> QuerySet[WikiPage]:
    """With whether a page can be read, and the title of its translation."""
    rows = WikiPage.objects.filter(wiki=wiki_id, is_removed=False).defer("files")
    versions = PageVersion.objects.filter(page=OuterRef("pk"))
    own = versions.filter(language=language).exclude(language=DEFAULT_LANGUAGE)
    newest = Subquery(own.order_by("-version_number").values("title")[:1])
    pages = rows.annotate(is_written=Exists(versions), translated_title=newest)
    return pages.order_by("position", "pk")[:MAX_PAGES]


PLANNED = CompiledQuery(_planned, wiki_id=-1, language="?")


def page_url(wiki: Wiki, page: WikiPage) -> str:
    """The address of a page in the language that is read."""
    return page_path(wiki, page) + language_query()


def page_path(wiki: Wiki, page: WikiPage) -> str:
    """The path of a page; the overview has that of the wiki."""
    if is_overview(page):
        return reverse("wiki", args=[wiki.repository_id])
    return reverse("wiki-page", args=[wiki.repository_id, page.slug])


def is_overview(page: WikiPage) -> bool:
    """Whether a page is the one to begin with."""
    return page.kind == WikiPage.Kind.OVERVIEW


def _page_urls(wiki: Wiki, pages: Iterable[WikiPage]) -> dict[int, str]:
    """By id, as `page_url`, with one look at the routes; of pages without a text empty."""
    overview, query = reverse("wiki", args=[wiki.repository_id]), language_query()
    start = reverse("wiki-page", args=[wiki.repository_id, SOME_SLUG]).removesuffix(SOME_SLUG)

    def url(page: WikiPage) -> str:
        if not page.is_written:  # type: ignore[attr-defined]
            return ""
        if is_overview(page):
            return overview + query
        return f"{start}{page.slug}{query}"

    return {page.pk: url(page) for page in pages}


def _branch(
    urls: Mapping[int, str],
    below: Mapping[int | None, list[WikiPage]],
    parent: int | None,
    depth: int,
) -> tuple[TreePage, ...]:
    if depth >= MAX_DEPTH:
        return ()
    return tuple(
        TreePage(
            page,
            urls[page.pk],
            _branch(urls, below, page.pk, depth + 1),
            page.translated_title or title_to_read(page),  # type: ignore[attr-defined]
        )
        for page in below.get(parent, ())
    )
