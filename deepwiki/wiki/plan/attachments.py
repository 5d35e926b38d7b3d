"""Tests and documents, put to the parts that they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.wiki_plan import PlannedPage, WikiPlan

MAX_ATTACHED = 100  # of one part


def complete(
    code: CodeBase, pages: Sequence[PlannedPage], paths: Iterable[str]
) -> tuple[list[PlannedPage], list[str]]:
    """The pages with further files of code, and those that belong to none.

    A file goes to the part of its strongest link, else of its folder or the next around it.
    """
    found, rest = _assigned(code, pages, paths)
    by_slug = {page.slug: page for page in pages}
    added: dict[str, list[str]] = defaultdict(list)
    for slug, files in found.items():
        while slug:
            added[slug] += files
            slug = by_slug[slug].parent
    completed = [replace(page, files=(*page.files, *added[page.slug])) for page in pages]
    return completed, rest


def attach(code: CodeBase, pages: Sequence[PlannedPage], paths: Iterable[str]) -> list[PlannedPage]:
    """The pages with the files, the most important first, that are linked to theirs.

    A file belongs to one part at most: that of the strongest link, else of its folder.
    """
    found, _ = _assigned(code, pages, paths, outwards=False)
    return [_with_attached(page, found.get(page.slug, ())) for page in pages]


def _with_attached(page: PlannedPage, paths: Sequence[str]) -> PlannedPage:
    return replace(page, attached=tuple(paths[:MAX_ATTACHED]))


def _assigned(
    code: CodeBase, pages: Sequence[PlannedPage], paths: Iterable[str], *, outwards: bool = True
) -> tuple[dict[str, list[str]], list[str]]:
    """By slug of a part, the files that belong to it, and the files that belong to none.

    Those without links belong to their folder's part, `outwards` also to that of one around it.
    """
    page_of_file = WikiPlan(pages).page_of_file
    folders = _page_of_folder(page_of_file)
    found: dict[str, list[str]] = defaultdict(list)
    rest = []
    for path in sorted(paths, key=lambda path: (-code.files[path].rank, path)):
        slug = _linked(code, path, page_of_file) or folders.get(code.files[path].folder, "")
        folder = code.files[path].folder
        while outwards and folder and not slug:
            slug, folder = folders.get(folder, ""), folder.rpartition("/")[0]
        if slug:
            found[slug].append(path)
        else:
            rest.append(path)
    return found, rest


def _linked(code: CodeBase, path: str, page_of_file: Mapping[str, PlannedPage]) -> str:
    """The slug of the part that the links of a file lead to most."""
    weights: dict[str, float] = defaultdict(float)
    for link in code.outgoing.get(path, ()):
        page = page_of_file.get(link.target)
        if page is not None:
            weights[page.slug] += link.weight / (1 + code.files[link.target].in_degree) ** 0.5
    return min(weights, key=lambda slug: (-weights[slug], slug), default="")


def _page_of_folder(page_of_file: Mapping[str, PlannedPage]) -> dict[str, str]:
    """By folder, the slug of the part that has most files in it and below."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path, page in page_of_file.items():
        folder = path.rpartition("/")[0]
        while folder:
            counts[folder][page.slug] += 1
            folder = folder.rpartition("/")[0]
    return {
        folder: min(slugs, key=lambda slug: (-slugs[slug], slug))
        for folder, slugs in counts.items()
    }
