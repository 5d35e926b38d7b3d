"""Pages of a new plan take the places of those of the plan before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from deepwiki.wiki.plan.names import slug_of
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage, WikiPlan

MIN_JACCARD = 0.5


@dataclass(frozen=True)
class FormerPage:
    """A stored page, one of a removed part included."""

    id: int
    slug: str
    kind: str
    topic: str
    title: str
    files: frozenset[str]
    is_removed: bool = False


@dataclass(frozen=True)
class MatchedPlan:
    """A plan whose pages have the slugs of the former ones, and the ids of these by slug."""

    plan: WikiPlan
    former_ids: dict[str, int]


def match_plan(plan: WikiPlan, former: Sequence[FormerPage]) -> MatchedPlan:
    """Give the pages of a plan the slugs of the former pages that they go on.

    A part goes on the one with which it shares the most files, as a Jaccard index of at least
    MIN_JACCARD; others those of their kind and topic. No slug of another former page is
    used, since links may lead there.
    """
    matched = _matches(plan.pages, former)
    taken = {page.slug for page in former}
    slugs: dict[str, str] = {}
    for page in plan.pages:
        found = matched.get(page.slug)
        slugs[page.slug] = found.slug if found else slug_of(page.slug, taken)
        taken.add(slugs[page.slug])
    pages = [
        replace(page, slug=slugs[page.slug], parent=slugs.get(page.parent, ""))
        for page in plan.pages
    ]
    ids = {slugs[slug]: found.id for slug, found in matched.items()}
    return MatchedPlan(replace(plan, pages=pages), ids)


def _matches(pages: Sequence[PlannedPage], former: Sequence[FormerPage]) -> dict[str, FormerPage]:
    """By slug of the plan, the former page."""
    found: dict[str, FormerPage] = {}
    used: set[int] = set()
    parts = [page for page in pages if page.kind is PageKind.PART]
    old_parts = [page for page in former if page.kind == PageKind.PART]
    for *_, slug, _, old in sorted(_similar(parts, old_parts)):
        if slug not in found and old.id not in used:
            found[slug] = old
            used.add(old.id)
    for page in pages:
        old_page = _of_the_same_name(page, former, used) if page.slug not in found else None
        if old_page is not None:
            found[page.slug] = old_page
            used.add(old_page.id)
    return found


# The best first: by Jaccard index, then present pages, then those of the same slug.
Similar = tuple[float, bool, bool, str, int, FormerPage]


def _similar(parts: Iterable[PlannedPage], former: Sequence[FormerPage]) -> Iterable[Similar]:
    by_file: dict[str, list[FormerPage]] = defaultdict(list)
    for old in former:
        for path in old.files:
            by_file[path].append(old)
    for page in parts:
        files = set(page.files)
        shared: dict[FormerPage, int] = defaultdict(int)
        for path in files:
            for old in by_file.get(path, ()):
                shared[old] += 1
        for old, count in shared.items():
            jaccard = count / (len(files) + len(old.files) - count)
            if jaccard >= MIN_JACCARD:
                yield -jaccard, old.is_removed, page.slug != old.slug, page.slug, old.id, old


def _of_the_same_name(
    page: PlannedPage, former: Sequence[FormerPage], used: set[int]
) -> FormerPage | None:
    """The page of the same kind and topic; of pages without files that of the same title."""
    for old in sorted(former, key=lambda each: (each.is_removed, each.id)):
        if old.id in used or (old.kind, old.topic) != (page.kind, page.topic):
            continue
        if page.kind is not PageKind.PART:
            return old
        if not page.files and not old.files and page.title == old.title:
            return old
    return None
