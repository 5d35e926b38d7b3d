"""Removing conversations: gone at once, brought back for some days, then deleted for good.

Share links of a removed conversation lead nowhere (ShareQuerySet.open_now); they work again
where it is brought back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from chat.models import Conversation, ConversationQuerySet, Message

KEPT = timedelta(days=7)  # how long a removed conversation can be brought back


def remove(rows: ConversationQuerySet) -> None:
    """Mark conversations as removed and stop their runs."""
    rows.filter(deleted_at=None).update(deleted_at=timezone.now())
    running = Message.objects.filter(conversation__in=rows, state=Message.State.RUNNING)
    running.update(stop_requested=True)


def bring_back(rows: ConversationQuerySet) -> None:
    """Undo `remove`."""
    rows.update(deleted_at=None)


def delete_for_good(rows: ConversationQuerySet) -> None:
    """Delete removed conversations with their messages and share links; others stay."""
    rows.exclude(deleted_at=None).delete()


def delete_old() -> None:
    """Delete for good what was removed KEPT ago."""
    delete_for_good(Conversation.objects.filter(deleted_at__lt=timezone.now() - KEPT))


def removed(rows: ConversationQuerySet) -> ConversationQuerySet:
    """Those of some conversations that can be brought back, last removed first."""
    return rows.filter(deleted_at__gt=timezone.now() - KEPT).order_by("-deleted_at")


def days_left(deleted_at: datetime) -> int:
    """How many days a removed conversation can still be brought back, rounded up."""
    left = deleted_at + KEPT - timezone.now()
    return max(0, left.days + 1)
