"""Options and results of a search by pattern."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_noop

from repos.search.filters import Filters
from repos.search.grep.matches import FoundLine


class GrepNotice(StrEnum):
    """What a person should know of a result."""

    NO_PIECE = gettext_noop(
        "Nothing in this pattern narrows the search, so every file was read. Three fixed letters in a row make it quick."
    )
    OLDER_INDEX = gettext_noop(
        "This index was made by an earlier version, so every file was read. Update it to search faster."
    )
    TOO_SLOW = gettext_noop("The search took too long and ended early: there may be more.")
    TOO_MANY_BYTES = gettext_noop(
        "There was too much text to read all of it: there may be more matches."
    )
    TOO_MANY_MATCHES = gettext_noop(
        "There are more matches than are counted. Make the pattern more precise."
    )
    LONGER_NAMES = gettext_noop(
        "No definition has exactly this name. These have it in a longer one, or in other letters."
    )


@dataclass(frozen=True)
class ExcludedText:
    """A text, or a regular expression, that leaves out the files which hold it."""

    text: str
    is_regex: bool = False


@dataclass(frozen=True)
class GrepOptions:
    """How and where to search.

    `symbols` leaves only lines within definitions of these names; with `names_only` the
    lines with these names themselves are found, whatever the pattern. `excluded_symbols`
    leaves out lines within definitions of these names, `excluded_texts` the files that
    hold one of these. `limit` files are returned, from the one at `offset` on.
    """

    is_regex: bool = True
    case_sensitive: bool = False
    whole_word: bool = False
    filters: Filters = field(default_factory=Filters)
    languages: tuple[str, ...] = ()
    excluded_languages: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    excluded_symbols: tuple[str, ...] = ()
    excluded_texts: tuple[ExcludedText, ...] = ()
    names_only: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True)
class MatchedFile:
    """A file with matches: lines that match, with context, and how many matches it has.

    `is_cut`: it may have more than `count`.
    """

    repository_id: uuid.UUID
    commit: str
    path: str
    language: str
    role: str
    lines: Sequence[FoundLine]
    count: int
    is_cut: bool


@dataclass(frozen=True)
class GrepResult:
    """The files of one page, and counts of all; `is_cut`: there may be more.

    `read` of `total` files were read, the others could not match or were not reached.
    """

    files: Sequence[MatchedFile] = ()
    file_count: int = 0
    match_count: int = 0
    is_cut: bool = False
    read: int = 0
    notices: tuple[GrepNotice, ...] = ()

    def has_more(self, options: GrepOptions) -> bool:
        """Whether another page of files follows."""
        return self.file_count > options.offset + len(self.files)
