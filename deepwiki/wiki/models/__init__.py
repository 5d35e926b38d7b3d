"""The tables of the wiki: pages with all their versions, claims, and the builds that made them.

Who may read a repository may read its wiki; `Wiki.is_public` lets strangers in as well.
"""

from deepwiki.wiki.models.contributions import NoteVersion, PageNote, ReaderComment
from deepwiki.wiki.models.page_claim import PageClaim
from deepwiki.wiki.models.page_refresh import PageRefresh
from deepwiki.wiki.models.recorded_page import RecordedPage
from deepwiki.wiki.models.tables import (
    DEFAULT_LANGUAGE,
    BuildPage,
    PageVersion,
    RenderedPage,
    VisitorWiki,
    Wiki,
    WikiBuild,
    WikiPage,
)
from deepwiki.wiki.models.translation_request import TranslationRequest
from deepwiki.wiki.models.workshop_answer import WorkshopAnswer

__all__ = [
    "DEFAULT_LANGUAGE",
    "BuildPage",
    "NoteVersion",
    "PageClaim",
    "PageNote",
    "PageRefresh",
    "PageVersion",
    "ReaderComment",
    "RecordedPage",
    "RenderedPage",
    "TranslationRequest",
    "VisitorWiki",
    "Wiki",
    "WikiBuild",
    "WikiPage",
    "WorkshopAnswer",
]
