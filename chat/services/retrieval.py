"""Retrieval for the answer core: waits until the repository can be searched, then searches it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.events import Status
from chat.core.pipeline import Retrieved
from chat.core.prompt import PromptPassage
from chat.rendering.citation_links import IndexCitations
from chat.runs import keep
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos import jobs
from repos.models import Index, IndexJob, Repository
from repos.search import (
    Filters,
    PersonId,
    SearchHit,
    SearchOptions,
    line_counts,
    read_file,
    search,
)
from repos.sources import Address

POLL_SECONDS = 0.25
SHARED_SECONDS = 5.0
T = TypeVar("T")
FILE_LINES = 800


@dataclass
class RepositoryRetriever:
    """Retriever over one repository, with one person's rights."""

    repository_id: uuid.UUID
    person_id: int | None
    filters: Filters = field(default_factory=Filters)
    file: str = ""
    citing: IndexCitations = field(default_factory=IndexCitations)
    known: Repository | None = None  # as it was read a moment ago, with this person's rights

    async def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """See Retriever. A repository that is new is waited for, with word of how far it is."""
        deadline = time.monotonic() + settings.INDEX_WAIT_SECONDS
        told = None
        # What was read for the question serves its first search; a later round looks again.
        known, self.known = self.known, None
        repository = known if known is not None else await in_thread(self._readable)
        while True:
            if repository.current_index is not None:
                yield await self._found(repository, repository.current_index, question, limit)
                return
            status = await in_thread(_progress, repository)
            if status != told:
                told = status
                yield status
            if time.monotonic() > deadline:
                raise RetrieverFailed(
                    "Error preparing retriever: the repository is still being indexed. Ask again in a few minutes."
                )
            await asyncio.sleep(POLL_SECONDS)
            repository = await in_thread(self._readable)

    def _readable(self) -> Repository:
        """The repository as it stands now, as long as this person may read it."""
        readable = Repository.objects.readable_by(PersonId(self.person_id)).select_related(
            "current_index"
        )
        repository = readable.filter(pk=self.repository_id).first()
        if repository is None:
            raise NoSuchRepository
        return repository

    async def _found(
        self, repository: Repository, index: Index, question: str, limit: int
    ) -> Retrieved:
        """What a search gives; people who ask the same at the same time share one."""
        self.citing.address, self.citing.commit = repository.address, index.commit
        key = (
            index.pk,
            index.updated_at,
            index.state,
            self.person_id,
            question,
            limit,
            self.filters,
            self.file,
        )
        with metrics.timed(metrics.retrieval):
            found, self.citing.lines = await _shared(
                key, lambda: in_thread(self._look, repository, index, question, limit)
            )
        return found

    def _look(
        self, repository: Repository, index: Index, question: str, limit: int
    ) -> tuple[Retrieved, Mapping[str, int]]:
        found = search(
            [repository.pk],
            question,
            user_id=self.person_id,
            options=SearchOptions(limit, self.filters, self.file),
        )
        address = self.citing.address or repository.address
        retrieved = Retrieved(
            passages=tuple(_passage(address, passage) for passage in found.passages),
            commit=index.commit,
            mode=found.mode,
            repository=repository.name,
            file=self._file(repository),
            repository_id=str(repository.pk),
            building=index.state != Index.State.READY and bool(index.embedders),
        )
        return retrieved, line_counts(index.pk, index.updated_at)

    def _file(self, repository: Repository) -> PromptPassage | None:
        document = read_file(repository, self.file, self.person_id) if self.file else None
        if document is None:
            return None
        lines = document.text.split("\n")[:FILE_LINES]
        return PromptPassage(document.path, 1, len(lines), "\n".join(lines), document.language)


_searches: dict[tuple[Any, ...], asyncio.Future[Any]] = {}


async def _shared(key: tuple[Any, ...], search: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """The result of `search`, run once for all who ask with the same key within a few seconds, on one event loop.

    The key holds who asks and the state of the index, so nothing is shared that would have been found differently.
    """
    key = (id(asyncio.get_running_loop()), *key)
    known = _searches.get(key)
    if known is None or (known.done() and (known.cancelled() or known.exception() is not None)):
        known = keep(search())
        _searches[key] = known
        asyncio.get_running_loop().call_later(SHARED_SECONDS, _searches.pop, key, None)
    found: T = await asyncio.shield(known)
    return found


def _progress(repository: Repository) -> Status:
    """What is being done for a repository that cannot be searched yet; raises when nothing more will be done."""
    job: IndexJob | None = repository.jobs.first()
    if job is not None and job.state == IndexJob.State.DONE:  # its index was dropped to make room
        job, _ = jobs.request(repository)
    if job is None or job.state in (IndexJob.State.FAILED, IndexJob.State.CANCELLED):
        why = job.error if job and job.error else "indexing was cancelled."
        if "no such repository" in why:
            raise NoSuchRepository(f"Error preparing retriever: {why}")
        raise RetrieverFailed(f"Error preparing retriever: {why}")
    if job.state == IndexJob.State.PAUSED:
        raise RetrieverFailed(
            "Error preparing retriever: indexing is paused. Resume it on the repository's page."
        )
    stage = str(IndexJob.Stage(job.stage).label)
    return Status("indexing", stage, job.progress if job.total else None, job.total or None)


def _passage(address: Address, found: SearchHit) -> PromptPassage:
    why = (
        "named"
        if found.named
        else "words"
        if found.cosine is None
        else "meaning"
        if found.words is None
        else "both"
    )
    url = address.blob_url(found.commit, found.path, found.start, found.end)
    return PromptPassage(
        found.path,
        found.start,
        found.end,
        found.text,
        found.language,
        found.symbol,
        found.score,
        why,
        found.commit,
        url,
    )
