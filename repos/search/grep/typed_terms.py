"""What a person types into the code search, in the words of code hosts.

`path:src lang:python -path:*.md symbol:Name case:yes word:yes "some text" /a.*b/`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import re2

from repos.indexing.languages import BY_SUFFIX
from repos.search.filters import Filters
from repos.search.grep.results import GrepOptions

MAX_QUERY_CHARS = 2_000
MAX_TERMS = 100
YES = ("yes", "on", "true")
ALIASES = {"c++": "cpp", "c#": "csharp", "shell": "bash", "golang": "go", "docker": "docker"}
TERM = re.compile(
    r"""(?P<minus>-?)(?P<field>path|file|lang|language|symbol|case|word):(?P<value>"[^"]*"|\S*)
    |"(?P<exact>(?:\\.|[^"\\])+)"(?=\s|$)
    |/(?P<regex>(?:\\.|[^/\\])+)/(?=\s|$)
    |(?P<text>\S+)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class GrepQuery:
    """A pattern, empty if there is nothing to search for, and how to search."""

    pattern: str
    options: GrepOptions


def parse_query(text: str) -> GrepQuery:
    """Never fails: what is no field is searched for."""
    terms = list(_terms(text[:MAX_QUERY_CHARS]))[:MAX_TERMS]
    options = _options([term for term in terms if term["field"]])
    pieces = [term for term in terms if not term["field"]]
    if not pieces and options.symbols:
        names = "|".join(map(re2.escape, options.symbols))
        return GrepQuery(names, replace(options, whole_word=True, case_sensitive=True))
    if any(piece["regex"] for piece in pieces):
        return GrepQuery(".*".join(map(_as_regex, pieces)), options)
    return GrepQuery(" ".join(map(_as_text, pieces)), replace(options, is_regex=False))


def _terms(text: str) -> Iterator[re.Match[str]]:
    return TERM.finditer(text)


def _as_text(term: re.Match[str]) -> str:
    return term["text"] or re.sub(r'\\(["\\])', r"\1", term["exact"])


def _as_regex(term: re.Match[str]) -> str:
    return term["regex"] or re2.escape(_as_text(term))


def _options(fields: Sequence[re.Match[str]]) -> GrepOptions:
    filters = Filters(
        included_files=_values(fields, "path", "file"),
        excluded_files=_values(fields, "path", "file", minus="-"),
    )
    return GrepOptions(
        case_sensitive=_is_on(fields, "case"),
        whole_word=_is_on(fields, "word"),
        filters=filters,
        languages=_languages(_values(fields, "lang", "language")),
        excluded_languages=_languages(_values(fields, "lang", "language", minus="-")),
        symbols=_values(fields, "symbol"),
    )


def _values(fields: Sequence[re.Match[str]], *names: str, minus: str = "") -> tuple[str, ...]:
    found = (f for f in fields if f["field"].lower() in names and f["minus"] == minus)
    values = (field["value"].strip('"') for field in found)
    return tuple(filter(None, values))


def _is_on(fields: Sequence[re.Match[str]], name: str) -> bool:
    return any(value.lower() in YES for value in _values(fields, name))


def _languages(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_language(name.lower()) for name in names)


def _language(name: str) -> str:
    return ALIASES.get(name) or BY_SUFFIX.get(name, name)
