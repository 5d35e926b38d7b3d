"""The lines that stand now where those of a changed claim stood. Pure."""

from __future__ import annotations

from deepwiki.wiki.ledger.line_hashes import CONTEXT_LINES, LineHashes
from deepwiki.wiki.ledger.relocation import ClaimLines

MAX_REGION = 60  # lines
MARGIN = 4  # lines before and after, where only one side of the context is known, or none


def present_region(claim: ClaimLines, file: LineHashes) -> tuple[int, int] | None:
    """First and last line, from 1, MAX_REGION at most; None in a file without lines.

    Between the context that stood before the claim and the one after it; else as many lines
    from where they stood.
    """
    if not file.count:
        return None
    first, last = _first(claim, file), _last(claim, file)
    if first is None or last is None or not 0 <= last - first < MAX_REGION - 2 * CONTEXT_LINES:
        first, last = _near(claim, first, last)
    first = max(1, min(first - CONTEXT_LINES, file.count))
    return first, max(first, min(last + CONTEXT_LINES, file.count, first + MAX_REGION - 1))


def _first(claim: ClaimLines, file: LineHashes) -> int | None:
    return next((start + CONTEXT_LINES for start in _only(file, claim.before_hash)), None)


def _last(claim: ClaimLines, file: LineHashes) -> int | None:
    return next((start - 1 for start in _only(file, claim.after_hash)), None)


def _only(file: LineHashes, context: str) -> list[int]:
    """Where a context begins; empty unless it stands in one place."""
    starts = file.starts(context, CONTEXT_LINES)
    return starts * (len(starts) == 1)


def _near(claim: ClaimLines, first: int | None, last: int | None) -> tuple[int, int]:
    """Around the side of the context that is known, or where the lines stood."""
    length = min(claim.length, MAX_REGION)
    if first is not None:
        return first, first + length + MARGIN
    if last is not None:
        return last - length - MARGIN, last
    return claim.start - MARGIN, claim.start + length + MARGIN
