"""An arrangement of an earlier plan for the parts as they are named now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deepwiki.wiki.plan.arrangement import ArrangedPage
from deepwiki.wiki.plan.wiki_plan import PlannedPage, WikiPlan

MIN_SHARE = 0.5  # of the files of a part

Files = frozenset[str]
Candidate = tuple[float, str, str]  # minus the share, what the slug is now, what it was


def kept_arrangement(
    pages: Sequence[ArrangedPage], plan: WikiPlan, made: Mapping[str, Files]
) -> list[ArrangedPage]:
    """The pages, with the present slugs of parts that had others.

    `made` has the files of the pages that the arrangement made, by title. A part that no page
    names takes the place of a missing one if at least MIN_SHARE of its files stand on the
    pages that named that; the best first.
    """
    present = _present_slugs(pages, plan, made)
    return [replace(page, parts=_renamed(page.parts, present)) for page in pages]


def _present_slugs(
    pages: Sequence[ArrangedPage], plan: WikiPlan, made: Mapping[str, Files]
) -> Mapping[str, str]:
    """By slug of a part that the plan no longer has, that of the part in its place."""
    named = {slug for page in pages for slug in page.parts}
    unnamed = [part for part in plan.parts if part.slug not in named]
    found: dict[str, str] = {}
    for _, slug, missing in sorted(_candidates(unnamed, _missing(pages, plan, made))):
        if missing not in found and slug not in found.values():
            found[missing] = slug
    return found


def _missing(
    pages: Iterable[ArrangedPage], plan: WikiPlan, made: Mapping[str, Files]
) -> dict[str, Files]:
    """By slug that the plan does not have, the files of the pages that name it."""
    files: dict[str, Files] = {}
    for page in pages:
        for slug in page.parts:
            if slug not in plan.by_slug:
                files[slug] = files.get(slug, frozenset()) | made.get(page.title, frozenset())
    return files


def _candidates(parts: Iterable[PlannedPage], missing: Mapping[str, Files]) -> Iterator[Candidate]:
    for part in parts:
        for slug, files in missing.items():
            share = len(files.intersection(part.files)) / max(1, len(part.files))
            if share >= MIN_SHARE:
                yield -share, part.slug, slug


def _renamed(slugs: Iterable[str], present: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(present.get(slug, slug) for slug in slugs)
