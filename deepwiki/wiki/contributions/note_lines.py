"""The lines that a note cites: their hashes, and what was last known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from chat.core.citations import Check
from deepwiki.wiki.ledger.claim import CheckedClaim, ClaimState, DraftClaim
from deepwiki.wiki.ledger.page_claims import check_drafts
from deepwiki.wiki.ledger.page_sentences import claims_of
from deepwiki.wiki.ledger.relocation import ClaimLines, Relocation
from repos.access import OPERATOR_ID
from repos.models import Repository
from repos.search import IndexSnapshot, release_snapshot, take_snapshot

WHOLE = (1, 10**9)  # any line of a file
MAX_CITED = 20  # lines of a note that are followed


@dataclass(frozen=True)
class NoteLines:
    """Cited lines as they were when the note was saved, and their state now.

    `present_path` and `present_start` are where moved lines begin.
    """

    lines: ClaimLines
    state: ClaimState
    present_start: int = 0
    present_path: str = ""

    @property
    def name(self) -> str:
        """As a citation is written."""
        return f"{self.lines.path}:L{self.lines.start}-L{self.lines.end}"

    @property
    def present_name(self) -> str:
        """Where moved lines stand now: the file only where it is another one."""
        end = self.lines.end_from(self.present_start)
        place = f"L{self.present_start}-L{end}"
        if self.present_path in ("", self.lines.path):
            return place
        return f"{self.present_path}:{place}"

    def after(self, found: Relocation) -> Self:
        """The same lines once they were looked for. Those that never existed stay unsupported."""
        if self.state == ClaimState.UNSUPPORTED:
            return self
        path, start = "", 0
        if found.place is not None:
            path, start = found.place.path, found.place.start
        return replace(self, state=found.state, present_start=start, present_path=path)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {**asdict(self), "state": self.state.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` made."""
        lines, state = ClaimLines(**stored["lines"]), ClaimState(stored["state"])
        return cls(lines, state, stored["present_start"], stored.get("present_path", ""))


@dataclass(frozen=True)
class NoteCitations:
    """The lines that a text cites, at a commit; empty without an index."""

    commit: str = ""
    lines: Sequence[NoteLines] = ()

    def as_json(self) -> list[dict[str, Any]]:
        """As it is stored."""
        return [lines.as_json() for lines in self.lines]


def cited_lines(text: str, repository: Repository, check: Check | None) -> NoteCitations:
    """The lines that a text cites, with their hashes in the current index."""
    wanted = _drafts(text, check)
    given = {draft.path: [WHOLE] for draft in wanted}
    with _snapshot_of(repository) as snapshot:
        if snapshot is None:
            return NoteCitations()
        checked = check_drafts(wanted, given, snapshot)
        return NoteCitations(snapshot.commit, list(map(_note_lines, checked)))


@contextmanager
def _snapshot_of(repository: Repository) -> Iterator[IndexSnapshot | None]:
    """The current index, None without one."""
    snapshot = take_snapshot(repository.pk, OPERATOR_ID)
    try:
        yield snapshot
    finally:
        _release(snapshot)


def _release(snapshot: IndexSnapshot | None) -> None:
    if snapshot is not None:
        release_snapshot(snapshot)


def _drafts(text: str, check: Check | None) -> list[DraftClaim]:
    """The lines that a text cites, each once; MAX_CITED at most."""
    cited = dict.fromkeys(replace(draft, text="") for draft in claims_of(text, check))
    return list(cited)[:MAX_CITED]


def _note_lines(claim: CheckedClaim) -> NoteLines:
    draft = claim.draft
    hashes = claim.blob, claim.lines_hash, claim.before_hash, claim.after_hash
    lines = ClaimLines(draft.path, draft.start_line, draft.end_line, *hashes)
    return NoteLines(lines, claim.state)
