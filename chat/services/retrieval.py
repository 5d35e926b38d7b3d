"""Retrieval for the answer core: wait until the repository can be searched, then search."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.events import Status
from chat.core.ports import FilterCounts, Retrieved
from chat.core.prompt import PromptPassage
from chat.rendering.citation_links import CitationChecker
from chat.runs import keep
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos import jobs
from repos.indexing.code_tokens import question_terms
from repos.models import Index, IndexJob, Repository
from repos.search import (
    Filters,
    PersonId,
    SearchHit,
    SearchOptions,
    SearchResult,
    line_counts,
    read_file,
    search,
)
from repos.sources import Address
from repos.sources.errors import NOT_FOUND_CODES

POLL_SECONDS = 0.25
SHARED_SECONDS = 5.0
MAX_FILE_LINES = 800
# The status while a job waits that asking requested after one that failed.
ANOTHER_ATTEMPT = "Trying again: the last attempt failed"
MAX_FILE_CHARS = 60_000
T = TypeVar("T")


@dataclass
class RepositoryRetriever:
    """Retriever over one repository, with one person's rights.

    `loaded` is the repository as it was read for the question, with this person's rights:
    it serves the first search, a later one reads it again.
    """

    repository_id: uuid.UUID
    person_id: int | None
    filters: Filters = field(default_factory=Filters)
    file: str = ""
    loaded: Repository | None = None

    async def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """See Retriever. Waits for a repository that is being indexed, with its progress."""
        deadline = time.monotonic() + settings.INDEX_WAIT_SECONDS
        last_status = None
        repository, self.loaded = self.loaded, None
        if repository is None:
            repository = await in_thread(self._load)
        while repository.current_index is None:
            status = await in_thread(_progress, repository)
            if status != last_status:
                last_status = status
                yield status
            if time.monotonic() > deadline:
                raise RetrieverFailed("still_indexing")
            await asyncio.sleep(POLL_SECONDS)
            repository = await in_thread(self._load)
        yield await self._search_once(repository, repository.current_index, question, limit)

    def _load(self) -> Repository:
        """The repository as it is now. Raises NoSuchRepository if it may not be read."""
        readable = Repository.objects.readable_by(PersonId(self.person_id))
        repository = readable.select_related("current_index").filter(pk=self.repository_id).first()
        if repository is None:
            raise NoSuchRepository
        return repository

    async def _search_once(
        self, repository: Repository, index: Index, question: str, limit: int
    ) -> Retrieved:
        """Search; equal searches of one person within a few seconds are run once."""
        state = (index.pk, index.updated_at, index.state)
        key = (*state, self.person_id, question, limit, self.filters, self.file)
        with metrics.retrieval_seconds.time():
            return await _shared(
                key, lambda: in_thread(self._search, repository, index, question, limit)
            )

    def _search(self, repository: Repository, index: Index, question: str, limit: int) -> Retrieved:
        result = search(
            [repository.pk],
            question,
            user_id=self.person_id,
            options=SearchOptions(limit, self.filters, self.file),
        )
        address = repository.address
        lines = line_counts(index.pk, index.updated_at)
        return Retrieved(
            passages=tuple(_prompt_passage(address, hit) for hit in result.passages),
            commit=index.commit,
            mode=result.mode,
            repository=repository.name,
            file=self._file(repository),
            repository_id=str(repository.pk),
            building=index.state != Index.State.READY and bool(index.embedders),
            indexed_files=index.files,
            eligible_files=index.eligible_files,
            check=CitationChecker(address, index.commit, lines),
            has_terms=bool(question_terms(question)),
            filtered=_filtered(result),
        )

    def _file(self, repository: Repository) -> PromptPassage | None:
        if not self.file:
            return None
        document = read_file(repository, self.file, self.person_id)
        if document is None:
            return None
        lines = document.text[:MAX_FILE_CHARS].split("\n")[:MAX_FILE_LINES]
        return PromptPassage(document.path, 1, len(lines), "\n".join(lines), document.language)


_searches: dict[tuple[Any, ...], asyncio.Future[Any]] = {}


async def _shared(key: tuple[Any, ...], start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The result of `start()`, run once for all calls with `key` within SHARED_SECONDS.

    The key names the person and the state of the index, so no result is shared that
    would have been another one. Results are shared on one event loop only.
    """
    loop = asyncio.get_running_loop()
    key = (id(loop), *key)
    future = _searches.get(key)
    if future is None or _has_failed(future):
        future = keep(start())
        _searches[key] = future
        loop.call_later(SHARED_SECONDS, _searches.pop, key, None)
    result: T = await asyncio.shield(future)
    return result


def _has_failed(future: asyncio.Future[Any]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


def _progress(repository: Repository) -> Status:
    """The stage of the job of a repository that had no index a moment ago.

    Raises NoSuchRepository or RetrieverFailed if no job will make one.
    """
    job: IndexJob | None = repository.jobs.first()
    if job is None or job.state in (IndexJob.State.FAILED, IndexJob.State.CANCELLED):
        raise _indexing_failed(job)
    if job.state == IndexJob.State.PAUSED:
        raise RetrieverFailed("indexing_paused")
    if job.state == IndexJob.State.DONE and not _has_index(repository):
        # Its index was dropped to make room: build it again.
        job, _ = jobs.request(repository)
    return _status(job)


def _has_index(repository: Repository) -> bool:
    """Is there one by now? The job may have ended after the repository was read."""
    return Repository.objects.filter(pk=repository.pk, current_index__isnull=False).exists()


def _status(job: IndexJob) -> Status:
    if job.state == IndexJob.State.QUEUED and _follows_a_failure(job):
        return Status("indexing", ANOTHER_ATTEMPT)
    stage = str(IndexJob.Stage(job.stage).label)
    if not job.total:
        return Status("indexing", stage)
    return Status("indexing", stage, job.progress, job.total)


def _follows_a_failure(job: IndexJob) -> bool:
    earlier = IndexJob.objects.filter(
        repository=job.repository_id, created_at__lt=job.created_at
    ).first()
    return earlier is not None and earlier.state == IndexJob.State.FAILED


def _indexing_failed(job: IndexJob | None) -> NoSuchRepository | RetrieverFailed:
    if job is None or not job.error:
        return RetrieverFailed("indexing_cancelled")
    if job.error_code in NOT_FOUND_CODES:
        return NoSuchRepository("indexing_failed", cause=job.error)
    return RetrieverFailed("indexing_failed", cause=job.error)


def _filtered(result: SearchResult) -> FilterCounts | None:
    files = result.files
    if files is None:
        return None
    return FilterCounts(len(files.documents), files.total, files.unmatched)


def _prompt_passage(address: Address, hit: SearchHit) -> PromptPassage:
    return PromptPassage(
        path=hit.path,
        start=hit.start,
        end=hit.end,
        text=hit.text,
        language=hit.language,
        symbol=hit.symbol,
        score=hit.score,
        match_reason=hit.reason,
        via=hit.via,
        role=hit.role,
        commit=hit.commit,
        url=address.blob_url(hit.commit, hit.path, hit.start, hit.end),
    )
