"""Wrong choices for questions of exercises: names and files of the same repository."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Set
from itertools import islice

from deepwiki.wiki.pages.escaping import code
from deepwiki.wiki.pages.scoring import public, unique_names
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import Symbol
from deepwiki.wiki.pages.tour_steps import shown_name

MAX_WRONG = 3
MAX_PATH_CHARS = 200
IDENTIFIER = re.compile(r"[^\W\d]\w*")


def other_names(source: PageSource, kinds: Container[str], right: Set[str]) -> tuple[str, ...]:
    """Definitions of a page's files, none of whose names may be a right answer."""
    known = unique_names(public(source.of_kinds(kinds)))
    found = (each for each in known if each.name not in right and each.qualified_name not in right)
    return tuple(shown_name(each) for each in islice(found, MAX_WRONG))


def other_files(paths: Iterable[str], right: Container[str]) -> tuple[str, ...]:
    """Files that are no right answer, as code."""
    found = (path for path in paths if path not in right)
    return tuple(shown_path(path) for path in islice(found, MAX_WRONG))


def shown_path(path: str) -> str:
    """A path as a choice."""
    return code(path, MAX_PATH_CHARS)


def named_in(symbol: Symbol, text: str) -> set[str]:
    """The identifiers in the lines of a definition."""
    return set(IDENTIFIER.findall(_lines_of(symbol, text)))


def _lines_of(symbol: Symbol, text: str) -> str:
    return "\n".join(text.split("\n")[symbol.start - 1 : symbol.end])
