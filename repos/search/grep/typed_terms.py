"""What a person types into the code search, in the words of code hosts.

`path:src lang:python -path:*.md symbol:Name case:yes word:yes "some text" /a.*b/ -"other text"`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import re2
from django.utils.translation import gettext_noop

from repos.indexing.languages import BY_SUFFIX
from repos.search.filters import Filters
from repos.search.grep.results import ExcludedText, GrepOptions

MAX_QUERY_CHARS = 2_000
MAX_TERMS = 100
MAX_EXCLUDED = 20
SWITCHES = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
ALIASES = {"c++": "cpp", "c#": "csharp", "shell": "bash", "golang": "go", "docker": "docker"}
TERM = re.compile(
    r"""(?P<minus>-?)(?:
        (?P<field>path|file|lang|language|symbol|case|word):(?P<value>"[^"]*"|\S*)
        |"(?P<exact>(?:\\.|[^"\\])+)"(?=\s|$)
        |/(?P<regex>(?:\\.|[^/\\])+)/(?=\s|$)
    )
    |(?P<text>\S+)""",
    re.VERBOSE | re.IGNORECASE,
)


class QueryNotice(StrEnum):
    """What a person should know of how a query was read."""

    OPEN_QUOTE = gettext_noop(
        'A quotation mark is not closed, so it was searched for like other text. Write "…" for a phrase.'
    )
    MINUS_TEXT = gettext_noop(
        'A word with a minus was searched for as it stands. Write -"word" to leave out files that hold it.'
    )
    NO_SWITCH = gettext_noop("case: and word: take yes or no; another value was left aside.")
    NO_NAME = gettext_noop("symbol: takes a name or a part of one, not an expression.")
    TOO_MANY = gettext_noop(
        "The query has more parts than are read: the last ones were left aside."
    )
    ONLY_FILTERS = gettext_noop("Add what to search for: these parts only say where, or what not.")


@dataclass(frozen=True)
class GrepQuery:
    """A pattern, empty if there is nothing to search for, how to search, and what to tell."""

    pattern: str
    options: GrepOptions
    notices: tuple[QueryNotice, ...] = ()


@dataclass(frozen=True)
class _Fields:
    """The terms of a query with a field."""

    terms: Sequence[re.Match[str]]

    def values(self, *names: str, minus: str = "") -> tuple[str, ...]:
        found = (t for t in self.terms if t["field"].lower() in names and t["minus"] == minus)
        return tuple(filter(None, (term["value"].strip('"') for term in found)))

    def is_on(self, name: str) -> bool:
        """Whether a switch is on; a minus turns it around, the last one counts."""
        state = False
        for term in self.terms:
            value = SWITCHES.get(term["value"].strip('"').lower())
            if term["field"].lower() == name and value is not None:
                state = value != bool(term["minus"])
        return state

    def languages(self, minus: str = "") -> tuple[str, ...]:
        names = self.values("lang", "language", minus=minus)
        return tuple(_language(name.lower()) for name in names)

    def symbols(self, minus: str = "") -> tuple[str, ...]:
        names = (name.strip("*") for name in self.values("symbol", minus=minus))
        return tuple(name for name in names if name and not _is_expression(name))


def parse_query(text: str) -> GrepQuery:
    """Never fails: what is no field is searched for."""
    terms = list(_terms(text[:MAX_QUERY_CHARS]))
    read = terms[:MAX_TERMS]
    options = _options(read)
    pieces = [term for term in read if not term["field"] and not term["minus"]]
    pattern, options = _pattern(pieces, options)
    return GrepQuery(pattern, options, tuple(_notices(terms, pattern)))


def _pattern(pieces: Sequence[re.Match[str]], options: GrepOptions) -> tuple[str, GrepOptions]:
    if not pieces and options.symbols:
        return "|".join(map(re2.escape, options.symbols)), replace(options, names_only=True)
    if any(piece["regex"] for piece in pieces):
        return ".*".join(map(_as_regex, pieces)), options
    return " ".join(map(_as_text, pieces)), replace(options, is_regex=False)


def _terms(text: str) -> Iterator[re.Match[str]]:
    return TERM.finditer(text)


def _as_text(term: re.Match[str]) -> str:
    return term["text"] or re.sub(r'\\(["\\])', r"\1", term["exact"])


def _as_regex(term: re.Match[str]) -> str:
    return term["regex"] or re2.escape(_as_text(term))


def _options(terms: Sequence[re.Match[str]]) -> GrepOptions:
    fields = _Fields([term for term in terms if term["field"]])
    excluded = [term for term in terms if term["minus"] and not term["field"]]
    return GrepOptions(
        case_sensitive=fields.is_on("case"),
        whole_word=fields.is_on("word"),
        filters=Filters(
            included_files=fields.values("path", "file"),
            excluded_files=fields.values("path", "file", minus="-"),
        ),
        languages=fields.languages(),
        excluded_languages=fields.languages(minus="-"),
        symbols=fields.symbols(),
        excluded_symbols=fields.symbols(minus="-"),
        excluded_texts=tuple(map(_excluded, excluded[:MAX_EXCLUDED])),
    )


def _excluded(term: re.Match[str]) -> ExcludedText:
    return ExcludedText(term["regex"] or _as_text(term), is_regex=bool(term["regex"]))


def _notices(terms: Sequence[re.Match[str]], pattern: str) -> Iterator[QueryNotice]:
    texts = [term["text"] for term in terms if term["text"]]
    if any(text.lstrip("-").startswith('"') for text in texts):
        yield QueryNotice.OPEN_QUOTE
    if any(_is_negated_word(text) for text in texts):
        yield QueryNotice.MINUS_TEXT
    fields = [term for term in terms if term["field"]]
    if any(_is_no_switch(field) for field in fields):
        yield QueryNotice.NO_SWITCH
    if any(f["field"].lower() == "symbol" and _is_expression(f["value"]) for f in fields):
        yield QueryNotice.NO_NAME
    if len(terms) > MAX_TERMS or sum(_is_excluded(term) for term in terms) > MAX_EXCLUDED:
        yield QueryNotice.TOO_MANY
    if terms and not pattern:
        yield QueryNotice.ONLY_FILTERS


def _is_negated_word(text: str) -> bool:
    return len(text) > 2 and text[0] == "-" and text[1].isalpha()


def _is_excluded(term: re.Match[str]) -> bool:
    return bool(term["minus"]) and not term["field"]


def _is_no_switch(term: re.Match[str]) -> bool:
    value = term["value"].strip('"').lower()
    return term["field"].lower() in ("case", "word") and value != "" and value not in SWITCHES


def _is_expression(name: str) -> bool:
    return len(name) > 1 and name.startswith("/") and name.endswith("/")


def _language(name: str) -> str:
    return ALIASES.get(name) or BY_SUFFIX.get(name, name)
