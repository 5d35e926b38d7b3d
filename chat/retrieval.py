"""Retrieval for the answer core: waits until the repository can be searched, then searches it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from django.conf import settings

from chat.citing import IndexCitations
from chat.core.answer import Retrieved
from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.events import Status
from chat.core.prompt import Passage
from deepwiki import metrics
from deepwiki.threads import in_thread
from repos.models import Index, IndexJob, Repository
from repos.search import Filters, line_counts, read_file, search
from repos.search import Passage as Found

POLL_SECONDS = 0.25
FILE_LINES = 800


@dataclass(frozen=True)
class RepositoryRetriever:
    """Retriever over one repository, with one person's rights."""

    repository_id: uuid.UUID
    person_id: int | None
    filters: Filters = field(default_factory=Filters)
    file: str = ""
    citing: IndexCitations = field(default_factory=IndexCitations)

    async def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """See Retriever. A repository that is new is waited for, with word of how far it is."""
        deadline = time.monotonic() + settings.INDEX_WAIT_SECONDS
        told = None
        while True:
            with metrics.timed(metrics.retrieval):
                found = await in_thread(self._look, question, limit)
            if isinstance(found, Retrieved):
                yield found
                return
            if found != told:
                told = found
                yield found
            if time.monotonic() > deadline:
                raise RetrieverFailed(
                    "Error preparing retriever: the repository is still being indexed. Ask again in a few minutes."
                )
            await asyncio.sleep(POLL_SECONDS)

    def _look(self, question: str, limit: int) -> Retrieved | Status:
        repository = Repository.objects.select_related("current_index").filter(pk=self.repository_id).first()
        if repository is None:
            raise NoSuchRepository
        index = repository.current_index
        if index is None:
            return _progress(repository)
        self.citing.address, self.citing.commit = repository.address, index.commit
        self.citing.lines = line_counts(index.pk, index.updated_at)
        found = search(
            [repository.pk], question, user_id=self.person_id, limit=limit, filters=self.filters, file=self.file
        )
        return Retrieved(
            passages=tuple(_passage(repository, passage) for passage in found.passages),
            commit=index.commit,
            mode=found.mode,
            repository=repository.name,
            file=self._file(repository),
            repository_id=str(repository.pk),
            building=index.state != Index.State.READY and bool(index.embedders),
        )

    def _file(self, repository: Repository) -> Passage | None:
        document = read_file(repository, self.file, self.person_id) if self.file else None
        if document is None:
            return None
        lines = document.text.split("\n")[:FILE_LINES]
        return Passage(document.path, 1, len(lines), "\n".join(lines), document.language)


def _progress(repository: Repository) -> Status:
    """What is being done for a repository that cannot be searched yet; raises when nothing more will be done."""
    job: IndexJob | None = repository.jobs.first()
    if job is None or job.state in (IndexJob.State.FAILED, IndexJob.State.CANCELLED):
        why = job.error if job and job.error else "indexing was cancelled."
        if "no such repository" in why:
            raise NoSuchRepository(f"Error preparing retriever: {why}")
        raise RetrieverFailed(f"Error preparing retriever: {why}")
    if job.state == IndexJob.State.PAUSED:
        raise RetrieverFailed("Error preparing retriever: indexing is paused. Resume it on the repository's page.")
    stage = IndexJob.Stage(job.stage).label
    return Status("indexing", stage, job.done if job.total else None, job.total or None)


def _passage(repository: Repository, found: Found) -> Passage:
    why = "named" if found.named else "words" if found.cosine is None else "meaning" if found.words is None else "both"
    url = repository.address.blob_url(found.commit, found.path, found.start, found.end)
    return Passage(found.path, found.start, found.end, found.text, found.language, found.symbol, found.score, why,
                   found.commit, url)  # fmt: skip
