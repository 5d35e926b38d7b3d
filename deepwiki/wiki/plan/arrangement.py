"""The parts of a plan under other names, in another order, merged and divided. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from deepwiki.wiki.plan.attachments import attach
from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.names import ascii_text, numbered_title, slug_of
from deepwiki.wiki.plan.planner import RESERVED_SLUGS, RESERVED_TITLES
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage, WikiPlan

MIN_SLUG_LETTERS = 3


@dataclass(frozen=True)
class ArrangedPage:
    """A page for some parts of a plan, by their slugs: several are merged.

    Pages that name the same part divide it by `files`.
    """

    title: str
    purpose: str
    parts: tuple[str, ...]
    files: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "title": self.title,
            "purpose": self.purpose,
            "parts": list(self.parts),
            "files": list(self.files),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ArrangedPage:
        """From what `as_json` made."""
        parts, files = tuple(stored["parts"]), tuple(stored["files"])
        return cls(stored["title"], stored["purpose"], parts, files)


def arranged(code: CodeBase, plan: WikiPlan, pages: Sequence[ArrangedPage]) -> WikiPlan:
    """The plan with its parts as `pages` say, in their order, at most where they stand.

    Parts are merged beside each other only, and where no page stands below them. What `pages`
    say of other kinds of pages is their purpose. Parts that no page names stay as they are,
    behind the others; what fits no part is left out.
    """
    made = list(_Arranging(code, plan, pages).pages_made())
    attached = dict.fromkeys(path for page in plan.pages for path in page.attached)
    return replace(plan, pages=attach(code, made, attached))


def can_merge(plan: WikiPlan, slugs: Sequence[str]) -> bool:
    """Whether parts stand beside each other, with no part below."""
    pages = [plan.by_slug[slug] for slug in slugs]
    return _stand_together(pages) and all(_is_leaf(plan, page) for page in pages)


def _stand_together(pages: Sequence[PlannedPage]) -> bool:
    return len({page.parent for page in pages}) == 1


def _as_it_is(part: PlannedPage) -> ArrangedPage:
    return ArrangedPage(part.title, part.purpose, (part.slug,))


def _is_leaf(plan: WikiPlan, page: PlannedPage) -> bool:
    return page.kind is PageKind.PART and not plan.children(page.slug)


@dataclass
class _Arranging:
    code: CodeBase
    plan: WikiPlan
    pages: Sequence[ArrangedPage]
    slugs: set[str] = field(default_factory=lambda: set(RESERVED_SLUGS))
    titles: set[str] = field(default_factory=lambda: set(RESERVED_TITLES))

    def pages_made(self) -> Iterator[PlannedPage]:
        others = [page for page in self.plan.pages if page.kind is not PageKind.PART]
        self.slugs |= {page.slug for page in others}
        self.titles |= {page.title.casefold() for page in others}
        has_parts = False
        for page in self.plan.pages:
            if page.kind is not PageKind.PART:
                yield self._described(page)
            elif not has_parts:
                has_parts = True
                yield from self._below("", "")

    def _described(self, page: PlannedPage) -> PlannedPage:
        return replace(page, purpose=next(self._purposes(page), ""))

    def _purposes(self, page: PlannedPage) -> Iterator[str]:
        places = self._places.get(page.slug, ())
        return (self.pages[place].purpose for place in places)

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """By slug of a part, the numbers of the pages that name it."""
        places: dict[str, list[int]] = defaultdict(list)
        for number, page in enumerate(self.pages):
            for slug in dict.fromkeys(page.parts):
                places[slug].append(number)
        return places

    def _below(self, parent: str, new_parent: str) -> Iterator[PlannedPage]:
        """The parts below one, in their new order."""
        beside = [page for page in self.plan.parts if page.parent == parent]
        units: dict[int, list[PlannedPage]] = defaultdict(list)
        for number, page in enumerate(beside, len(self.pages)):
            for place in self._places.get(page.slug, [number]):
                units[place].append(page)
        for place in sorted(units):
            yield from self._unit(place, units[place], new_parent)

    def _unit(self, place: int, parts: Sequence[PlannedPage], parent: str) -> Iterator[PlannedPage]:
        if place >= len(self.pages):
            yield from self._kept(parts, parent)
            return
        page = self.pages[place]
        if len(parts) > 1:
            yield from self._merged(page, parts, parent)
        elif len(self._places[parts[0].slug]) > 1 and _is_leaf(self.plan, parts[0]):
            yield from self._piece(place, parts[0], parent)
        else:
            yield from self._with_children(parts[0], self._titled(page, parts[0], parent))

    def _kept(self, parts: Iterable[PlannedPage], parent: str) -> Iterator[PlannedPage]:
        for part in parts:
            yield from self._with_children(part, self._titled(_as_it_is(part), part, parent))

    def _with_children(self, old: PlannedPage, new: PlannedPage) -> Iterator[PlannedPage]:
        yield new
        yield from self._below(old.slug, new.slug)

    def _merged(
        self, page: ArrangedPage, parts: Sequence[PlannedPage], parent: str
    ) -> Iterator[PlannedPage]:
        if can_merge(self.plan, _slugs(parts)):
            yield self._with_files(self._titled(page, parts[0], parent), _files(parts))
        else:
            yield from self._kept(parts, parent)

    def _piece(self, place: int, part: PlannedPage, parent: str) -> Iterator[PlannedPage]:
        """The files of a part that a page names and none before it; the first has the rest."""
        places = self._places[part.slug]
        named = self._named_before(places, place)
        files = [path for path in self.pages[place].files if path in part.files]
        files = [path for path in files if path not in named]
        if place == places[0]:
            everything = {path for each in places for path in self.pages[each].files}
            files += [path for path in part.files if path not in everything]
        if files:
            yield self._with_files(self._titled(self.pages[place], part, parent), files)

    def _named_before(self, places: Sequence[int], place: int) -> set[str]:
        return {path for each in places if each < place for path in self.pages[each].files}

    def _titled(self, page: ArrangedPage, part: PlannedPage, parent: str) -> PlannedPage:
        title = numbered_title(page.title, self.titles)
        slug = slug_of(_slug_words(title, part), self.slugs)
        self._take(title, slug)
        return replace(part, title=title, slug=slug, parent=parent, purpose=page.purpose)

    def _take(self, title: str, slug: str) -> None:
        self.titles.add(title.casefold())
        self.slugs.add(slug)

    def _with_files(self, page: PlannedPage, paths: Iterable[str]) -> PlannedPage:
        ranks = {path: self.code.files[path].rank for path in paths}
        files = tuple(sorted(ranks, key=lambda path: (-ranks[path], path)))
        return replace(page, files=files, importance=round(sum(ranks.values()), 6))


def _slugs(parts: Iterable[PlannedPage]) -> list[str]:
    return [part.slug for part in parts]


def _files(parts: Iterable[PlannedPage]) -> list[str]:
    return list(dict.fromkeys(path for part in parts for path in part.files))


def _slug_words(title: str, part: PlannedPage) -> str:
    """The title; what the part had where the title is of no Latin letters."""
    if title == part.title or not _has_latin(title):
        return part.slug
    return title


def _has_latin(title: str) -> bool:
    return sum(map(str.isalnum, ascii_text(title))) >= MIN_SLUG_LETTERS
