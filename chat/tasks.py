"""Housekeeping, run by the workers every ten minutes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from chat.models import AnonymousRun, Message, RunEvent
from chat.services.attachments import remove_forgotten
from chat.services.conversation_removal import delete_old
from deepwiki.accounts import sessions
from deepwiki.accounts.call_counts import forget_old_calls

KEPT = timedelta(hours=1)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="index", name="chat.tidy")
def tidy(timestamp: int) -> None:
    """Forget what is no longer needed, and name abandoned answers.

    Events of finished runs, whose text is in its message; deleted conversations; files that were
    attached and not sent; sessions that have ended.
    """
    Message.objects.mark_interrupted()
    forget_old_calls()
    AnonymousRun.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    RunEvent.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    remove_forgotten()
    delete_old()
    sessions.forget_ended()
