"""The first page: what the repository is, its parts, where to begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.build_commands import build_lines
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.escaping import one_line, plain
from deepwiki.wiki.pages.lead import Lead, lead_of_document, readme_path
from deepwiki.wiki.pages.link_diagrams import parts_diagram
from deepwiki.wiki.pages.part_links import page_link, top_parts
from deepwiki.wiki.pages.part_page import ask_of_parts, child_row, names_of
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import PageKind, PlannedPage

MAX_PARTS = 24
MAX_ENTRIES = 10
MAX_FILES = 10
MAX_PARAGRAPHS = 4
MAX_MAPS = 3
MAX_NAMES = 4
REASONS = ("generated", "vendored", "limit", "test", "excluded")


def overview_page(source: PageSource) -> PageContent:
    """The content of the first page of a wiki."""
    builder = PageBuilder(source.say)
    lead = _lead(source)
    parts = top_parts(source.plan)
    builder.text(*lead.further, repository_size(source))
    _parts(source, builder, parts)
    _where_to_begin(source, builder)
    builder.section("heading_build", *build_lines(source, builder))
    builder.section("heading_coverage", _coverage(source))
    _questions(source, builder, parts)
    return builder.content(lead.summary)


def _lead(source: PageSource) -> Lead:
    lead = lead_of_document(source, readme_path(source.code), MAX_PARAGRAPHS)
    return lead or _without_readme(source)


def _without_readme(source: PageSource) -> Lead:
    return Lead(source.say("repository_without_readme", name=one_line(source.code.name, 100)))


def repository_size(source: PageSource) -> str:
    """How many files are code and tests, in which languages."""
    own = source.program("code")
    if not own:
        return source.say("no_code")
    name = plain(source.short_name, 80)
    size = {"lines": source.lines(own), "languages": source.languages(own)}
    first = source.say("repository_size", count=len(own), name=name, **size)
    tests = source.say("repository_tests", count=len(source.program("test")))
    return source.say.two(first, tests)


def _parts(source: PageSource, builder: PageBuilder, parts: Sequence[PlannedPage]) -> None:
    builder.diagram(parts_diagram(source, parts))
    rows = [child_row(source, part) for part in parts[:MAX_PARTS]]
    table = builder.rows(["part", "what", "files"], rows, MAX_PARTS, len(parts))
    builder.section("heading_overview_parts", table)


def _where_to_begin(source: PageSource, builder: PageBuilder) -> None:
    entries = offers.entry_points(source)
    table = offers.entry_table(source, builder, entries, MAX_ENTRIES)
    lead = source.say("begin_entry") * bool(table)
    builder.section("heading_begin", *_important_files(source, builder), _tour(source), lead, table)


def _tour(source: PageSource) -> str:
    """The links to code maps."""
    maps = [page for page in source.plan.pages if page.kind is PageKind.CODE_MAP]
    links = source.say.listed(list(map(page_link, maps)), MAX_MAPS)
    return source.say.of_any("begin_code_map", link=links)


def _important_files(source: PageSource, builder: PageBuilder) -> list[str]:
    best = source.by_importance(source.program("code"))[:MAX_FILES]
    own = source.of_files(best)
    rows = [row for row in (_file_row(own, path) for path in best) if row[1]]
    table = builder.rows(["file", "what", "uses"], rows, MAX_FILES)
    return [source.say("begin_files"), table]


def _file_row(source: PageSource, path: str) -> list[str]:
    about = source.said_of_file(path) or _names_in(source, path)
    return [source.cite(path), about, str(source.linked_files(path))]


def _names_in(source: PageSource, path: str) -> str:
    names = source.say.listed(names_of(source, path), MAX_NAMES)
    return source.say.of_any("file_defines", names=names)


def _coverage(source: PageSource) -> str:
    covered = sum(1 for path in source.plan.page_of_file if path in source.code.files)
    total = covered + len(source.plan.uncovered)
    reasons = _reasons(source)
    rest = source.say.of_any("coverage_left_out", reasons=reasons)
    shown = source.say.shown_number(covered)
    return source.say.two(source.say("coverage", covered=shown, count=total), rest)


def _reasons(source: PageSource) -> str:
    """Why files have no page, with their numbers."""
    counts: Counter[str] = Counter()
    for each in source.plan.uncovered:
        counts[each.reason if each.reason in REASONS else "other"] += 1
    named = [source.say(f"reason_{reason}", count=counts[reason]) for reason in sorted(counts)]
    return source.say.listed(named, len(named))


def _questions(source: PageSource, builder: PageBuilder, parts: Sequence[PlannedPage]) -> None:
    builder.ask("question_begin", name=one_line(source.short_name, 80))
    for part, other in pairwise(parts[:3]):
        ask_of_parts(builder, "question_parts", part, other)
