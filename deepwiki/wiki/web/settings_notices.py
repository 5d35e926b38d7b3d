"""What is to be told of the plan of a wiki: settings that could not be used, missing code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from deepwiki.wiki.models import Wiki

NOTICES: Mapping[str, str] = {
    "settings_too_large": gettext_noop("%(detail)s is too large and was not read."),
    "settings_not_readable": gettext_noop(
        "%(detail)s could not be read: it is no valid JSON or TOML."
    ),
    "settings_wrong_type": gettext_noop(
        "%(detail)s has a value of the wrong type, which was left out."
    ),
    "settings_cut": gettext_noop("%(detail)s holds more than is read; the rest was left out."),
    "settings_page_left_out": gettext_noop(
        "%(detail)s: a page without a title of its own was left out."
    ),
    "settings_parent_left_out": gettext_noop(
        "%(detail)s: the page that this one is to stand under does not exist, or stands under it."
    ),
    "settings_unknown_language": gettext_noop(
        "%(detail)s: pages cannot be written in this language; they are in English."
    ),
    "no_code": gettext_noop("There is no code here; the parts are made of the other files."),
    "no_files": gettext_noop("There is no file here that a page could be about."),
}


def settings_notices(wiki: Wiki) -> Iterator[str]:
    """The notices of the last plan, as sentences."""
    found: list[Mapping[str, Any]] = wiki.coverage.get("notices", [])
    for notice in found:
        sentence = NOTICES.get(notice["code"])
        if sentence is not None:
            yield gettext(sentence) % {"detail": notice["detail"]}
