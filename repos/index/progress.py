"""How the indexing pipeline reports progress and learns that it must stop or pause."""

from __future__ import annotations

from typing import Protocol

from repos.models import IndexJob

Stage = IndexJob.Stage


class Progress(Protocol):
    """The pipeline's view of its job.

    `repos.jobs.JobProgress` writes it to the job's row.
    """

    def start_stage(self, stage: IndexJob.Stage, total: int = 0) -> None:
        """A stage begins; `total` is the number of its items, 0 when unknown."""
        ...

    def resume_stage(self, stage: IndexJob.Stage, remaining: int) -> None:
        """A stage goes on with `remaining` items, or begins with as many."""
        ...

    def advance(self, count: int) -> None:
        """`count` more items of the stage are done."""
        ...

    def file_failed(self, path: str, reason: str) -> None:
        """A file is left out of the index; the others go on."""
        ...

    def is_cancelled(self) -> bool:
        """True when the pipeline must stop.

        Called often: it renews the job's heartbeat, too.
        """
        ...

    def holds_claim(self) -> bool:
        """True while no other worker has claimed the job.

        Inside a transaction it stays true until its end.
        """
        ...


class Pace(Protocol):
    """How fast vectors are computed. `repos.jobs.Slice` ends in time for other repositories."""

    def may_go_on(self) -> bool:
        """Called before each call of an embedder; false ends the slice.

        May block for a while, when others need the cores.
        """
        ...


class Unlimited:
    """Without a pause, to the last vector."""

    def may_go_on(self) -> bool:
        return True


UNLIMITED = Unlimited()
