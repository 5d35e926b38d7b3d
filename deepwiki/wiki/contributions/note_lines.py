"""The lines that a note cites: their hashes, and what has become of them since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from chat.core.citations import Check
from deepwiki.wiki.ledger.checking import ReadFile
from deepwiki.wiki.ledger.claim import CheckedClaim, ClaimState, DraftClaim
from deepwiki.wiki.ledger.line_hashes import LineHashes
from deepwiki.wiki.ledger.page_claims import check_drafts, reader_of
from deepwiki.wiki.ledger.page_sentences import claims_of
from deepwiki.wiki.ledger.relocation import VERIFIED, ClaimLines, Relocation, relocate
from deepwiki.wiki.models import PageNote
from repos.access import OPERATOR_ID
from repos.models import Repository
from repos.search import IndexSnapshot, release_snapshot, take_snapshot

WHOLE = (1, 10**9)  # any line of a file
MAX_CITED = 20  # lines of a note that are followed


@dataclass(frozen=True)
class NoteLines:
    """Cited lines as they were when the note was saved, and their state now.

    `present_start` is where moved lines begin.
    """

    lines: ClaimLines
    state: ClaimState
    present_start: int = 0

    @property
    def name(self) -> str:
        """As a citation is written."""
        return f"{self.lines.path}:L{self.lines.start}-L{self.lines.end}"

    @property
    def present_end(self) -> int:
        """The last of moved lines."""
        return self.lines.end_from(self.present_start)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {**asdict(self), "state": self.state.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` made."""
        lines, state = ClaimLines(**stored["lines"]), ClaimState(stored["state"])
        return cls(lines, state, stored["present_start"])


def cited_lines(text: str, repository: Repository, check: Check | None) -> list[NoteLines]:
    """The lines that a text cites, with their hashes in the current index; none without one."""
    wanted = _drafts(text, check)
    given = {draft.path: [WHOLE] for draft in wanted}
    with _snapshot_of(repository) as snapshot:
        if snapshot is None:
            return []
        return [_note_lines(claim) for claim in check_drafts(wanted, given, snapshot)]


def recheck_notes(notes: Sequence[PageNote], repository: Repository) -> None:
    """Look for the cited lines of notes in the current index, unless that was done."""
    index = repository.current_index
    outdated = [note for note in notes if index and note.checked_commit != index.commit]
    if not outdated:
        return
    with _snapshot_of(repository) as snapshot:
        if snapshot is not None:
            _recheck(outdated, snapshot)


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


def _recheck(notes: Sequence[PageNote], snapshot: IndexSnapshot) -> None:
    stored = {note.pk: list(map(NoteLines.from_json, note.cited)) for note in notes}
    read = reader_of(snapshot, _paths(stored.values()))
    for note in notes:
        note.cited = [_looked_for(lines, read).as_json() for lines in stored[note.pk]]
        note.checked_commit = snapshot.commit
    PageNote.objects.bulk_update(notes, ["cited", "checked_commit"])


def _paths(stored: Iterable[Iterable[NoteLines]]) -> Iterator[str]:
    return (lines.lines.path for many in stored for lines in many)


def _looked_for(cited: NoteLines, read: ReadFile) -> NoteLines:
    """The same lines with their state now. Those that never existed stay unsupported."""
    if cited.state == ClaimState.UNSUPPORTED:
        return cited
    found = _relocated(cited.lines, read)
    return replace(cited, state=found.state, present_start=_start(found))


def _start(found: Relocation) -> int:
    if found.place is None:
        return 0
    return found.place.start


def _relocated(lines: ClaimLines, read: ReadFile) -> Relocation:
    file = read(lines.path)
    if file is None:
        return relocate(lines, None, {})
    if file.blob == lines.blob:
        return VERIFIED
    return relocate(lines, LineHashes(file.text), {})


def _note_lines(claim: CheckedClaim) -> NoteLines:
    draft = claim.draft
    hashes = claim.blob, claim.lines_hash, claim.before_hash, claim.after_hash
    lines = ClaimLines(draft.path, draft.start_line, draft.end_line, *hashes)
    return NoteLines(lines, claim.state)
