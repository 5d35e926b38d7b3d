"""Pages made from the code in another language: of their recorded sentences, without the index.

Such a version is stored at the first reading of it, and again when the page has a newer one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, Max, OuterRef

from deepwiki.wiki.content import ContentBlock, Node, PageContent, TextBlock
from deepwiki.wiki.models import DEFAULT_LANGUAGE, PageVersion, RecordedPage, Wiki, WikiPage
from deepwiki.wiki.pages import changed_texts, expanded, markdown
from deepwiki.wiki.pages.diagram_parts import cut
from deepwiki.wiki.pages.escaping import link
from deepwiki.wiki.translation.languages import BY_CODE, speaking
from deepwiki.wiki.translation.titles import has_standard_title, shown_title

MAX_TITLE_CHARS = 200
BATCH = 20  # pages that are read and stored at once


def store_recorded(version: PageVersion, content: PageContent) -> None:
    """Keep what a page is made from in other languages, unless a version says something else."""
    recorded = content.recorded
    if recorded is not None and _jsonable(version.content) == json_content(content):
        values = {"content": recorded.as_json()}
        RecordedPage.objects.update_or_create(version=version, defaults=values)


def json_content(content: PageContent) -> object:
    """A page as the database gives it back: lists where it has tuples."""
    return _jsonable(content.as_json())


def _jsonable(value: object) -> object:
    return json.loads(json.dumps(value))


def translate_recorded(wiki: Wiki, language: str, pages: Sequence[int] | None = None) -> int:
    """Make the missing and outdated versions in a language; how many were made.

    `pages` are ids; without them it is done for all pages. Texts that a person wrote in the
    language stay. The rows of a concurrent request are kept.
    """
    if language == DEFAULT_LANGUAGE or language not in BY_CODE:
        return 0
    missing = _missing(wiki, language, pages)
    titles = _Titles.of(wiki, language) if missing else None
    made = 0
    for start in range(0, len(missing), BATCH):
        ids = missing[start : start + BATCH]
        recorded = RecordedPage.objects.filter(pk__in=ids).select_related("version__page")
        rows = list(_rows(recorded, language, titles or _Titles({}, {}, {})))
        PageVersion.objects.bulk_create(rows, ignore_conflicts=True)
        made += len(rows)
    return made


def with_node_labels(content: PageContent, labels: Mapping[str, tuple[str, str]]) -> PageContent:
    """The page with other labels for boxes that are pages: by slug, before and after."""

    def node(each: Node) -> Node:
        before, after = labels.get(each.slug, ("", ""))
        return replace(each, label=cut(after)) if before and each.label == cut(before) else each

    def block(each: ContentBlock) -> ContentBlock:
        if isinstance(each, TextBlock):
            return each
        return replace(each, nodes=tuple(map(node, each.nodes)))

    return replace(content, blocks=tuple(map(block, content.blocks)))


@dataclass(frozen=True)
class _Titles:
    """The titles that plans gave: by slug, in English and in the language."""

    translated: Mapping[int, str]
    labels: Mapping[str, str]  # links in Markdown, from English ones
    nodes: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, wiki: Wiki, language: str) -> _Titles:
        pages = list(filter(has_standard_title, WikiPage.objects.filter(wiki=wiki).defer("files")))
        with speaking(language):
            shown = {page.pk: shown_title(page) for page in pages}
        return cls(
            shown,
            {link(page.title, page.slug): link(shown[page.pk], page.slug) for page in pages},
            {page.slug: (page.title, shown[page.pk]) for page in pages},
        )

    def in_content(self, content: PageContent) -> PageContent:
        """A page whose links and diagrams have them."""
        return with_node_labels(changed_texts(content, self.with_labels), self.nodes)

    def with_labels(self, text: str) -> str:
        """Markdown whose links to such pages have their titles in the language."""
        if "](wiki:" not in text:
            return text
        for english, translated in self.labels.items():
            text = text.replace(english, translated)
        return text


def _missing(wiki: Wiki, language: str, pages: Sequence[int] | None) -> list[int]:
    """The ids of what those newest originals were made from that lack a version."""
    originals = _newest(wiki, pages)
    others = PageVersion.objects.filter(language=language)
    of_original = others.filter(translated_from=OuterRef("version_id"))
    by_person = others.filter(page=OuterRef("version__page_id"), translated_from=None)
    rows = RecordedPage.objects.filter(version__in=originals)
    lacking = rows.exclude(Exists(of_original)).exclude(Exists(by_person))
    return list(lacking.order_by("pk").values_list("pk", flat=True))


def _newest(wiki: Wiki, pages: Sequence[int] | None) -> list[int]:
    """The ids of the newest originals."""
    rows = PageVersion.objects.filter(page__wiki=wiki, language=DEFAULT_LANGUAGE)
    if pages is not None:
        rows = rows.filter(page__in=pages)
    newest = rows.order_by("page_id", "-version_number").distinct("page_id")
    return list(newest.values_list("pk", flat=True))


def _rows(
    recorded: Iterable[RecordedPage], language: str, titles: _Titles
) -> Iterator[PageVersion]:
    pages = list(recorded)
    last = _last_numbers(pages, language)
    with speaking(language) as say:
        for each in pages:
            content = expanded(PageContent.from_json(each.content), say)
            version = _row(each.version, titles.in_content(content), titles)
            version.language = language
            version.version_number = last.get(version.page_id, 0) + 1
            yield version


def _row(original: PageVersion, content: PageContent, titles: _Titles) -> PageVersion:
    title = titles.translated.get(original.page_id, original.title)[:MAX_TITLE_CHARS]
    return PageVersion(
        page=original.page,
        title=title,
        commit=original.commit,
        content=content.as_json(),
        text=markdown(content, title),
        made_by=original.made_by,
        translated_from=original,
    )


def _last_numbers(pages: Iterable[RecordedPage], language: str) -> Mapping[int, int]:
    """By id of a page, the number of its newest version in a language."""
    ids = [each.version.page_id for each in pages]
    rows = PageVersion.objects.filter(page__in=ids, language=language).order_by()
    return dict(rows.values_list("page_id").annotate(Max("version_number")))
