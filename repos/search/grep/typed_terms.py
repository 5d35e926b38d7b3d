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
NEGATED_WORD = re.compile(r"-[^\W\d_].")
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


Term = re.Match[str]


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

    terms: Sequence[Term]

    def values(self, *names: str, minus: str = "") -> tuple[str, ...]:
        found = (t for t in self.terms if _field(t) in names and t["minus"] == minus)
        return tuple(filter(None, map(_value, found)))

    def is_on(self, name: str) -> bool:
        """Whether a switch is on; a minus turns it around, the last one counts."""
        states = [_switch(term) for term in self.terms if _field(term) == name]
        return next((state for state in reversed(states) if state is not None), False)

    def paths(self, minus: str = "") -> tuple[str, ...]:
        paths = self.values("path", "file", minus=minus)
        return tuple(path.removeprefix("./") or path for path in paths)

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


def _pattern(pieces: Sequence[Term], options: GrepOptions) -> tuple[str, GrepOptions]:
    if not pieces and options.symbols:
        return "|".join(map(re2.escape, options.symbols)), replace(options, names_only=True)
    if any(piece["regex"] for piece in pieces):
        return ".*".join(map(_as_regex, pieces)), options
    return " ".join(map(_as_text, pieces)), replace(options, is_regex=False)


def _terms(text: str) -> Iterator[Term]:
    return TERM.finditer(text)


def _as_text(term: Term) -> str:
    return term["text"] or re.sub(r'\\(["\\])', r"\1", term["exact"])


def _as_regex(term: Term) -> str:
    return term["regex"] or re2.escape(_as_text(term))


def _options(terms: Sequence[Term]) -> GrepOptions:
    fields = _Fields([term for term in terms if term["field"]])
    excluded = [term for term in terms if term["minus"] and not term["field"]]
    return GrepOptions(
        case_sensitive=fields.is_on("case"),
        whole_word=fields.is_on("word"),
        filters=Filters(
            included_files=fields.paths(),
            excluded_files=fields.paths(minus="-"),
        ),
        languages=fields.languages(),
        excluded_languages=fields.languages(minus="-"),
        symbols=fields.symbols(),
        excluded_symbols=fields.symbols(minus="-"),
        excluded_texts=tuple(map(_excluded, excluded[:MAX_EXCLUDED])),
    )


def _excluded(term: Term) -> ExcludedText:
    return ExcludedText(term["regex"] or _as_text(term), is_regex=bool(term["regex"]))


def _notices(terms: Sequence[Term], pattern: str) -> Iterator[QueryNotice]:
    """What is to be told of terms that gave a pattern."""
    for notice, applies in NOTICES:
        if any(map(applies, terms)):
            yield notice
    if _has_too_many(terms):
        yield QueryNotice.TOO_MANY
    if terms and not pattern:
        yield QueryNotice.ONLY_FILTERS


def _has_too_many(terms: Sequence[Term]) -> bool:
    return len(terms) > MAX_TERMS or sum(map(_is_excluded, terms)) > MAX_EXCLUDED


def _has_open_quote(term: Term) -> bool:
    return _text(term).lstrip("-").startswith('"')


def _is_negated_word(term: Term) -> bool:
    return NEGATED_WORD.match(_text(term)) is not None


def _is_excluded(term: Term) -> bool:
    return bool(term["minus"]) and not term["field"]


def _is_no_switch(term: Term) -> bool:
    value = _value(term).lower()
    return _field(term) in ("case", "word") and value != "" and value not in SWITCHES


def _is_no_name(term: Term) -> bool:
    return _field(term) == "symbol" and _is_expression(_value(term))


def _is_expression(name: str) -> bool:
    return len(name) > 1 and name.startswith("/") and name.endswith("/")


def _switch(term: Term) -> bool | None:
    """Whether a switch is turned on; None for a value that is none."""
    value = SWITCHES.get(_value(term).lower())
    return None if value is None else value != bool(term["minus"])


def _text(term: Term) -> str:
    return term["text"] or ""


def _field(term: Term) -> str:
    return (term["field"] or "").lower()


def _value(term: Term) -> str:
    return (term["value"] or "").strip('"')


NOTICES = (
    (QueryNotice.OPEN_QUOTE, _has_open_quote),
    (QueryNotice.MINUS_TEXT, _is_negated_word),
    (QueryNotice.NO_SWITCH, _is_no_switch),
    (QueryNotice.NO_NAME, _is_no_name),
)


def _language(name: str) -> str:
    return ALIASES.get(name) or BY_SUFFIX.get(name, name)
