"""Retrieval for the answer core: wait until the repository can be searched, then search."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.events import Status
from chat.core.ports import FilterCounts, Retrieved
from chat.core.prompt import PromptPassage
from chat.rendering.citation_links import CitationChecker
from chat.runs import keep
from chat.services.index_progress import index_progress
from chat.tools.named_places import with_named_places
from chat.tools.repository import RepositoryAtCommit
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos.indexing.code_tokens import question_terms
from repos.models import Index, Repository
from repos.search import (
    Filters,
    IndexSnapshot,
    PersonId,
    SearchHit,
    SearchOptions,
    SearchResult,
    read_file,
    release_snapshot,
    search,
    snapshot_line_counts,
    take_snapshot,
)
from repos.sources import Address

POLL_SECONDS = 0.25
SHARED_SECONDS = 5.0
MAX_FILE_LINES = 800
MAX_FILE_CHARS = 60_000
T = TypeVar("T")


@dataclass
class RepositoryRetriever:
    """Retriever over one repository, with one person's rights.

    `loaded` is the repository as it was read for the question, with this person's rights:
    it serves the first search, a later one reads it again. All searches are of `snapshot`,
    taken by the first. `names_first`: the places of the question's names come before the hits.
    """

    repository_id: uuid.UUID
    person_id: int | None
    filters: Filters = field(default_factory=Filters)
    file: str = ""
    loaded: Repository | None = None
    snapshot: IndexSnapshot | None = None
    names_first: bool = False

    async def retrieve(self, question: str, limit: int) -> AsyncGenerator[Status | Retrieved]:
        """See Retriever. Waits for a repository that is being indexed, with its progress."""
        deadline = time.monotonic() + settings.INDEX_WAIT_SECONDS
        last_status = None
        repository, self.loaded = self.loaded, None
        if repository is None:
            repository = await in_thread(self._load)
        while (snapshot := await self._taken_snapshot(repository)) is None:
            status = await in_thread(index_progress, repository)
            if status != last_status:
                last_status = status
                yield status
            if time.monotonic() > deadline:
                raise RetrieverFailed("still_indexing")
            await asyncio.sleep(POLL_SECONDS)
            repository = await in_thread(self._load)
        yield await self._search_once(repository, snapshot, question, limit)

    async def releasing(self, events: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """The events of the answer, at whose end the snapshot is released."""
        try:
            async with contextlib.aclosing(events):
                async for event in events:
                    yield event
        finally:
            if self.snapshot is not None:
                keep(in_thread(release_snapshot, self.snapshot))

    async def _taken_snapshot(self, repository: Repository) -> IndexSnapshot | None:
        """None while there is no index."""
        if self.snapshot is None and repository.current_index_id is not None:
            self.snapshot = await in_thread(take_snapshot, self.repository_id, self.person_id)
        return self.snapshot if repository.current_index_id is not None else None

    def _load(self) -> Repository:
        """The repository as it is now. Raises NoSuchRepository if it may not be read."""
        readable = Repository.objects.readable_by(PersonId(self.person_id))
        repository = readable.select_related("current_index").filter(pk=self.repository_id).first()
        if repository is None:
            raise NoSuchRepository
        return repository

    async def _search_once(
        self, repository: Repository, snapshot: IndexSnapshot, question: str, limit: int
    ) -> Retrieved:
        """Search; equal searches of one person within a few seconds are run once."""
        index = repository.current_index
        assert index is not None
        searched = (snapshot.index_id, snapshot.generation, snapshot.commit)
        state = (index.updated_at, index.state, self.names_first)
        key = (*searched, *state, self.person_id, question, limit, self.filters, self.file)
        with metrics.retrieval_seconds.time():
            return await _shared(
                key, lambda: in_thread(self._search, repository, snapshot, question, limit)
            )

    def _search(
        self, repository: Repository, snapshot: IndexSnapshot, question: str, limit: int
    ) -> Retrieved:
        result = search(
            [snapshot],
            question,
            user_id=self.person_id,
            options=SearchOptions(limit, self.filters, self.file),
        )
        index = _index_of(snapshot, repository)
        return Retrieved(
            passages=self._passages(repository, snapshot, question, result),
            commit=snapshot.commit,
            mode=result.mode,
            repository=repository.name,
            file=self._file(snapshot),
            repository_id=str(repository.pk),
            building=index.state != Index.State.READY and bool(index.embedders),
            indexed_files=index.files,
            eligible_files=index.eligible_files,
            check=_checker(
                repository.address, snapshot.commit, snapshot.index_id, snapshot.generation
            ),
            has_terms=bool(question_terms(question)),
            filtered=_filtered(result),
        )

    def _passages(
        self, repository: Repository, snapshot: IndexSnapshot, question: str, result: SearchResult
    ) -> tuple[PromptPassage, ...]:
        address = repository.address  # parsed each time: of a folder, by asking the file system
        hits = tuple(_prompt_passage(address, hit) for hit in result.passages)
        if not self.names_first:
            return hits
        readable = RepositoryAtCommit(
            repository, snapshot, repository.name, "", self.person_id, self.filters
        )
        return tuple(with_named_places(readable, question, hits))

    def _file(self, snapshot: IndexSnapshot) -> PromptPassage | None:
        if not self.file:
            return None
        document = read_file(snapshot, self.file, self.person_id)
        if document is None:
            return None
        lines = document.text[:MAX_FILE_CHARS].split("\n")[:MAX_FILE_LINES]
        return PromptPassage(document.path, 1, len(lines), "\n".join(lines), document.language)


_searches: dict[tuple[Any, ...], asyncio.Future[Any]] = {}


@lru_cache(maxsize=8)
def _checker(address: Address, commit: str, index_id: int, generation: int) -> CitationChecker:
    """One for all answers about a state of an index: it keeps every path and folder of it."""
    return CitationChecker(address, commit, snapshot_line_counts(index_id, generation))


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


def _index_of(snapshot: IndexSnapshot, repository: Repository) -> Index:
    """The index of a snapshot, which another one may have replaced. Raises NoSuchRepository."""
    current = repository.current_index
    if current is not None and current.pk == snapshot.index_id:
        return current
    index = Index.objects.filter(pk=snapshot.index_id).first()
    if index is None:
        raise NoSuchRepository
    return index


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
