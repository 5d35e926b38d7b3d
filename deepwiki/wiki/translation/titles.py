"""Titles that plans give to pages, in a reader's language. Others stay as they are."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

from deepwiki.wiki.models import WikiPage
from deepwiki.wiki.pages import SENTENCES
from deepwiki.wiki.translation.languages import reading_language, speaking

TITLE_KEYS: Final = frozenset(key for key in SENTENCES if key.startswith("title_"))
REST_TITLE: Final = SENTENCES["title_files"]


def shown_title(page: WikiPage) -> str:
    """The title of a page in the current language."""
    return gettext(page.title) if has_standard_title(page) else page.title


def title_to_read(page: WikiPage) -> str:
    """The title of a page in the language that pages are read in."""
    if not has_standard_title(page):
        return page.title
    with speaking(reading_language()):
        return gettext(page.title)


def has_standard_title(page: WikiPage) -> bool:
    """Whether a plan gave a page one of its own titles."""
    if page.kind == WikiPage.Kind.PART:
        return page.title == REST_TITLE
    key = f"title_{page.topic or page.kind}"
    return key in TITLE_KEYS and SENTENCES[key] == page.title
