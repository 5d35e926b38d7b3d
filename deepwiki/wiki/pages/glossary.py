"""The glossary: the types that one meets most often, with what their comments say."""

from __future__ import annotations

from collections.abc import Sequence

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import code, one_line
from deepwiki.wiki.pages.part_links import page_link
from deepwiki.wiki.pages.reference import best_files
from deepwiki.wiki.pages.scoring import CLASS_KINDS, public
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import Symbol

MAX_FILES = 300
MAX_NAMES = 60
MAX_ASKED = 3


def glossary_page(source: PageSource) -> PageContent:
    """The content of the glossary, by name."""
    builder = PageBuilder(source.say)
    own = source.of_files(best_files(source, MAX_FILES))
    chosen = _types(own)
    rows = [_row(own, symbol) for symbol in sorted(chosen, key=_name)]
    builder.text(builder.rows(["name", "what", "where"], rows, MAX_NAMES))
    _ask(builder, chosen)
    builder.text(source.say("nothing_found") * (not rows))
    name = one_line(source.short_name, 80)
    return builder.content(source.say("glossary_lead", count=len(rows), name=name))


def _ask(builder: PageBuilder, chosen: Sequence[Symbol]) -> None:
    for symbol in chosen[:MAX_ASKED]:
        builder.ask("question_meaning", name=code(symbol.name))


def _types(source: PageSource) -> Sequence[Symbol]:
    """The public types with a comment, one of each name, the most important first."""
    found = [each for each in public(source.of_kinds(CLASS_KINDS)) if each.comment]
    first = {symbol.name: symbol for symbol in reversed(found)}
    return source.by_score(first.values())[:MAX_NAMES]


def _row(source: PageSource, symbol: Symbol) -> list[str]:
    return [code(symbol.name), source.described(symbol), _where(source, symbol)]


def _where(source: PageSource, symbol: Symbol) -> str:
    page = source.plan.page_of_file.get(symbol.path)
    links = [] if page is None else [page_link(page)]
    return " · ".join([source.cite_symbol(symbol), *links])


def _name(symbol: Symbol) -> tuple[str, str]:
    return symbol.name.lower(), symbol.name
