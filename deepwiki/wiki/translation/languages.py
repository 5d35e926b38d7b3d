"""Languages of pages: their codes, their sentences, how they write numbers.

Versions have the codes of answers (`kr`, `zh-tw`), the interface has Django's, HTML has BCP 47's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, ngettext, override

from deepwiki.foundation.languages import ANSWER_CODE, LANGUAGES, Language
from deepwiki.wiki.models import DEFAULT_LANGUAGE
from deepwiki.wiki.pages import Translator

BY_CODE = {language.answer: language for language in LANGUAGES}
_reading: ContextVar[str] = ContextVar("reading", default="")
SCRIPTS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "pt-br": "pt-BR"}


def interface_language() -> str:
    """The code of the interface's language, as versions have it."""
    return ANSWER_CODE.get(get_language() or settings.LANGUAGE_CODE, "")


def find_language(code: str) -> Language | None:
    """The language of a code, be it that of answers, Django's or BCP 47's."""
    wanted = code.strip().lower()
    found = (each for each in LANGUAGES if wanted in (each.answer, each.interface))
    return next(found, None)


@contextmanager
def reading(code: str) -> Iterator[None]:
    """Pages are read in the language of a code within the block, where there is one of it."""
    found = find_language(code)
    token = _reading.set(found.answer if found is not None else "")
    try:
        yield
    finally:
        _reading.reset(token)


def reading_language() -> str:
    """The language that pages are read in: the one that was asked for, else the interface's."""
    return _reading.get() or interface_language()


def language_query() -> str:
    """What addresses of pages end with: the language, if the interface has another one."""
    language = reading_language()
    return f"?language={language}" if language != interface_language() else ""


def html_language(code: str) -> str:
    """The BCP 47 code of a version's language."""
    interface = BY_CODE[code].interface if code in BY_CODE else code
    return SCRIPTS.get(interface, interface)


@contextmanager
def speaking(code: str) -> Iterator[Translator]:
    """The sentences of a language, within the block."""
    language = BY_CODE.get(code, BY_CODE[DEFAULT_LANGUAGE])
    with override(language.interface):
        yield Translator(gettext, ngettext, _grouped)


def _grouped(count: int) -> str:
    return str(number_format(count, use_l10n=True, force_grouping=True))
