"""Slides about a repository, made from its code: what it is, its parts, a call, how to begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from deepwiki.wiki.content import PageContent
from deepwiki.wiki.pages import offers
from deepwiki.wiki.pages.build_commands import commands, invocation, job_line, manifest_line
from deepwiki.wiki.pages.builder import PageBuilder
from deepwiki.wiki.pages.diagram_source import drawable
from deepwiki.wiki.pages.escaping import code, fenced, plain
from deepwiki.wiki.pages.lead import Lead, lead_of_document, lead_of_part, readme_path
from deepwiki.wiki.pages.link_diagrams import parts_diagram
from deepwiki.wiki.pages.overview import repository_size
from deepwiki.wiki.pages.part_links import Neighbours, page_link, top_parts
from deepwiki.wiki.pages.part_page import main_definitions, names_of
from deepwiki.wiki.pages.sequence_diagram import sequence_diagram
from deepwiki.wiki.pages.slide import Bullet, Quote, Slide, slide_blocks, starts
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.pages.symbol_reader import Symbol
from deepwiki.wiki.pages.tour import CallTour, TourStep, call_tour
from deepwiki.wiki.pages.tour_steps import cited_lines, onward_text, shown_name
from deepwiki.wiki.plan import FileArtifact, PageKind, PlannedPage

MAX_PARTS = 6  # that have a slide
MAX_BULLETS = 5
MAX_DEFINITIONS = 3  # of a part
MAX_USERS = 3
MAX_QUOTES = 3
MAX_PARAGRAPHS = 3
LINKED_KINDS = (PageKind.OVERVIEW, PageKind.CODE_MAP, PageKind.WORKSHOP, PageKind.GLOSSARY)
QUOTE_MARK = "> "


def slides_page(source: PageSource) -> PageContent:
    """The content of a page of slides."""
    builder = PageBuilder(source.say)
    blocks = slide_blocks(_slides(source))
    builder.blocks += blocks
    name = plain(source.short_name, 80)
    builder.ask("question_begin", name=source.short_name)
    return builder.content(source.say("slides_lead", count=len(starts(blocks)), name=name))


def _slides(source: PageSource) -> Iterator[Slide]:
    parts = top_parts(source.plan)
    yield _first(source)
    yield _map_of_parts(source, parts)
    own = [source.of_page(part) for part in parts]
    yield from (_part(each) for each in [part for part in own if part.programs][:MAX_PARTS])
    yield from _calls(source)
    yield _build(source)
    yield _entries(source)
    yield _begin(source)
    yield _onward(source)


def _first(source: PageSource) -> Slide:
    """What the repository is, in the words of its README."""
    lead = lead_of_document(source, readme_path(source.code), MAX_PARAGRAPHS) or Lead("")
    bullets = [_summary(source, lead), Bullet(repository_size(source))]
    shown = tuple(each for each in bullets if each.text)
    return Slide(plain(source.short_name, 80), shown, notes=_notes(lead))


def _summary(source: PageSource, lead: Lead) -> Bullet:
    return Bullet(source.say.prose(lead.summary), lead.cited)


def _notes(lead: Lead) -> str:
    """The quoted paragraphs of a lead, to be read aloud."""
    return "\n\n".join(each.removeprefix(QUOTE_MARK) for each in lead.paragraphs)


def _map_of_parts(source: PageSource, parts: Sequence[PlannedPage]) -> Slide:
    diagram = drawable(parts_diagram(source, parts))
    rows = [_part_bullet(source, part) for part in parts[: 2 * MAX_BULLETS]]
    notes = "\n".join(row.markdown for row in rows)
    title = source.say("heading_overview_parts")
    return Slide(title, tuple(rows[:MAX_BULLETS]), diagram, notes=notes)


def _part_bullet(source: PageSource, part: PlannedPage) -> Bullet:
    said = _summary(source, lead_of_part(source.of_page(part)))
    return replace(said, text=f"{page_link(part)}: {said.text}")


def _part(source: PageSource) -> Slide:
    """A part: what it is, what matters most in it, who uses it."""
    lead = lead_of_part(source)
    chosen = main_definitions(source)[:MAX_DEFINITIONS]
    bullets = [_summary(source, lead), *(_definition(source, each) for each in chosen)]
    bullets += _users(source)
    return Slide(plain(source.page.title, 80), tuple(bullets), notes=_notes(lead))


def _definition(source: PageSource, symbol: Symbol) -> Bullet:
    text = f"{shown_name(symbol)}: {source.described(symbol)}"
    return Bullet(text, source.cite_symbol(symbol))


def _users(source: PageSource) -> list[Bullet]:
    """The parts that use a part, with the file that they use most."""
    users = Neighbours(source).users()
    links = [page_link(each.page) for each in users]
    names = source.say.listed(links, MAX_USERS)
    text = source.say.of_any("slide_used_by", names=names)
    return [Bullet(text, source.cite(users[0].targets[0]))] if text else []


def _calls(source: PageSource) -> Iterator[Slide]:
    """What happens in a call: a diagram, then the lines of its first steps."""
    tour = call_tour(source)
    if tour is None:
        return
    diagram = drawable(sequence_diagram(tour.source, tour.start, tour.calls))
    name, place = shown_name(tour.start), source.cite_symbol(tour.start)
    lead = source.say("sequence_lead", name=name, place=place)
    yield Slide(source.say("heading_calls"), (), diagram, notes=lead)
    yield from (_step(tour, step) for step in tour.steps[:MAX_QUOTES])


def _step(tour: CallTour, step: TourStep) -> Slide:
    """The lines of a step, and what to say of them."""
    quoted, source = tour.quoted(step), tour.source
    lines = fenced(quoted.lines, source.language(step.symbol.path))
    said = [quoted.described(), tour.called(step), onward_text(source, quoted)]
    return Slide(
        shown_name(step.symbol),
        quote=Quote(lines, cited_lines(source, quoted)),
        notes="\n\n".join(filter(None, said)),
    )


def _build(source: PageSource) -> Slide:
    """The commands that build and test; else what CI and the manifests say."""
    bullets = [_command(source, each) for each in commands(source, "build")]
    others = [Bullet(job_line(source)), Bullet(manifest_line(source))]
    bullets = [*bullets[: MAX_BULLETS - len(others)], *(each for each in others if each.text)]
    return Slide(source.say("heading_build"), tuple(bullets))


def _command(source: PageSource, artifact: FileArtifact) -> Bullet:
    text = f"{code(invocation(artifact))}{_target(artifact)}"
    return Bullet(text, offers.place(source, artifact))


def _target(artifact: FileArtifact) -> str:
    return f": {code(artifact.target, 90)}" * bool(artifact.target)


def _entries(source: PageSource) -> Slide:
    """Where the program starts."""
    found = offers.entry_points(source)[:MAX_BULLETS]
    bullets = [_entry(source, each) for each in found]
    notes = source.say("begin_entry") * bool(bullets)
    return Slide(source.say("heading_entry_points"), tuple(bullets), notes=notes)


def _entry(source: PageSource, artifact: FileArtifact) -> Bullet:
    kind = source.say(f"kind_{artifact.kind}")
    return Bullet(f"{code(offers.entry_name(artifact))} ({kind})", offers.place(source, artifact))


def _begin(source: PageSource) -> Slide:
    """The files that most others rely on."""
    best = source.by_importance(source.program("code"))[:MAX_BULLETS]
    own = source.of_files(best)
    bullets = [_file(own, path) for path in best]
    notes = source.say("begin_files") * bool(bullets)
    return Slide(source.say("heading_begin"), tuple(bullets), notes=notes)


def _file(source: PageSource, path: str) -> Bullet:
    users = source.linked_files(path)
    used = source.say.of_any("slide_file_users", count=users)
    said = source.said_of_file(path) or source.say.listed(names_of(source, path), MAX_USERS)
    return Bullet(f"{said} {used}".strip(), source.cite(path))


def _onward(source: PageSource) -> Slide:
    """The pages to read next."""
    pages = [page for page in source.plan.pages if page.kind in LINKED_KINDS]
    bullets = [Bullet(page_link(page)) for page in pages[:MAX_BULLETS]]
    return Slide(source.say("slide_onward"), tuple(bullets))
