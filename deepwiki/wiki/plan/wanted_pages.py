"""The pages that the settings of a repository ask for, with the files that they are about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from deepwiki.wiki.plan.code_base import CodeBase
from deepwiki.wiki.plan.globs import matcher
from deepwiki.wiki.plan.names import WORD_STARTS, slug_of
from deepwiki.wiki.plan.wiki_plan import PageKind, PlannedPage
from deepwiki.wiki.plan.wiki_settings import WantedPage

MIN_WORD_CHARS = 3
TITLE_WEIGHT = 3.0
PATH_WEIGHT = 20.0  # of a path of a file or folder that a page names
MAX_WORDS = 500  # of one page
MENTIONED_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
OVERVIEW_TITLES = frozenset({"overview", "introduction"})


def wanted_parts(
    code: CodeBase, paths: Sequence[str], wanted: Sequence[WantedPage], slugs: set[str]
) -> tuple[list[PlannedPage], list[str]]:
    """The pages in their order, parents first, and the files that none of them is about.

    A file belongs to the pages whose globs match it; else to the page whose words and paths
    name it best.
    """
    files = _files_of_pages(code, paths, wanted)
    placed = {path for of_page in files.values() for path in of_page}
    pages = []
    slug_of_title: dict[str, str] = {}
    slugs.clear()  # no other pages are planned
    for page in _parents_first(wanted):
        slug = slug_of(page.title, slugs)
        slugs.add(slug)
        slug_of_title[page.title.casefold()] = slug
        pages.append(_planned(code, page, slug, slug_of_title, files))
    return pages, [path for path in paths if path not in placed]


def _planned(
    code: CodeBase,
    page: WantedPage,
    slug: str,
    slug_of_title: Mapping[str, str],
    files: Mapping[str, Sequence[str]],
) -> PlannedPage:
    ranked = sorted(files[page.title], key=lambda path: (-code.files[path].rank, path))
    is_overview = page.title.casefold() in OVERVIEW_TITLES and not page.parent
    return PlannedPage(
        slug=slug,
        kind=PageKind.OVERVIEW if is_overview else PageKind.PART,
        title=page.title,
        files=tuple(ranked),
        parent=slug_of_title.get(page.parent.casefold(), ""),
        importance=round(sum(code.files[path].rank for path in ranked), 6),
        notes="\n\n".join(filter(None, (page.purpose, page.notes))),
    )


def _parents_first(wanted: Sequence[WantedPage]) -> Iterable[WantedPage]:
    """The pages in their order, those below one right after it."""
    children: dict[str, list[WantedPage]] = defaultdict(list)
    for page in wanted:
        children[page.parent.casefold()].append(page)
    waiting = list(reversed(children[""]))
    while waiting:
        page = waiting.pop()
        yield page
        waiting += reversed(children[page.title.casefold()])


def _files_of_pages(
    code: CodeBase, paths: Sequence[str], wanted: Sequence[WantedPage]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {page.title: [] for page in wanted}
    globs = [(page, matcher(page.include)) for page in wanted if page.include]
    words = _words_of_pages([page for page in wanted if not page.include])
    for path in paths:
        chosen = [page.title for page, matches in globs if matches(path)]
        title = _best(path, words) if not chosen else ""
        for each in chosen or ([title] if title else []):
            found[each].append(path)
    return found


Words = dict[str, dict[str, float]]  # word or path -> title of a page -> weight


def _words_of_pages(wanted: Sequence[WantedPage]) -> Words:
    """Words that many pages have weigh little."""
    found: Words = defaultdict(dict)
    for page in wanted:
        words = dict.fromkeys(_words(f"{page.purpose} {page.notes}"), 1.0)
        words |= dict.fromkeys(_words(page.title), TITLE_WEIGHT)
        for word, weight in words.items():
            found[word][page.title] = weight
        for mentioned in MENTIONED_PATH.findall(f"{page.purpose} {page.notes}")[:MAX_WORDS]:
            found[mentioned.strip("./")][page.title] = PATH_WEIGHT
    return {
        word: {title: weight / len(titles) for title, weight in titles.items()}
        for word, titles in found.items()
    }


def _words(text: str) -> list[str]:
    words = filter(_is_long, WORD_STARTS.split(text))
    return list(islice(dict.fromkeys(map(str.lower, words)), MAX_WORDS))


def _is_long(word: str) -> bool:
    return len(word) >= MIN_WORD_CHARS


def _best(path: str, words: Words) -> str:
    """The page whose words name a file best; empty where no word does."""
    scores: dict[str, float] = defaultdict(float)
    segments = path.split("/")
    prefixes = ["/".join(segments[: end + 1]) for end in range(1, len(segments))]
    for term in [*dict.fromkeys(_words(path)), *prefixes]:
        for title, weight in words.get(term, {}).items():
            scores[title] += weight
    return min(scores, key=lambda title: (-scores[title], title), default="")
