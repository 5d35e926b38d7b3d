"""Fields of protocol buffers that the package of an earlier release does not know."""

from __future__ import annotations

from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet


def unknown_number(message: Any, number: int) -> int:
    """The number in a field; 0 where there is none."""
    value = _value(message, number)
    if isinstance(value, int):
        return value
    return 0


def unknown_bytes(message: Any, number: int) -> bytes:
    """The bytes in a field, of a text too; none where there are none."""
    value = _value(message, number)
    if isinstance(value, bytes):
        return value
    return b""


def _value(message: Any, number: int) -> Any:
    fields = (each.data for each in UnknownFieldSet(message) if each.field_number == number)
    return next(fields, None)
