"""What the page of a wiki's page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deepwiki.wiki.models import PageVersion
from deepwiki.wiki.reading.page_ledger import page_ledger, shown_summary
from deepwiki.wiki.reading.page_tree import PageTree, TreePage
from deepwiki.wiki.reading.rendered_page import PageHtml, rendered
from deepwiki.wiki.web.claims_text import claims_text
from deepwiki.wiki.web.page_languages import asked_languages
from deepwiki.wiki.web.settings_notices import settings_notices
from deepwiki.wiki.web.wiki_state import WikiState
from repos.models import Index

SHOWN_SOURCES = 12
MAX_SOURCES = 200
MAX_QUESTIONS = 6
NAMED_FILES = 3  # in a question about a page


@dataclass(frozen=True)
class PageSources:
    """Paths that a page is about or cites: the first of them, the rest, how many are not listed."""

    first: Sequence[str]
    rest: Sequence[str]
    unlisted: int

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.first) + len(self.rest) + self.unlisted


def page_context(
    state: WikiState,
    tree: PageTree,
    page: TreePage,
    *,
    for_strangers: bool,
    made: str | None = None,
) -> dict[str, Any]:
    """Context of `wiki/page.html`. Raises Http404 for a page without a version.

    `made` is as in `asked_languages`.
    """
    languages = asked_languages(page.page, made)
    version = languages.version
    ledger = page_ledger(version)
    shown = rendered(version, state.repository, for_strangers=for_strangers, ledger=ledger)
    before, after = (None, None) if page.page.is_removed else tree.neighbours(page)
    content, files = version.content, page.page.files
    return {
        "tree": tree,
        "page": page,
        "above": tree.above(page),
        "before": before,
        "after": after,
        "version": version,
        "shown": shown,
        "summary": shown_summary(version, ledger),
        "about": _about(page.title, files),
        "languages": languages,
        "questions": content.get("questions", ())[:MAX_QUESTIONS],
        "html": shown.as_html(tree.urls),
        "headings": shown.headings,
        "left_out": shown.left_out,
        "sources": _sources(files, shown),
        "claims": claims_text(ledger.counts),
        "behind": behind_text(version, state.repository.current_index),
        "is_overview": page == tree.overview,
        "coverage": tree.wiki.coverage,
        "settings_notices": list(settings_notices(tree.wiki)),
    }


def _about(title: str, files: Sequence[str]) -> str:
    """What is added to a question that is typed on a page: its title and its first files."""
    names = ", ".join(f"`{path}`" for path in files[:NAMED_FILES])
    if not names:
        return _("About the wiki page “%(title)s”.") % {"title": title}
    values = {"title": title, "files": names}
    return _("About the wiki page “%(title)s”: %(files)s") % values


def behind_text(version: PageVersion, index: Index | None) -> str:
    """That the index stands at another commit than a version; empty if it does not."""
    if index is None:
        return ""
    return _ahead_text(index.commits_since(version.commit) or 0)


def _ahead_text(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(n)s commit ahead", "%(n)s commits ahead", count) % {"n": count}


def _sources(files: Sequence[str], shown: PageHtml) -> PageSources:
    paths = list(dict.fromkeys([*files[:MAX_SOURCES], *shown.cited]))
    return PageSources(
        paths[:SHOWN_SOURCES], paths[SHOWN_SOURCES:MAX_SOURCES], max(0, len(files) - MAX_SOURCES)
    )
