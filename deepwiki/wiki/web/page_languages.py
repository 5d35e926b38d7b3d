"""The languages in which a page can be read, and what to say of the one that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from deepwiki.foundation.languages import LANGUAGES
from deepwiki.wiki.models import PageVersion, TranslationRequest, WikiPage
from deepwiki.wiki.reading.current_versions import current_version, version_from_code
from deepwiki.wiki.translation.languages import (
    BY_CODE,
    html_language,
    interface_language,
    language_query,
    reading_language,
)
from deepwiki.wiki.translation.originals import original_of
from deepwiki.wiki.translation.page_requests import (
    TranslationEstimate,
    estimated,
    is_going_on,
    open_request,
)


@dataclass(frozen=True)
class LanguageLink:
    """A language to read a page in; `code` is that of versions, `html` that of BCP 47."""

    name: str
    code: str
    html: str
    is_read: bool


@dataclass(frozen=True)
class PageLanguages:
    """The languages of a page of which a version is shown.

    `behind` is what a model wrote in another language, where what was made from the code is
    shown instead.
    """

    version: PageVersion
    behind: PageVersion | None = None

    @cached_property
    def request(self) -> TranslationRequest | None:
        """What became of the last request for the language."""
        return open_request(self.version.page, reading_language())

    @property
    def is_requested(self) -> bool:
        """Whether it is being translated."""
        return self.request is not None and is_going_on(self.request)

    @cached_property
    def estimate(self) -> TranslationEstimate | None:
        """What a translation by a model takes; None where none can be made."""
        if self.original is None:
            return None
        return estimated(self.original)

    @cached_property
    def original(self) -> PageVersion | None:
        """What the page is translated from."""
        return original_of(self.version.page)

    @property
    def original_html(self) -> str:
        """The BCP 47 code of what it is translated from; empty without it."""
        return html_language(self.original.language) if self.original is not None else ""

    @property
    def untranslated(self) -> int:
        """How many paragraphs of a translation stay as they were written."""
        count = self.version.content.get("untranslated", 0)
        return count if isinstance(count, int) else 0

    @property
    def links(self) -> Iterator[LanguageLink]:
        """All ten; the one that was asked for is marked, whether the page has it or not."""
        read = reading_language()
        for each in LANGUAGES:
            html = html_language(each.answer)
            yield LanguageLink(each.own_name, each.answer, html, each.answer == read)

    @property
    def code(self) -> str:
        """Of the language that was asked for, as versions have it."""
        return reading_language()

    @property
    def query(self) -> str:
        """What addresses of the version that is shown end with."""
        if self.behind is None:
            return language_query()
        return self.query_of_code

    @property
    def query_of_code(self) -> str:
        """What addresses of the version that was made from the code end with."""
        return f"?language={self.code}&made={PageVersion.Author.CODE}"

    @property
    def name(self) -> str:
        """Of the language that was asked for, in that language."""
        return _own_name(reading_language())

    @property
    def is_missing(self) -> bool:
        """Whether the page is shown in another language than what was asked for."""
        return self.version.language != reading_language()

    @property
    def is_by_model(self) -> bool:
        """Whether a model wrote what is shown."""
        return self.version.made_by == PageVersion.Author.MODEL

    @property
    def shown_name(self) -> str:
        """Of the language of what is shown, in that language."""
        return _own_name(self.version.language)

    @property
    def behind_name(self) -> str:
        """Of the language of what a model wrote, in that language."""
        return _own_name(self.behind.language) if self.behind is not None else ""

    @cached_property
    def from_code(self) -> PageVersion | None:
        """What was made from the code, where a model has written the page in another language.

        None of workshops: answers are kept to one of them.
        """
        page = self.version.page
        if page.kind == WikiPage.Kind.WORKSHOP or not (self.is_missing and self.is_by_model):
            return None
        return version_from_code(page)

    @property
    def html(self) -> str:
        """The BCP 47 code of what is shown; empty where it is the interface's."""
        shown = self.version.language
        return html_language(shown) if shown != interface_language() else ""

    @property
    def is_outdated(self) -> bool:
        """Whether what it is translated from has been followed by a newer version."""
        if self.version.translated_from_id is None:
            return False
        return self.original is not None and self.original.pk != self.version.translated_from_id


def asked_languages(page: WikiPage, made: str | None) -> PageLanguages:
    """The languages of a page, with the version that is asked for.

    `made` is `code` for what was made from the code, where a model has written the page in
    another language. Raises Http404 while the page is not written.
    """
    version = current_version(page)
    if version is None:
        raise Http404
    languages = PageLanguages(version)
    if made != PageVersion.Author.CODE or languages.from_code is None:
        return languages
    return PageLanguages(languages.from_code, behind=version)


def _own_name(code: str) -> str:
    return BY_CODE[code].own_name if code in BY_CODE else code
