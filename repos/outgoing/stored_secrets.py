"""The secrets of receivers, as they are stored."""

from __future__ import annotations

from repos.models import OutgoingWebhook


def rotate_keys() -> int:
    """Encrypt each secret with the newest key; how many there are.

    Raises WrongKey at one that cannot be read. Call it in a transaction.
    """
    rows = list(OutgoingWebhook.objects.select_for_update())
    for row in rows:
        row.secret = row.secret
        row.save(update_fields=["secret_encrypted"])
    return len(rows)
