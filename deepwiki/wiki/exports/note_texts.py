"""Notes of people in files: below the text of their page, without names of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from deepwiki.wiki.contributions.note_lines import NoteLines
from deepwiki.wiki.ledger.claim import ClaimState
from deepwiki.wiki.models import NoteVersion, PageNote


def noted_text(text: str, notes: Sequence[PageNote]) -> str:
    """Markdown with each note, which has its `newest` version, as a quotation."""
    return "\n\n".join([text.rstrip(), *map(_quoted, notes)])


def note_value(note: PageNote) -> dict[str, Any]:
    """For JSON; `anchor` is `NoteAnchor.as_json()`."""
    newest = newest_of(note)
    return {
        "kind": newest.kind,
        "text": newest.text,
        "language": note.language,
        "anchor": note.anchor,
        "created_at": newest.created_at.isoformat(),
        "changed": _changed(note),
    }


def _quoted(note: PageNote) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _lines(note))


def _lines(note: PageNote) -> Iterator[str]:
    newest, changed = newest_of(note), _changed(note)
    yield f"**{newest.get_kind_display()}** ({newest.created_at:%Y-%m-%d})"
    if changed:
        names = ", ".join(map("`{}`".format, changed))
        yield f"{_('The code has changed since this was written:')} {names}"
    yield ""
    yield from newest.text.split("\n")


def _changed(note: PageNote) -> list[str]:
    cited = map(NoteLines.from_json, note.cited)
    return [lines.name for lines in cited if lines.state == ClaimState.CHANGED]


def newest_of(note: PageNote) -> NoteVersion:
    """The version that was read with a note."""
    newest: NoteVersion = note.newest  # type: ignore[attr-defined]
    return newest
