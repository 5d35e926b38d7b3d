"""The page of a part: what it is, what it holds, who uses it, what it uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.calls import CallReader, members_of
from deepwiki.wiki.pages.class_diagram import classes_diagram
from deepwiki.wiki.pages.escaping import code, one_line
from deepwiki.wiki.pages.lead import lead_of_part
from deepwiki.wiki.pages.link_diagrams import imports_diagram, parts_diagram
from deepwiki.wiki.pages.part_links import Neighbours, PartLinks, by_count, files_below, page_link
from deepwiki.wiki.pages.scoring import (
    CLASS_KINDS,
    FUNCTION_KINDS,
    is_sure,
    program_files,
    public,
    unique_names,
)
from deepwiki.wiki.pages.sequence_diagram import sequence_diagram
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import CallingLine, Symbol
from deepwiki.wiki.plan import FileLink, LinkKind, PageKind, PlannedPage

MAX_FILES = 30
MAX_SILENT_FILES = 8
MAX_DEFINITIONS = 14
MAX_PER_FILE = 4  # definitions of one file in that table
DETAILED = 3  # classes that are described one by one
MIN_MEMBERS = 3
MAX_MEMBERS = 8
MAX_PARTS = 12
MAX_TARGETS = 3
MAX_TESTS = 12
MAX_CALLERS = 4
NAMES_OF_FILE = 4
OF_NAMESAKE = 10  # links that a test of the same name counts for


def part_page(source: PageSource) -> PageContent:
    """The content of a part's page."""
    builder = PageBuilder(source.say)
    lead = lead_of_part(source)
    builder.text(*lead.further, _size(source))
    _children(source, builder)
    if source.programs:
        _program(source, builder)
    else:
        _files(source, builder)
        offers.add_to_part(source, builder)
    builder.text(source.say("nothing_found") * (not builder.blocks))
    return builder.content(lead.summary)


def _program(source: PageSource, builder: PageBuilder) -> None:
    """What there is to say of code, but not of settings, documents or styles alone."""
    builder.diagram(imports_diagram(source))
    _definitions(source, builder)
    builder.diagram(classes_diagram(source))
    _how_it_works(source, builder)
    _files(source, builder)
    _neighbours(source, builder)
    offers.add_to_part(source, builder)
    _tests(source, builder)
    _questions(source, builder)


def _size(source: PageSource) -> str:
    own = source.programs or source.code_files or source.files
    if not own:
        return ""
    size = {"lines": source.lines(own), "languages": source.languages(own)}
    return source.say("size", count=len(own), **size)


def _children(source: PageSource, builder: PageBuilder) -> None:
    pages = source.plan.children(source.page.slug)
    children = [page for page in pages if page.kind is PageKind.PART]
    rows = [child_row(source, page) for page in children]
    builder.section("heading_parts", builder.rows(["part", "what", "files"], rows, MAX_PARTS))
    builder.diagram(parts_diagram(source, children))


def child_row(source: PageSource, page: PlannedPage) -> list[str]:
    """A part in a table: its link, what its page says first, how many files it has."""
    summary = lead_of_part(source.of_page(page)).summary
    files = {*files_below(source.plan, page)}
    return [page_link(page), source.say.prose(summary), str(len(files))]


def _definitions(source: PageSource, builder: PageBuilder) -> None:
    chosen = main_definitions(source)
    rows = [_definition_row(source, symbol) for symbol in chosen]
    total = sum(1 for symbol in source.scores if symbol.parent < 0)
    heads = ["name", "what", "where"]
    table = builder.rows(heads, rows, MAX_DEFINITIONS, max(total, len(rows)))
    builder.section("heading_definitions", table)
    classes = [symbol for symbol in chosen if symbol.kind in CLASS_KINDS][:DETAILED]
    callers = source.reader.callers(classes, MAX_CALLERS)
    for symbol in classes:
        builder.text(*_detail(source, symbol, callers.get(symbol, ())))


def main_definitions(source: PageSource) -> list[Symbol]:
    """The definitions that matter most, not too many of one file."""
    counts: Counter[str] = Counter()
    chosen = []
    for symbol in unique_names(public(source.ranked) or source.ranked):
        counts[symbol.path] += 1
        if counts[symbol.path] <= max(MAX_PER_FILE, MAX_DEFINITIONS // len(source.outlined)):
            chosen.append(symbol)
    return chosen[:MAX_DEFINITIONS]


def _definition_row(source: PageSource, symbol: Symbol) -> list[str]:
    return [code(symbol.qualified_name), source.described(symbol), source.cite_symbol(symbol)]


def _detail(source: PageSource, symbol: Symbol, callers: Sequence[CallingLine]) -> list[str]:
    """A class with its members and who calls it; nothing for one with few."""
    members = unique_names(public(members_of(source, symbol)))
    if len(members) < MIN_MEMBERS:
        return []
    names = source.say.listed([code(each.name) for each in members], MAX_MEMBERS)
    listed = source.say("members", count=len(members), names=names)
    head = f"### {code(symbol.qualified_name)}"
    return [head, f"{listed} {_called_in(source, callers)}".strip()]


def _called_in(source: PageSource, callers: Sequence[CallingLine]) -> str:
    places = [source.cite(each.path, each.line) for each in callers]
    listed = source.say.listed(places, MAX_CALLERS)
    return source.say.of_any("called_in", places=listed)


def _how_it_works(source: PageSource, builder: PageBuilder) -> None:
    reader = CallReader(source)
    start = reader.main_function()
    if start is None:
        return
    diagram = sequence_diagram(source, start, reader.followed(start, 1))
    if diagram is not None:
        name, place = code(start.qualified_name), source.cite_symbol(start)
        builder.section("heading_calls", source.say("sequence_lead", name=name, place=place))
        builder.diagram(diagram)
        builder.ask("question_calls", name=name)


def _files(source: PageSource, builder: PageBuilder) -> None:
    files = source.code_files or source.files
    speaking = [path for path in files if _says_something(source, path)][:MAX_FILES]
    rows = [_file_row(source, path) for path in speaking]
    table = builder.rows(["file", "what", "definitions"], rows, MAX_FILES)
    builder.section("heading_files", table, _silent_files(source, files, speaking))


def _says_something(source: PageSource, path: str) -> bool:
    return path in source.heads or bool(source.best_of(path, 1))


def _silent_files(source: PageSource, files: Sequence[str], shown: Sequence[str]) -> str:
    silent = [path for path in files if path not in shown]
    names = source.cited(silent, MAX_SILENT_FILES, len(silent))
    return source.say.of_any("more_files", count=len(silent), names=names)


def _file_row(source: PageSource, path: str) -> list[str]:
    mark = source.say("generated") * source.is_generated(path)
    about = f"{source.said_of_file(path)} {mark}".strip()
    return [source.cite(path), about, source.say.enumerated(names_of(source, path))]


def names_of(source: PageSource, path: str) -> list[str]:
    """The names that matter most of a file, as code."""
    return [code(symbol.name, 50) for symbol in source.best_of(path, NAMES_OF_FILE)]


def _neighbours(source: PageSource, builder: PageBuilder) -> None:
    neighbours = Neighbours(source)
    users, used = neighbours.users(), neighbours.used()
    builder.section("heading_used_by", _part_table(source, builder, users, "nobody_uses"))
    builder.section("heading_uses", _part_table(source, builder, used, "uses_nothing"))
    for other in used[:1]:
        ask_of_parts(builder, "question_uses", source.page, other.page)


def ask_of_parts(builder: PageBuilder, key: str, page: PlannedPage, other: PlannedPage) -> None:
    """Ask about two parts."""
    builder.ask(key, title=one_line(page.short_title, 80), other=one_line(other.short_title, 80))


def _part_table(
    source: PageSource, builder: PageBuilder, found: Sequence[PartLinks], nothing: str
) -> str:
    rows = [_part_row(source, each) for each in found]
    if not rows:
        return source.say(nothing)
    return builder.rows(["part", "links", "through"], rows, MAX_PARTS)


def _part_row(source: PageSource, found: PartLinks) -> list[str]:
    return [page_link(found.page), str(found.users), _targets(source, found.targets)]


def _targets(source: PageSource, paths: Sequence[str]) -> str:
    return source.cited(paths, MAX_TARGETS, len(paths))


def _tests(source: PageSource, builder: PageBuilder) -> None:
    tests = tests_of(source)
    if not tests:
        builder.section("heading_tests", source.say("no_tests"))
        return
    builder.section("heading_tests", f"{source.cited(tests, MAX_TESTS, len(tests))}.")
    builder.ask("question_tests", name=code(tests[0]))


def tests_of(source: PageSource) -> list[str]:
    """The tests that use the files of a page, those named after them first."""
    weights: Counter[str] = Counter()
    incoming = source.code.incoming
    for each in (each for path in source.code_files for each in incoming.get(path, ())):
        if is_sure(each) and source.role(each.source) == "test":
            weights[each.source] += _test_weight(each)
    return program_files(source.code, by_count(weights))


def _test_weight(link: FileLink) -> int:
    return OF_NAMESAKE if link.kinds & LinkKind.TEST else 1


def _questions(source: PageSource, builder: PageBuilder) -> None:
    names = unique_names(public(source.ranked))
    classes = [symbol for symbol in names if symbol.kind in CLASS_KINDS]
    functions = [symbol for symbol in names if symbol.kind in FUNCTION_KINDS]
    ask_how(builder, [*classes[:2], *functions[:2]])


def ask_how(builder: PageBuilder, symbols: Sequence[Symbol]) -> None:
    """Ask how definitions work."""
    for symbol in symbols:
        builder.ask("question_how", name=code(symbol.qualified_name))
