"""Housekeeping, run by the workers every ten minutes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from chat.models import Message, RunEvent

KEPT = timedelta(hours=1)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="index", name="chat.tidy")
def tidy(timestamp: int) -> None:
    """Forget the events of finished runs, whose text is in its message, and name abandoned answers as what they are."""
    Message.objects.mark_interrupted()
    RunEvent.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
