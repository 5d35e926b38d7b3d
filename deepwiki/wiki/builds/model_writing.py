"""The pages of a build that a language model writes: in which order, and what happens without it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from django.db.models import F, Q, QuerySet

from deepwiki.wiki.builds.page_store import (
    is_by_model,
    keep_page,
    mark_fallback,
    save_model_page,
    save_page,
)
from deepwiki.wiki.builds.queue import DAY_USED_UP
from deepwiki.wiki.content import PageContent
from deepwiki.wiki.day_quota import payer_of, unused_tokens
from deepwiki.wiki.models import BuildPage, PageVersion, WikiBuild, WikiPage
from deepwiki.wiki.plan import PlannedPage
from deepwiki.wiki.writing.call_budget import Budget, CapReached, Spent
from deepwiki.wiki.writing.lesson_evidence import MAX_PAGES, BuiltPage
from deepwiki.wiki.writing.lesson_writer import LESSON_KINDS, LessonWriter
from deepwiki.wiki.writing.model_calls import CallFailed, ModelCaller
from deepwiki.wiki.writing.page_writer import MODEL_KINDS, ModelPage, PageWriter, WrittenBelow
from deepwiki.wiki.writing.second_look import SecondLook
from repos.jobs import stopping

logger = logging.getLogger(__name__)
NEWEST_FIRST = ("page_id", "-created_at", "-pk")
WRITTEN_KINDS = MODEL_KINDS | LESSON_KINDS.keys()


@contextmanager
def model_of(build: WikiBuild) -> Iterator[ModelCaller | None]:
    """The caller of a build's model, with what it may still spend; None without a model.

    Raises CallFailed for a model that is not set up.
    """
    if not build.model:
        yield None
        return
    with ModelCaller(build.provider, build.model, _budget(build), stopping.is_set) as caller:
        yield caller


def in_writing_order(rows: Sequence[BuildPage]) -> list[BuildPage]:
    """Parts before what stands above them, then the overview, then what is made of all of them.

    Else as they are read.
    """
    depths = _depths(rows)
    deepest_first = sorted(rows, key=lambda row: -depths[row.page_id])
    return sorted(deepest_first, key=lambda row: _turn(row.page))


def _turn(page: WikiPage) -> int:
    if page.kind in LESSON_KINDS:
        return 2
    return int(page.kind == WikiPage.Kind.OVERVIEW)


@dataclass
class ModelWriting:
    """Writes pages of one build with its model. Once the service refuses us, it is not asked again."""

    build: WikiBuild
    writer: PageWriter
    refused: str = field(default="")

    def write(self, row: BuildPage, page: PlannedPage, from_code: PageContent) -> None:
        """Save the page as a model writes it, else as it is made from the code, saying why.

        Raises CapReached, CallStopped, ClaimLost.
        """
        if page.kind not in WRITTEN_KINDS:
            save_page(self.build, row, page.title, from_code)
            return
        if self._stays(row):
            keep_page(self.build, row)
            return
        try:
            self._check_refused()
            self._check_day()
            written = self._written(row, page, from_code)
        except CallFailed as failed:
            self._note_refusal(failed)
            self._fall_back(row, page, from_code, str(failed))
        else:
            save_model_page(self.build, row, page.title, written)

    def _written(self, row: BuildPage, page: PlannedPage, from_code: PageContent) -> ModelPage:
        if page.kind in LESSON_KINDS:
            return LessonWriter(self.writer).write(page, from_code, _built_pages(self.build))
        return SecondLook(self.writer).write(page, from_code, self._below(row))

    def _stays(self, row: BuildPage) -> bool:
        """Builds that nobody asked for write only what no model has written yet."""
        return not (self.build.is_ordered or self.build.only_slug) and is_by_model(row)

    def _note_refusal(self, failed: CallFailed) -> None:
        if failed.is_final:
            self.refused = str(failed)

    def _check_refused(self) -> None:
        if self.refused:
            raise CallFailed(self.refused, is_final=True)

    def _check_day(self) -> None:
        """Raises CapReached where questions and other wikis have used what is left of the day."""
        payer = payer_of(self.build.wiki.repository, self.build.requested_by_id)
        if unused_tokens(payer) == 0:
            raise CapReached(DAY_USED_UP)

    def _fall_back(
        self, row: BuildPage, page: PlannedPage, from_code: PageContent, reason: str
    ) -> None:
        if is_by_model(row):
            keep_page(self.build, row)
        else:
            save_page(self.build, row, page.title, from_code)
        mark_fallback(self.build, row, reason)

    def _below(self, row: BuildPage) -> list[WrittenBelow]:
        """What the pages below this one say they are about; for the overview those at the top."""
        pages = WikiPage.objects.filter(wiki=self.build.wiki_id, is_removed=False)
        below = pages.filter(_stands_below(row.page)).exclude(pk=row.page_id).order_by("position")
        said = _summaries(below)
        return [WrittenBelow(page.title, page.slug, said.get(page.pk, "")) for page in below]


def _stands_below(page: WikiPage) -> Q:
    if page.kind == WikiPage.Kind.OVERVIEW:
        return Q(parent=None)
    return Q(parent=page)


def _built_pages(build: WikiBuild) -> list[BuiltPage]:
    """The pages that slides and workshop are made of, the overview first."""
    pages = WikiPage.objects.filter(wiki=build.wiki_id, is_removed=False, kind__in=MODEL_KINDS)
    newest = {version.page_id: version for version in _newest_of(pages)}
    ordered = sorted(pages, key=lambda page: (-_turn(page), -page.importance, page.pk))
    written = [page for page in ordered if page.pk in newest][:MAX_PAGES]
    return [BuiltPage(page.title, page.slug, newest[page.pk].text) for page in written]


def _newest_of(pages: QuerySet[WikiPage]) -> QuerySet[PageVersion]:
    """Of each page the newest version that is no translation."""
    versions = PageVersion.objects.filter(page__in=pages, translated_from=None)
    return versions.order_by(*NEWEST_FIRST).distinct("page_id")


def _summaries(pages: QuerySet[WikiPage]) -> dict[int, str]:
    """By id of a page, what its newest version says it is about."""
    return {each.page_id: each.content.get("summary", "") for each in _newest_of(pages)}


def _budget(build: WikiBuild) -> Budget:
    before = Spent(build.input_tokens, build.output_tokens, build.cost)
    return Budget(build.max_tokens, build.max_cost, before, partial(_store_costs, build))


def _store_costs(build: WikiBuild, spent: Spent) -> None:
    WikiBuild.objects.filter(pk=build.pk).update(
        input_tokens=F("input_tokens") + spent.input_tokens,
        output_tokens=F("output_tokens") + spent.output_tokens,
        cost=F("cost") + spent.cost,
    )


def _depths(rows: Sequence[BuildPage]) -> dict[int, int]:
    """By id of a page, how many pages stand above it."""
    parents = {row.page_id: row.page.parent_id for row in rows}
    return {page_id: _depth(page_id, parents) for page_id in parents}


def _depth(page_id: int, parents: Mapping[int, int | None]) -> int:
    depth, above = 0, parents[page_id]
    while above is not None and depth < len(parents):
        depth, above = depth + 1, parents.get(above)
    return depth
