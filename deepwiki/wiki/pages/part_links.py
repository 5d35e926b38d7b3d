"""Which parts of a wiki use which, counted by files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from deepwiki.wiki.pages.escaping import link as markdown_link
from deepwiki.wiki.pages.scoring import is_sure
from deepwiki.wiki.pages.sources import PageSource
from deepwiki.wiki.plan import FileLink, PageKind, PlannedPage, WikiPlan

MIN_SHARE = 4  # fewer files than this part of the other way's are an exception
PartPair = tuple[str, str]


@dataclass(frozen=True)
class PartLinks:
    """The sure links between a page and another part."""

    page: PlannedPage
    links: Sequence[FileLink]

    def order(self) -> tuple[int, str]:
        """Its place: those of most links first."""
        return -len(self.links), self.page.slug

    @property
    def users(self) -> int:
        """How many files use the other side."""
        return len({link.source for link in self.links})

    @property
    def targets(self) -> list[str]:
        """The files that are used, those by most first."""
        return by_count(Counter(link.target for link in self.links))


@dataclass
class Neighbours:
    """The parts that use a page and that it uses."""

    source: PageSource

    def users(self) -> list[PartLinks]:
        """Who uses the page, most links first."""
        incoming = self.source.code.incoming
        found = (each for path in self.source.code_files for each in incoming.get(path, ()))
        return self._grouped((each.source, each) for each in found)

    def used(self) -> list[PartLinks]:
        """What the page uses, most links first."""
        outgoing = self.source.code.outgoing
        found = (each for path in self.source.code_files for each in outgoing.get(path, ()))
        return self._grouped((each.target, each) for each in found)

    def _grouped(self, found: Iterable[tuple[str, FileLink]]) -> list[PartLinks]:
        by_slug: dict[str, list[FileLink]] = defaultdict(list)
        for other, link in found:
            page = self._part_of(other) if is_sure(link) else None
            if page is not None:
                by_slug[page.slug].append(link)
        parts = [self._part_links(slug, links) for slug, links in by_slug.items()]
        return sorted(parts, key=PartLinks.order)

    def _part_links(self, slug: str, links: Sequence[FileLink]) -> PartLinks:
        return PartLinks(self.source.plan.by_slug[slug], links)

    def _part_of(self, path: str) -> PlannedPage | None:
        """The part that describes a file of code, outside of this page and those around it.

        It is the one nearest to the top that is not above this page.
        """
        page = self.source.plan.page_of_file.get(path)
        if page is None or page.slug in self._below or self.source.role(path) != "code":
            return None
        chain = [each for each in ancestors(self.source.plan, page) if each.slug not in self._above]
        return chain[-1] if chain else None

    @cached_property
    def _below(self) -> frozenset[str]:
        """The slugs of this page and of all pages below it."""
        return frozenset(slugs_below(self.source.plan, self.source.page.slug))

    @cached_property
    def _above(self) -> frozenset[str]:
        slugs = [page.slug for page in ancestors(self.source.plan, self.source.page)]
        return frozenset(slugs[1:])


def ancestors(plan: WikiPlan, page: PlannedPage) -> Iterator[PlannedPage]:
    """A part and the parts above it."""
    seen = set()
    current: PlannedPage | None = page
    while current is not None and current.slug not in seen and current.kind is PageKind.PART:
        seen.add(current.slug)
        yield current
        current = plan.by_slug.get(current.parent)


def slugs_below(plan: WikiPlan, slug: str) -> list[str]:
    """A slug and those of all pages below it."""
    found = [slug]
    for page in plan.pages:  # parents stand before their children
        if page.parent in found:
            found.append(page.slug)
    return found


def top_parts(plan: WikiPlan) -> list[PlannedPage]:
    """The parts that stand below no other part, in the order of the plan."""
    return [page for page in plan.pages if [*ancestors(plan, page)] == [page]]


def files_below(plan: WikiPlan, part: PlannedPage) -> list[str]:
    """The files of a part and of all parts below it."""
    slugs = slugs_below(plan, part.slug)
    return [path for slug in slugs for path in plan.by_slug[slug].files]


def by_count(counts: Counter[str]) -> list[str]:
    """Names, the most frequent first."""
    return sorted(counts, key=lambda name: (-counts[name], name))


def page_link(page: PlannedPage) -> str:
    """The link to a page."""
    return markdown_link(page.title, page.slug)


def links_between(source: PageSource, parts: Sequence[PlannedPage]) -> dict[PartPair, float]:
    """How many files of a part use another, by the slugs of both, without exceptions."""
    owner = _owners(source.plan, parts)
    users: dict[PartPair, set[str]] = defaultdict(set)
    for link in filter(is_sure, source.code.links):
        pair = _pair(source, owner, link)
        if pair is not None:
            users[pair].add(link.source)
    return _usual({pair: len(files) for pair, files in users.items()})


def _owners(plan: WikiPlan, parts: Sequence[PlannedPage]) -> dict[str, str]:
    return {path: part.slug for part in parts for path in files_below(plan, part)}


def _usual(counts: Mapping[PartPair, int]) -> dict[PartPair, float]:
    return {pair: float(count) for pair, count in counts.items() if _is_usual(counts, pair)}


def _pair(source: PageSource, owner: Mapping[str, str], link: FileLink) -> PartPair | None:
    user, used = owner.get(link.source), owner.get(link.target)
    if user is None or used is None or user == used:
        return None
    is_code = source.role(link.source) == "code" == source.role(link.target)
    return (user, used) if is_code else None


def _is_usual(counts: Mapping[PartPair, int], pair: PartPair) -> bool:
    return counts[pair] * MIN_SHARE >= counts.get(pair[::-1], 0)
