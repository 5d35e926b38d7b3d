"""The search of an answer: over its repositories, each at the commit at which it began."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chat.core.citations import Check
from chat.core.errors import NoSuchRepository
from chat.core.ports import FilterCounts, Retrieved, SearchedRepository
from chat.core.prompt import PromptPassage
from chat.rendering.citation_links import CitationChecker, SeveralCheckers
from chat.tools.named_places import with_named_places
from chat.tools.repository import RepositoryAtCommit
from repos.indexing.code_tokens import question_terms
from repos.models import Index
from repos.search import (
    SearchHit,
    SearchOptions,
    SearchResult,
    read_file,
    search,
    snapshot_line_counts,
)
from repos.sources import Address

MAX_FILE_LINES = 800
MAX_FILE_CHARS = 60_000


@dataclass(frozen=True)
class RepositorySearch:
    """What is searched, and how. The first repository has the file in focus.

    `names_first`: the places of the question's names come before the hits.
    """

    repositories: Sequence[RepositoryAtCommit]
    file: str = ""
    names_first: bool = False

    @property
    def first(self) -> RepositoryAtCommit:
        """The repository of the conversation."""
        return self.repositories[0]

    def run(self, question: str, limit: int) -> Retrieved:
        """Search. Raises NoSuchRepository."""
        result = self._search(question, limit)
        indexes = [_index_of(one) for one in self.repositories]
        return Retrieved(
            passages=tuple(self._passages(question, result.passages)),
            commit=self.first.commit,
            mode=result.mode,
            repository=self.first.repository.name,
            file=self._file(),
            repository_id=str(self.first.repository.pk),
            building=any(map(_is_building, indexes)),
            indexed_files=sum(index.files for index in indexes),
            eligible_files=sum(index.eligible_files for index in indexes),
            check=self._check(),
            has_terms=bool(question_terms(question)),
            filtered=_filtered(result),
            repositories=self._several(),
        )

    def _search(self, question: str, limit: int) -> SearchResult:
        """The best hits of all; of several repositories each has a share of them."""
        count = len(self.repositories)
        result = search(
            [one.snapshot for one in self.repositories],
            question,
            user_id=self.first.person_id,
            options=SearchOptions(limit * count, self.first.filters, self.file),
        )
        return replace(result, passages=shared_out(result.passages, limit, count))

    def _passages(self, question: str, hits: Sequence[SearchHit]) -> Iterable[PromptPassage]:
        by_id = {one.repository.pk: one for one in self.repositories}
        passages = [_prompt_passage(by_id[hit.repository_id], hit) for hit in hits]
        if not self.names_first:
            return passages
        return self._with_named_places(question, passages)

    def _with_named_places(
        self, question: str, passages: Sequence[PromptPassage]
    ) -> Iterable[PromptPassage]:
        """By repository, those of the best passage first."""
        names = list(dict.fromkeys(passage.repository for passage in passages))
        in_order = sorted(self.repositories, key=lambda one: _position(names, one.shown_name))
        for one in in_order:
            own = [passage for passage in passages if passage.repository == one.shown_name]
            yield from with_named_places(one, question, own)

    def _file(self) -> PromptPassage | None:
        if not self.file:
            return None
        document = read_file(self.first.snapshot, self.file, self.first.person_id)
        if document is None:
            return None
        lines = document.text[:MAX_FILE_CHARS].split("\n")[:MAX_FILE_LINES]
        path = self.first.shown_path(document.path)
        return PromptPassage(path, 1, len(lines), "\n".join(lines), document.language)

    def _check(self) -> Check:
        checks = {one.prefix: _checker_of(one) for one in self.repositories}
        if len(checks) == 1:
            return checks[self.first.prefix]
        return SeveralCheckers(checks)

    def _several(self) -> tuple[SearchedRepository, ...]:
        if len(self.repositories) == 1:
            return ()
        return tuple(
            SearchedRepository(str(one.repository.pk), one.name, one.commit)
            for one in self.repositories
        )


@lru_cache(maxsize=8)
def _checker(address: Address, commit: str, index_id: int, generation: int) -> CitationChecker:
    """One for all answers about a state of an index: it keeps every path and folder of it."""
    return CitationChecker(address, commit, snapshot_line_counts(index_id, generation))


def _checker_of(one: RepositoryAtCommit) -> CitationChecker:
    return _checker(one.address, one.commit, one.index_id, one.generation)


def shared_out(hits: Sequence[SearchHit], limit: int, repositories: int) -> list[SearchHit]:
    """The best `limit` hits in their order.

    Of several repositories each has its best ones among them, half of an equal share.
    """
    own = max(1, limit // (2 * repositories))
    seen: Counter[uuid.UUID] = Counter()
    kept: list[int] = []
    rest: list[int] = []
    for place, hit in enumerate(hits):
        seen[hit.repository_id] += 1
        (kept if seen[hit.repository_id] <= own else rest).append(place)
    chosen = sorted([*kept, *rest[: max(0, limit - len(kept))]])
    return [hits[place] for place in chosen[:limit]]


def _position(names: Sequence[str], name: str) -> int:
    """Where a name stands, behind all others if it is not among them."""
    return names.index(name) if name in names else len(names)


def _is_building(index: Index) -> bool:
    return index.state != Index.State.READY and bool(index.embedders)


def _index_of(one: RepositoryAtCommit) -> Index:
    """The index that is read, which another one may have replaced. Raises NoSuchRepository."""
    current = one.repository.current_index
    if current is not None and current.pk == one.index_id:
        return current
    index = Index.objects.filter(pk=one.index_id).first()
    if index is None:
        raise NoSuchRepository
    return index


def _filtered(result: SearchResult) -> FilterCounts | None:
    files = result.files
    if files is None:
        return None
    return FilterCounts(len(files.documents), files.total, files.unmatched)


def _prompt_passage(repository: RepositoryAtCommit, hit: SearchHit) -> PromptPassage:
    return PromptPassage(
        path=repository.shown_path(hit.path),
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
        url=repository.address.blob_url(hit.commit, hit.path, hit.start, hit.end),
        repository=repository.shown_name,
    )
