"""Words of names, slugs, and what files say of themselves. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

MAX_TITLE_CHARS = 120
MAX_SLUG_CHARS = 60
NOT_SLUG = re.compile(r"[^a-z0-9]+")
WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
SHORT_FORMS = frozenset(
    "api cli sql http https html css url json xml yaml csv io ui gis db orm os ssl tls "
    "jwt ssh tcp udp wsgi asgi rpc grpc sdk id ci mcp llm ai".split()
)
PLURALS = frozenset("urls apis ids dbs clis sdks".split())


@dataclass(frozen=True)
class NameHints:
    """What files say of themselves.

    `headings` has the first heading of documents by path, `sentences` their first sentence,
    `symbols` the most important names of files by path.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)


def humanized(name: str) -> str:
    """`http_server` and `HttpServer` as `HTTP server`."""
    text = " ".join(map(_cased, filter(None, WORD_STARTS.split(name))))
    return text[:1].upper() + text[1:]


def _cased(word: str) -> str:
    lower = word.lower()
    if lower in PLURALS:
        return f"{lower[:-1].upper()}s"
    return lower.upper() if lower in SHORT_FORMS else lower


def slug_of(title: str, taken: Container[str]) -> str:
    """A readable ASCII slug that is not taken."""
    slug = NOT_SLUG.sub("-", ascii_text(title).lower())[: MAX_SLUG_CHARS + 1].strip("-") or "page"
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(found for found in chain([slug], numbered) if found not in taken)


def ascii_text(text: str) -> str:
    """What of a text is ASCII, without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def numbered_title(title: str, taken: Container[str]) -> str:
    """The title, with a number where it is taken. `taken` are casefolded."""
    numbered = (f"{title} ({number})" for number in count(2))
    return next(found for found in chain([title], numbered) if found.casefold() not in taken)
