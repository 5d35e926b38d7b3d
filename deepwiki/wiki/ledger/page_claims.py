"""Claims as rows of a version, and the files that they are checked against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from chat.core.citations import Check
from deepwiki.foundation.text import clean
from deepwiki.wiki.ledger.checking import LineRange, ReadFile, check_claims
from deepwiki.wiki.ledger.claim import CheckedClaim, CitedFile, DraftClaim
from deepwiki.wiki.ledger.page_sentences import claims_of
from deepwiki.wiki.models import PageClaim, PageVersion
from repos.search import IndexSnapshot, file_versions

MAX_LINE = 10_000_000
MAX_PATH_CHARS = 1_000


def check_page(
    markdown: str,
    given: Mapping[str, Sequence[LineRange]],
    snapshot: IndexSnapshot,
    check: Check | None = None,
) -> list[CheckedClaim]:
    """The claims of a page's text, checked against the files of a snapshot.

    `given` are the lines that the model was shown, by path.
    """
    return check_drafts(claims_of(markdown, check), given, snapshot)


def check_drafts(
    drafts: Sequence[DraftClaim], given: Mapping[str, Sequence[LineRange]], snapshot: IndexSnapshot
) -> list[CheckedClaim]:
    """Claims, checked against the files of a snapshot."""
    return check_claims(drafts, given, reader_of(snapshot, (draft.path for draft in drafts)))


def reader_of(snapshot: IndexSnapshot, paths: Iterable[str]) -> ReadFile:
    """Returns any of these files of a snapshot; they are read once, here."""
    found = file_versions(snapshot.index_id, set(paths), at=snapshot.generation)
    files = {path: CitedFile(file.text, file.sha) for path, file in found.items()}
    return files.get


def store_claims(version: PageVersion, checked: Sequence[CheckedClaim]) -> None:
    """Make these the claims of a version, at its own commit, in place of those it has."""
    rows = [_row(version, position, claim) for position, claim in enumerate(checked)]
    with transaction.atomic():
        PageClaim.objects.filter(version=version).delete()
        PageClaim.objects.bulk_create(rows)
        PageVersion.objects.filter(pk=version.pk).update(checked_commit=version.commit)


def _row(version: PageVersion, position: int, claim: CheckedClaim) -> PageClaim:
    draft = claim.draft
    return PageClaim(
        version=version,
        position=position,
        text=clean(draft.text),
        path=clean(draft.path)[:MAX_PATH_CHARS],
        start_line=_storable(draft.start_line),
        end_line=_storable(draft.end_line),
        blob=claim.blob,
        lines_hash=claim.lines_hash,
        before_hash=claim.before_hash,
        after_hash=claim.after_hash,
        state=claim.state.value,
    )


def _storable(line: int) -> int:
    return max(0, min(line, MAX_LINE))
