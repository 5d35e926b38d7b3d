"""Whether questions are being answered: background work waits for them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from chat.models import Message

JUST_ASKED = timedelta(seconds=5)  # the time in which an answer is searched for and begins


def questions_are_running() -> bool:
    """Was one asked a moment ago, so that its answer is about to begin? See settings."""
    return Message.objects.filter(created_at__gt=timezone.now() - JUST_ASKED).exists()
