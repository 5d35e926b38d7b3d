"""Unknown API tokens, counted by the network address that sent them, over all processes.

A token that is known is never refused for those that others behind the same address tried.
"""

from __future__ import annotations

import math
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from deepwiki.accounts.models import TokenGuesses
from deepwiki.foundation.address_keys import address_key
from deepwiki.foundation.sql import fetch_row, read_sql

MAX_GUESSES = 20  # of an address within AXES_COOLOFF_TIME
COUNT_GUESS = read_sql(__file__, "count_guess.sql")


def count_guess(address: str) -> int:
    """Count an unknown token; the seconds to wait if there were too many, else 0."""
    window: timedelta = settings.AXES_COOLOFF_TIME
    values = {"address": address_key(address), "window": window}
    row = fetch_row(COUNT_GUESS, values)
    assert row is not None
    count, seconds = row
    if count == 1:
        _forget_old(window)
    if count <= MAX_GUESSES:
        return 0
    return max(1, math.ceil(float(seconds)))


def _forget_old(window: timedelta) -> None:
    TokenGuesses.objects.filter(began_at__lt=timezone.now() - 2 * window).delete()
