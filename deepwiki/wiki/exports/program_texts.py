"""Wikis as texts for programs: what `chat.services.wiki_texts` asks for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from chat.services.named_repositories import model_name
from chat.services.wiki_texts import WikiPageText
from deepwiki.wiki.exports.page_markdown import with_targets
from deepwiki.wiki.exports.wiki_export import ExportedPage, WikiExport, load_export
from deepwiki.wiki.models import DEFAULT_LANGUAGE, WikiPage
from deepwiki.wiki.permissions import find_readable_wiki, readable_wikis
from repos.models.repository import Identified


class ProgramTexts:
    """See WikiReader."""

    def pages(self, person: Identified, repository_id: uuid.UUID) -> Sequence[WikiPageText]:
        """See WikiReader. In English where there is a version in it."""
        wiki = find_readable_wiki(person, repository_id)
        if wiki is None:
            return []
        export = load_export(wiki, DEFAULT_LANGUAGE)
        name = model_name(wiki.repository)
        return [_page(name, export, page) for page in export.pages]

    def titles(
        self, person: Identified, after: int, count: int
    ) -> Sequence[tuple[int, WikiPageText]]:
        """See WikiReader: in the order in which the pages were made."""
        wikis = readable_wikis(person).order_by().values("pk")
        rows = WikiPage.objects.filter(wiki__in=wikis, is_removed=False, pk__gt=after)
        written = rows.filter(versions__isnull=False).distinct().defer("files").order_by("pk")
        pages = written.select_related("wiki__repository")[:count]
        return [(page.pk, _title(page)) for page in pages]


def _page(name: str, export: WikiExport, page: ExportedPage) -> WikiPageText:
    return WikiPageText(
        repository=name,
        slug=page.slug,
        title=page.version.title,
        summary=page.summary,
        above=tuple(page.above),
        commit=page.version.commit,
        text=with_targets(page.text, export.slugs, "#{}".format),
    )


def _title(page: WikiPage) -> WikiPageText:
    return WikiPageText(model_name(page.wiki.repository), page.slug, page.title)
