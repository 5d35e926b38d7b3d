"""Small values from outside: numbers and ids in addresses, forms and frames. No Django."""

from __future__ import annotations

import uuid

MAX_DIGITS = 9  # fits a signed 32-bit integer


def parse_number(text: str | None) -> int | None:
    """A non-negative decimal number of at most nine digits; None for anything else."""
    if text and text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    return None


def is_length_above(content_length: str | None, limit: int) -> bool:
    """True for a Content-Length header above `limit` bytes, or one that is no number. A
    missing header counts as 0."""
    length = parse_number(content_length or "0")
    return length is None or length > limit


def parse_uuid(value: object) -> uuid.UUID | None:
    """The UUID that a string holds; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        return None
