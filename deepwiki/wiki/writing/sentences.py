"""Sentences that are stored with pages and builds, by key."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop, override

from deepwiki.foundation.languages import LANGUAGES

INTERFACE = {language.answer: language.interface for language in LANGUAGES}
SENTENCES: Mapping[str, str] = {
    "page_is_cut": gettext_noop(
        "This page is cut here: the model wrote more than a page holds, or than it may."
    ),
    "no_page": gettext_noop("The model returned no page. Try this page again, or another model."),
    "no_slides": gettext_noop(
        "The model returned no slides that lines of the code support. Try this page again, or"
        " another model."
    ),
    "no_exercises": gettext_noop(
        "The model returned no exercises that lines of the code support. Try this page again, or"
        " another model."
    ),
    "no_claim": gettext_noop(
        "The model wrote nothing that lines of the code support. Try this page again, or another"
        " model."
    ),
}


def say(key: str, language: str = "en") -> str:
    """A sentence in the language of a page, by its code."""
    with override(INTERFACE.get(language, "en")):
        return gettext(SENTENCES[key])
