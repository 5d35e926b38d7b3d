"""Sentences that stand in the catalogues of two layers: reason -> English template."""

from __future__ import annotations

from typing import Final

TOO_MANY_ADDED: Final = {
    "too_many_added": (
        "You have added {limit} repositories within an hour, as many as a person may."
        " Try again in {minutes} minutes; repositories that are here already can be asked about."
    ),
    "too_many_added_from_address": (
        "From your address {limit} repositories were added within an hour, as many as may be."
        " Try again in {minutes} minutes, or sign in."
    ),
}
