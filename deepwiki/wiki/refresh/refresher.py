"""Has a model patch the pages whose claims have changed, one by one, within a budget of tokens."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from deepwiki.foundation.text import estimated_tokens
from deepwiki.wiki.ledger.line_hashes import CONTEXT_LINES
from deepwiki.wiki.ledger.page_claims import store_claims
from deepwiki.wiki.ledger.regions import MAX_REGION
from deepwiki.wiki.ledger.standing import stale_versions
from deepwiki.wiki.models import (
    PageClaim,
    PageRefresh,
    PageVersion,
    Wiki,
    WikiPage,
)
from deepwiki.wiki.pages import markdown
from deepwiki.wiki.refresh.page_model import PageModel
from deepwiki.wiki.refresh.patch import INSTRUCTIONS, MAX_ANSWER_CHARS, PagePatch, parse_patch
from deepwiki.wiki.refresh.stale_page import ChildNews, FreshPage, StalePage
from deepwiki.wiki.translation.recorded_pages import json_content
from deepwiki.wiki.writing.call_budget import CapReached, Spent
from deepwiki.wiki.writing.model_calls import CallFailed, CallStopped, Instruction
from repos.search import IndexSnapshot

logger = logging.getLogger(__name__)
MAX_DEPTH = 5  # pages above one whose summaries are renewed
MAX_PAGES = 200  # of one refresh
LINE_CHARS = 45  # of a line of code, about
MAX_OUTPUT_TOKENS = 4_000
STOPPED = "The worker was stopped."
NO_ROOM = "The budget left no room for another call of the model."
NOTHING = "The model wrote no paragraph anew."


@dataclass(frozen=True)
class Refresher:
    """Patches the pages of a wiki, within the budget of `model`.

    Nobody is `user_id` of an automatic one.
    """

    wiki: Wiki
    snapshot: IndexSnapshot
    model: PageModel
    user_id: int | None = None

    def refresh(self) -> list[PageRefresh]:
        """What was asked. It ends where the budget does, and at the first failure of the service."""
        done: list[PageRefresh] = []
        for page in self._pages():
            if not self._can_pay(page):
                break
            done.append(self._refresh_page(page))
            done += self._renew_parents(page, done)
            if done[-1].has_failed:
                break
        return done

    def _pages(self) -> Iterator[StalePage]:
        """The pages that are patched; those of which nothing can be asked are left as they are."""
        for version in written_stale(self.wiki)[:MAX_PAGES]:
            page = StalePage.of(version, self.snapshot)
            if page.paragraphs:
                yield page

    def _can_pay(self, page: StalePage) -> bool:
        """Whether the budget has room for the most that asking about a page may take."""
        try:
            self.model.budget.check(Spent(_asked_tokens(page.prompt()), MAX_OUTPUT_TOKENS))
        except CapReached:
            return False
        return True

    def _renew_parents(self, page: StalePage, done: Sequence[PageRefresh]) -> list[PageRefresh]:
        """What was asked about the pages above one whose summary is another now."""
        asked: list[PageRefresh] = []
        made = done[-1].version
        while made is not None and len(asked) < MAX_DEPTH:
            above = _parent_of(made, page, self.snapshot)
            if above is None or not self._can_pay(above):
                break
            asked.append(self._refresh_page(above))
            page, made = above, asked[-1].version
        return asked

    def _refresh_page(self, page: StalePage) -> PageRefresh:
        prompt = page.prompt()
        row = PageRefresh.objects.create(
            wiki=self.wiki,
            commit=self.snapshot.commit,
            input_tokens=0,
            output_tokens=0,
            requested_by_id=self.user_id,
        )
        self.model.budget.on_spent = partial(_count, row)
        instruction = Instruction(INSTRUCTIONS, prompt, MAX_OUTPUT_TOKENS, MAX_ANSWER_CHARS)
        try:
            reply = self.model.ask(instruction)
        except CapReached:
            row.error, row.has_failed = NO_ROOM, True
        except (CallFailed, CallStopped) as error:
            row.error, row.has_failed = str(error) or STOPPED, True
        else:
            self._store(row, page, parse_patch(reply.text, page.paragraphs))
        row.save()
        return row

    def _store(self, row: PageRefresh, page: StalePage, patch: PagePatch) -> None:
        if patch.is_empty:
            row.error = NOTHING
            return
        row.version = store_fresh(page, page.fresh(patch))


def _newest_of(page: WikiPage, language: str) -> PageVersion | None:
    return page.versions.filter(language=language).order_by("-version_number").first()


def _count(row: PageRefresh, spent: Spent) -> None:
    """Store what an attempt has cost: what comes after it may fail."""
    row.input_tokens += spent.input_tokens
    row.output_tokens += spent.output_tokens
    row.cost += spent.cost
    row.save(update_fields=["input_tokens", "output_tokens", "cost"])


def _parent_of(made: PageVersion, former: StalePage, snapshot: IndexSnapshot) -> StalePage | None:
    """The page above, if a model wrote it, it links to the page, and the summary is another."""
    summary = made.content["summary"]
    parent = made.page.parent
    if parent is None or summary == former.content.summary:
        return None
    newest = _newest_of(parent, made.language)
    if newest is None or newest.made_by != PageVersion.Author.MODEL:
        return None
    above = StalePage.of(newest, snapshot, ChildNews(made.page.slug, summary))
    if not above.paragraphs:
        return None
    return above


def written_stale(wiki: Wiki) -> list[PageVersion]:
    """The stale versions that a model wrote, the most important pages first."""
    written = stale_versions(wiki).filter(made_by=PageVersion.Author.MODEL, translated_from=None)
    return list(written.select_related("page").order_by("-page__importance", "page_id"))


def expected_cost(wiki: Wiki) -> tuple[int, int, int]:
    """How many pages would be patched, and about how many tokens read and written for it.

    By their claims alone, without reading any file.
    """
    versions = written_stale(wiki)
    changed = PageClaim.objects.filter(version__in=versions, state=PageClaim.State.CHANGED)
    texts = lines = 0
    for text, start, end in changed.values_list("text", "start_line", "end_line"):
        texts += len(text)
        lines += min(end - start + 1, MAX_REGION) + 2 * CONTEXT_LINES
    read = len(versions) * estimated_tokens(INSTRUCTIONS) + (texts + lines * LINE_CHARS) // 4
    return len(versions), read, texts // 4


def _asked_tokens(prompt: str) -> int:
    return estimated_tokens(INSTRUCTIONS) + estimated_tokens(prompt)


def spent_this_month(wiki: Wiki) -> int:
    """The tokens that refreshes of a wiki have used since the month began."""
    began = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = PageRefresh.objects.filter(wiki=wiki, created_at__gte=began)
    return rows.aggregate(all=Sum(F("input_tokens") + F("output_tokens")))["all"] or 0


def store_fresh(page: StalePage, fresh: FreshPage) -> PageVersion | None:
    """A new version of a page with its claims; None if somebody wrote another one meanwhile."""
    old = page.version
    with transaction.atomic():
        WikiPage.objects.select_for_update().get(pk=old.page_id)
        versions = PageVersion.objects.filter(page_id=old.page_id, language=old.language)
        if versions.filter(version_number__gt=old.version_number).exists():
            return None
        made = PageVersion.objects.create(
            page_id=old.page_id,
            language=old.language,
            version_number=old.version_number + 1,
            title=old.title,
            commit=page.snapshot.commit,
            content=json_content(fresh.content),
            text=markdown(fresh.content, old.title),
            made_by=PageVersion.Author.MODEL,
        )
        store_claims(made, fresh.claims)
    return made
