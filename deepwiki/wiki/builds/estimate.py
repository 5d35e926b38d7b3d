"""What a wiki would cost if a model wrote it: pages, tokens, money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from chat.services import providers
from deepwiki.wiki.models import WikiPage
from deepwiki.wiki.writing.lesson_writer import LESSON_KINDS
from deepwiki.wiki.writing.page_writer import MAX_PACK_TOKENS, MODEL_KINDS, page_tokens
from repos.models import Repository
from repos.search import line_counts

FRAME_TOKENS = 4_000  # of instructions, links, the page made from the code
PAGE_TOKENS = 2_500  # that a page is written with
LOOK_TOKENS = 12_000  # read by a second look at a page, its repair and the look at that
LOOKED_TOKENS = 2_000  # written by these
LESSON_READ_TOKENS = 30_000  # by slides, and by a workshop: lines, built pages, instructions
LESSON_TOKENS = 4_000  # that they are written with
FILES_EACH = 8  # of a page, where no wiki was planned yet
MIN_PAGES, MAX_PAGES = 3, 80
PLAN_TOKENS = 7_500  # read, with the README and our instructions
PLAN_PAGE_TOKENS = 80  # written of each page of a plan
CAP_FACTOR = 1.5


@dataclass(frozen=True)
class Estimate:
    """Pages by a model, tokens read and written, dollars; None where the price is not known."""

    pages: int
    read: int
    written: int
    cost: float | None

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.read + self.written

    @property
    def cap_tokens(self) -> int:
        """The cap that is proposed."""
        return int(CAP_FACTOR * self.tokens) // 1_000 * 1_000

    @property
    def cap_cost(self) -> str:
        """The cap that is proposed, in dollars."""
        return f"{max(0.01, CAP_FACTOR * (self.cost or 0.0)):.2f}"

    @property
    def shown_cost(self) -> str:
        """In dollars, rounded up to a cent."""
        return f"{max(0.01, self.cost or 0.0):.2f}"


def estimate(repository: Repository, provider: str, model: str) -> Estimate:
    """By the pages of the last plan, else by the number of files. More than is likely used."""
    lines = _lines(repository)
    packs = list(_packs(repository, lines)) or [MAX_PACK_TOKENS] * _pages(len(lines))
    read = PLAN_TOKENS + sum(packs) + len(packs) * (FRAME_TOKENS + LOOK_TOKENS)
    written = len(packs) * (PAGE_TOKENS + LOOKED_TOKENS + PLAN_PAGE_TOKENS)
    lessons = _lessons(repository)
    read += lessons * LESSON_READ_TOKENS
    written += lessons * LESSON_TOKENS
    return Estimate(
        len(packs) + lessons, read, written, providers().cost(provider, model, read, written)
    )


def _lines(repository: Repository) -> Mapping[str, int]:
    index = repository.current_index
    if index is None:
        return {}
    return line_counts(index.pk, index.updated_at)


def _packs(repository: Repository, lines: Mapping[str, int]) -> Iterator[int]:
    """Of each page that a model would write, the tokens of lines it would read."""
    for files in _planned(repository).filter(kind__in=MODEL_KINDS).values_list("files", flat=True):
        yield _pack_tokens(files, lines)


def _pack_tokens(files: Sequence[str], lines: Mapping[str, int]) -> int:
    return min(MAX_PACK_TOKENS, page_tokens(_sum_of(files, lines)) + FRAME_TOKENS)


def _lessons(repository: Repository) -> int:
    """How many of the slides and the workshop there are; both before a wiki was planned."""
    pages = _planned(repository)
    if not pages.exists():
        return len(LESSON_KINDS)
    return pages.filter(kind__in=LESSON_KINDS).count()


def _planned(repository: Repository) -> QuerySet[WikiPage]:
    return WikiPage.objects.filter(wiki__repository=repository, is_removed=False)


def _sum_of(files: Iterable[str], lines: Mapping[str, int]) -> int:
    return sum(lines.get(path, 0) for path in files)


def _pages(files: int) -> int:
    return min(MAX_PAGES, max(MIN_PAGES, files // FILES_EACH))
