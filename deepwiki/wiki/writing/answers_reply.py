"""Which questions a model could answer from a page, and where on it; its quotations are checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deepwiki.wiki.writing.json_reply import dicts, json_object, text_of

MIN_QUOTE_CHARS = 12
MAX_QUOTE_CHARS = 600
MAX_HEADING_CHARS = 120
HEADING = re.compile(r"^#{1,6}\s+(.+)$")
NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class _Section:
    heading: str
    words: str


def read_answers(reply: str, count: int, page: str) -> dict[int, str] | None:
    """By number of a question (from 1), the heading of the section that answers it.

    An answer counts where the words that it quotes stand on the page. None for a reply that is
    no JSON of the shape that was asked for.
    """
    value = json_object(reply)
    if value is None or not isinstance(value.get("answers"), list):
        return None
    sections = list(_sections(page))
    found: dict[int, str] = {}
    for answer in dicts(value["answers"], 4 * count):
        number = answer.get("n")
        place = _quoted_heading(text_of(answer.get("quote"), MAX_QUOTE_CHARS), sections)
        if type(number) is int and 1 <= number <= count and place is not None:
            found.setdefault(number, place)
    return found


def _quoted_heading(quote: str, sections: list[_Section]) -> str | None:
    """The heading of the first section that has the words of a quotation."""
    words = _words(quote)
    if len(words) < MIN_QUOTE_CHARS:
        return None
    return next(_headings_of(words, sections), None)


def _headings_of(words: str, sections: list[_Section]) -> Iterator[str]:
    return (section.heading for section in sections if words in section.words)


def _sections(page: str) -> Iterator[_Section]:
    heading, lines = "", list[str]()
    for line in page.splitlines():
        found = HEADING.match(line)
        if found is not None:
            yield _Section(heading, _words("\n".join(lines)))
            heading, lines = found[1][:MAX_HEADING_CHARS], []
        lines.append(line)
    yield _Section(heading, _words("\n".join(lines)))


def _words(text: str) -> str:
    """The words of a text, whatever stands between them."""
    return NOT_WORD.sub(" ", text).strip().casefold()
