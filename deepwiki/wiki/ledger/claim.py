"""A claim: a sentence and the lines of a file that it rests on. Pure.

Lines are counted from 1, ends are included, as in citations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chat.core.citations import Citation

MAX_CLAIMS = 500  # of a page
MAX_TEXT_CHARS = 600  # of the sentence that is kept
MAX_CLAIM_LINES = 2_000


class ClaimState(StrEnum):
    """What is known of the lines of a claim.

    Verified: they were given to the model, and stand where they are cited. Moved: the same
    lines stand elsewhere now. Changed: they stand nowhere, or in several places. Unsupported:
    they never were in the file, or were not given to the model; that never changes.
    """

    VERIFIED = "verified"
    MOVED = "moved"
    CHANGED = "changed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """What a page says, and where it says that this stands. Nothing of it is checked."""

    text: str
    path: str
    start_line: int
    end_line: int

    @property
    def cited(self) -> Citation:
        """Its lines, as a citation."""
        return Citation(self.path, self.start_line, self.end_line)

    @property
    def line_count(self) -> int:
        """How many lines it cites."""
        return self.end_line - self.start_line + 1


@dataclass(frozen=True, slots=True)
class CitedFile:
    """A file at the commit of a page: its text and the id of its content, as the index has it."""

    text: str
    blob: str


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with the hashes of its lines and of those before and after them.

    The blob and the hashes are empty where the lines do not exist.
    """

    draft: DraftClaim
    state: ClaimState
    blob: str = ""
    lines_hash: str = ""
    before_hash: str = ""
    after_hash: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether a reader may rely on it."""
        return self.state == ClaimState.VERIFIED
