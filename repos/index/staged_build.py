"""A stored build that becomes current once it has its vectors, as the job's row keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from repos.embedders import Embedder
from repos.index import writer
from repos.index.progress import Progress
from repos.models import Index, Repository


class Outdated(Exception):
    """What the vector phase was to finish is gone, or made with other options."""


@dataclass(frozen=True)
class StagedBuild:
    """Documents and chunks of a build, stored and not current yet.

    `replaced` are the live documents that a partial build removes; `steps` the commits
    from `old_commit`, which was current when it was stored, to `commit`.
    """

    index_id: int
    partial: bool
    commit: str
    skipped: Mapping[str, Any]
    replaced: list[int]
    old_commit: str
    steps: int | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)

    def index_in(self, repository: Repository, embedders: list[Embedder]) -> Index:
        """Its index row. Raises Outdated when it cannot become the current one any more."""
        index = repository.indexes.filter(pk=self.index_id).first()
        if index is None or not writer.is_current(index, repository, embedders):
            raise Outdated
        if self.partial != (repository.current_index_id == index.pk):
            raise Outdated
        return index

    def switch(self, index: Index, repository: Repository, progress: Progress) -> None:
        """Make it current. See `writer.switch`."""
        build = writer.Build(index, partial=self.partial)
        writer.switch(
            build, repository, self.commit, self.skipped, self.replaced, progress.holds_claim
        )
        if self.old_commit not in ("", self.commit):
            writer.record_commit_history(index, self.old_commit, self.steps)
