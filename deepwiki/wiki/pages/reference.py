"""Reference pages: public names, commands, settings, routes, the data model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import code, one_line
from deepwiki.wiki.pages.scoring import MAIN_KINDS, public, unique_names
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import Symbol

MAX_FILES = 24
MAX_NAMES = 10  # of a file
MAX_ROWS = 80
MAX_ROUTES = 25  # of a file
MAX_SIGNATURE_CHARS = 110
SAME_TOPICS = {
    "public_api": "api",
    "public-api": "api",
    "data-model": "data_model",
    "data": "data_model",
    "schema": "data_model",
    "models": "data_model",
}


def reference_page(source: PageSource) -> PageContent:
    """The content of a reference page."""
    topic = SAME_TOPICS.get(source.page.topic, source.page.topic)
    builder = PageBuilder(source.say)
    summary = WRITERS.get(topic, _api)(source, builder)
    if not builder.blocks:
        builder.text(source.say("nothing_found"))
    return builder.content(summary)


def best_files(source: PageSource, limit: int) -> list[str]:
    """The files of code that matter most: those of the page, or of all where it has none."""
    own = source.programs or source.program("code")
    return source.by_importance(own)[:limit]


def _api(source: PageSource, builder: PageBuilder) -> str:
    own = source.of_files(best_files(source, MAX_FILES))
    for path in own.files:
        table = _names_of(own, builder, path)
        if table:
            builder.text(f"## {own.cite(path)}", own.said_of_head(path), table)
    return source.say("reference_api", name=one_line(source.short_name, 80))


def _names_of(source: PageSource, builder: PageBuilder, path: str) -> str:
    """The public definitions of a file as a table."""
    symbols = source.by_score(source.outlines.get(path, ()))
    chosen = [each for each in unique_names(public(symbols)) if _is_api(each)]
    rows = [_name_row(source, symbol) for symbol in chosen[:MAX_NAMES]]
    return builder.rows(["name", "what", "where"], rows, MAX_NAMES, len(chosen))


def _is_api(symbol: Symbol) -> bool:
    return symbol.parent < 0 and symbol.kind in MAIN_KINDS


def _name_row(source: PageSource, symbol: Symbol) -> list[str]:
    head = code(_head(symbol), MAX_SIGNATURE_CHARS)
    return [head, source.described_or_nothing(symbol), source.cite_symbol(symbol)]


def _head(symbol: Symbol) -> str:
    """A signature without the words before the name."""
    start = symbol.signature.find(f"{symbol.name}(")
    return symbol.name if start < 0 else symbol.signature[start:]


def _commands(source: PageSource, builder: PageBuilder) -> str:
    found = [
        *offers.unique(offers.of_kinds(source, "command")),
        *offers.one_main_a_file(offers.of_kinds(source, "main")),
    ]
    builder.text(offers.entry_table(source, builder, found, MAX_ROWS))
    return _counted(source, "reference_commands", len(found))


def _settings(source: PageSource, builder: PageBuilder) -> str:
    found = offers.of_kinds(source, "setting")
    builder.text(offers.setting_table(source, builder, found, MAX_ROWS))
    return _counted(source, "reference_settings", len({each.name for each in found}))


def _routes(source: PageSource, builder: PageBuilder) -> str:
    found = offers.of_kinds(source, "route")
    for path, routes in groupby(found, key=lambda each: each.path):
        table = offers.route_table(source, builder, list(routes), MAX_ROUTES)
        builder.text(f"## {source.cite(path)}", table)
    return _counted(source, "reference_routes", len(found))


def _data_model(source: PageSource, builder: PageBuilder) -> str:
    found = offers.of_kinds(source, "schema")
    builder.text(offers.schema_table(source, builder, found, MAX_ROWS))
    return _counted(source, "reference_data_model", len(found))


def _counted(source: PageSource, key: str, count: int) -> str:
    return source.say(key, count=count, name=one_line(source.short_name, 80))


WRITERS: Mapping[str, Callable[[PageSource, PageBuilder], str]] = {
    "api": _api,
    "commands": _commands,
    "settings": _settings,
    "routes": _routes,
    "data_model": _data_model,
}
