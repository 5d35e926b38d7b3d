"""Looks for the lines that notes cite in another state of the index. Readers never wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet

from deepwiki.wiki.contributions.note_lines import NoteLines
from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.ledger.claim_files import ClaimFiles
from deepwiki.wiki.ledger.lines_search import find_lines, in_batches
from deepwiki.wiki.ledger.relocation import CHANGED, ClaimLines, Relocation
from deepwiki.wiki.models import PageNote, Wiki
from repos.search import IndexSnapshot

BATCH = 20  # notes whose lines are looked for together
SECONDS = 120.0  # after which the rest waits for the next switch of the index


def outdated_notes(wiki: Wiki, commit: str) -> QuerySet[PageNote]:
    """The notes whose lines were looked for at another commit, deleted ones too."""
    notes = PageNote.objects.filter(page__wiki=wiki).exclude(cited=[])
    return notes.exclude(checked_commit=commit)


def recheck_notes(
    wiki: Wiki, snapshot: IndexSnapshot, stopped: Callable[[], bool] = lambda: False
) -> None:
    """Store what became of the lines of all notes of a wiki.

    It ends early when `stopped`, or after SECONDS; what was found until then is stored.
    """
    ends = time.monotonic() + SECONDS
    files = ClaimFiles(snapshot)
    notes = outdated_notes(wiki, snapshot.commit).order_by("deleted_at", "pk")
    keys = list(notes.values_list("pk", flat=True))
    for batch in in_batches(keys, BATCH):
        if stopped() or time.monotonic() > ends:
            break
        _recheck(list(PageNote.objects.filter(pk__in=batch)), files, snapshot.commit)


def _recheck(notes: Sequence[PageNote], files: ClaimFiles, commit: str) -> None:
    cited = {note.pk: list(map(NoteLines.from_json, note.cited)) for note in notes}
    found = find_lines(_followed(cited.values()), files)
    for note in notes:
        _store(note, _after(cited[note.pk], found), commit)


def _followed(cited: Iterable[Iterable[NoteLines]]) -> list[ClaimLines]:
    """The lines that existed once."""
    return [one.lines for many in cited for one in many if one.state != ClaimState.UNSUPPORTED]


def _after(
    cited: Sequence[NoteLines], found: dict[ClaimLines, Relocation]
) -> list[dict[str, object]]:
    return [one.after(found.get(one.lines, CHANGED)).as_json() for one in cited]


def _store(note: PageNote, cited: list[dict[str, object]], commit: str) -> None:
    """Unless the note was saved with other lines meanwhile."""
    read = PageNote.objects.filter(pk=note.pk, checked_commit=note.checked_commit, cited=note.cited)
    read.update(cited=cited, checked_commit=commit)
