"""Checks claims against the files of a commit and what was given to the model. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chat.core.citations import Citation
from chat.core.read_lines import ReadLines
from deepwiki.wiki.ledger.claim import (
    MAX_CLAIM_LINES,
    MAX_CLAIMS,
    CheckedClaim,
    CitedFile,
    ClaimState,
    DraftClaim,
)
from deepwiki.wiki.ledger.line_hashes import LineHashes

LineRange = tuple[int, int]  # first and last line, from 1
ReadFile = Callable[[str], CitedFile | None]


def check_claims(
    drafts: Iterable[DraftClaim], given: Mapping[str, Sequence[LineRange]], read_file: ReadFile
) -> list[CheckedClaim]:
    """The claims with their states: verified or unsupported.

    `given` are the lines that the model was shown, by path; `read_file` returns a file at the
    commit of the page, None where there is none. It is called once a path. Verified are
    claims all of whose lines exist and were given. Claims beyond MAX_CLAIMS are left out: a
    citation without a claim counts as unsupported.
    """
    checker = _Checker(_read_lines(given), read_file)
    return [checker.check(draft) for draft in list(drafts)[:MAX_CLAIMS]]


@dataclass(frozen=True)
class _HashedFile:
    blob: str
    lines: LineHashes


@dataclass
class _Checker:
    given: ReadLines
    read_file: ReadFile
    files: dict[str, _HashedFile | None] = field(default_factory=dict)

    def check(self, draft: DraftClaim) -> CheckedClaim:
        file = self._file(draft.path)
        if file is None or not _exists(draft, file.lines):
            return CheckedClaim(draft, ClaimState.UNSUPPORTED)
        lines = file.lines
        return CheckedClaim(
            draft,
            _state(was_given=self.given.covers(draft.cited)),
            file.blob,
            lines.hash_of(draft.start_line, draft.end_line),
            lines.before(draft.start_line),
            lines.after(draft.end_line),
        )

    def _file(self, path: str) -> _HashedFile | None:
        if path not in self.files:
            self.files[path] = _hashed(self.read_file(path))
        return self.files[path]


def _hashed(file: CitedFile | None) -> _HashedFile | None:
    if file is None:
        return None
    return _HashedFile(file.blob, LineHashes(file.text))


def _state(*, was_given: bool) -> ClaimState:
    if was_given:
        return ClaimState.VERIFIED
    return ClaimState.UNSUPPORTED


def _read_lines(given: Mapping[str, Sequence[LineRange]]) -> ReadLines:
    return ReadLines().adding(
        Citation(path, start, end) for path, ranges in given.items() for start, end in ranges
    )


def _exists(draft: DraftClaim, lines: LineHashes) -> bool:
    return draft.line_count <= MAX_CLAIM_LINES and lines.has(draft.start_line, draft.end_line)
