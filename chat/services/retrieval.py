"""Retrieval for the answer core: wait until the repository can be searched, then search."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.conf import settings

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.core.events import Status
from chat.core.ports import Retrieved
from chat.runs import keep
from chat.services.index_progress import index_progress
from chat.services.repository_search import RepositorySearch
from chat.tools.repository import RepositoryAtCommit, with_names
from deepwiki.foundation import metrics
from deepwiki.foundation.threads import in_thread
from repos.models import Repository
from repos.search import Filters, IndexSnapshot, PersonId, release_snapshot, take_snapshot

POLL_SECONDS = 0.25
SHARED_SECONDS = 5.0
T = TypeVar("T")


@dataclass
class RepositoryRetriever:
    """Retriever over one repository, and perhaps `others`, with one person's rights.

    `loaded` is the repository as it was read for the question, with this person's rights:
    it serves the first search, a later one reads it again. All searches are of `snapshot`,
    taken by the first, and of such snapshots of the others; `searched` is what was.
    `names_first`: the places of the question's names come before the hits.
    """

    repository_id: uuid.UUID
    person_id: int | None
    filters: Filters = field(default_factory=Filters)
    file: str = ""
    loaded: Repository | None = None
    snapshot: IndexSnapshot | None = None
    names_first: bool = False
    others: Sequence[Repository] = ()
    searched: Sequence[RepositoryAtCommit] = ()
    _others_read: list[tuple[Repository, IndexSnapshot]] = field(default_factory=list)
    _not_ready: list[str] = field(default_factory=list)

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
            for snapshot in self._snapshots():
                keep(in_thread(release_snapshot, snapshot))

    def _snapshots(self) -> list[IndexSnapshot]:
        """All that were taken."""
        own = [self.snapshot] if self.snapshot is not None else []
        return own + [snapshot for _, snapshot in self._others_read]

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
        self.searched = await self._opened(repository, snapshot)
        search = RepositorySearch(self.searched, self.file, self.names_first)
        states = tuple(map(_state, self.searched))
        key = (*states, self.names_first, self.person_id, question, limit, self.filters, self.file)
        with metrics.retrieval_seconds.time():
            found = await _shared(key, lambda: in_thread(search.run, question, limit))
        return replace(found, not_ready=tuple(self._not_ready))

    async def _opened(
        self, repository: Repository, snapshot: IndexSnapshot
    ) -> Sequence[RepositoryAtCommit]:
        """What is searched: the repository, and those of the others that have an index."""
        if self.others and not self.searched:
            await in_thread(self._take_others)
        read = [(repository, snapshot), *self._others_read]
        return with_names(
            [
                RepositoryAtCommit(one, taken, one.name, "", self.person_id, self.filters)
                for one, taken in read
            ]
        )

    def _take_others(self) -> None:
        """Take a snapshot of each. Raises NoSuchRepository for one that may not be read."""
        for repository in self.others:
            taken = take_snapshot(repository.pk, self.person_id)
            if taken is not None:
                self._others_read.append((repository, taken))
            elif _is_readable(repository, self.person_id):
                self._not_ready.append(repository.name)
            else:
                raise NoSuchRepository


def _is_readable(repository: Repository, person_id: int | None) -> bool:
    readable = Repository.objects.readable_by(PersonId(person_id))
    return readable.filter(pk=repository.pk).exists()


def _state(one: RepositoryAtCommit) -> tuple[Any, ...]:
    """The state of an index that a search reads."""
    index = one.repository.current_index
    current = (index.updated_at, index.state) if index is not None else ()
    return (one.index_id, one.generation, one.commit, one.name, *current)


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
