"""Where a list goes on: signed for one person and one list, so that no other cursor counts."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from chat.core.errors import BadRequest

MAX_CHARS = 1_000


def make_cursor(purpose: str, person_id: int | None, position: str) -> str:
    """The cursor of a list named `purpose` that goes on behind `position`."""
    return _signer(purpose, person_id).sign_object(position)


def read_cursor(purpose: str, person_id: int | None, cursor: str | None) -> str:
    """The position; empty without a cursor. Raises BadRequest for any other than one's own."""
    if not cursor:
        return ""
    try:
        return str(_signer(purpose, person_id).unsign_object(cursor[:MAX_CHARS]))
    except (BadSignature, ValueError):
        raise BadRequest("unknown_cursor") from None


def _signer(purpose: str, person_id: int | None) -> Signer:
    return Signer(salt=f"chat.cursor.{purpose}.{person_id}")
