"""Errors of builds, stored as English sentences, in the language of whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext

from chat.web.ui_strings import known_sentences
from deepwiki.wiki.builds.runner import INTERNAL, SOME_FAILED, SOME_FROM_CODE

MAX_CHARS = 2_000
MIN_CHARS = 10  # of a sentence beside its places
NUMBERS = frozenset({"done", "total", "failed", "count", "limit", "number", "seconds"})
COLON = ": "
MAX_COLONS = 20
PLACE = re.compile(r"\{(\w+)\}")


def translated_error(text: str) -> str:
    """A stored sentence in the current language; itself if it is none of ours.

    One that was filled in is looked up by its template, and an error within it as well.
    """
    text = text[:MAX_CHARS]
    translated = gettext(text) if text else ""
    if translated != text:
        return translated
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return _filled(template, found.groupdict())
    return text


def _filled(template: str, values: dict[str, str]) -> str:
    if "error" in values:
        values |= _title_and_error(f"{values['title']}{COLON}{values['error']}")
    return gettext(template).format_map(values)


def _title_and_error(text: str) -> dict[str, str]:
    """Parted where a sentence of ours begins, since both may have colons; else at the first."""
    parts = text.split(COLON, MAX_COLONS)
    for at in range(1, len(parts)):
        error = COLON.join(parts[at:])
        translated = translated_error(error)
        if translated != error:
            return {"title": COLON.join(parts[:at]), "error": translated}
    return {"title": parts[0], "error": COLON.join(parts[1:])}


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Sentences that are filled in, each with what finds its values in a text."""
    sentences = (SOME_FAILED, SOME_FROM_CODE, INTERNAL, *known_sentences())
    return tuple((each, _pattern(each)) for each in sentences if _can_be_found(each))


def _can_be_found(sentence: str) -> bool:
    """Whether it has places, each once, and words of its own."""
    names = PLACE.findall(sentence)
    words = PLACE.sub("", sentence)
    return len(set(names)) == len(names) > 0 and len(words) > MIN_CHARS


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("".join(_parts(sentence)), re.DOTALL)


def _parts(sentence: str) -> Iterator[str]:
    """Literal text and names by turns, as PLACE splits them."""
    for at, part in enumerate(PLACE.split(sentence)):
        if at % 2 == 0:
            yield re.escape(part)
        elif part in NUMBERS:
            yield rf"(?P<{part}>[\d.,]{{1,20}})"
        else:
            yield rf"(?P<{part}>.{{1,{MAX_CHARS}}}?)"
