"""What the formats of images have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chat.core.errors import BadRequest

MAX_PIXELS = 40_000_000  # what decodes it needs four bytes a pixel
MAX_PARTS = 20_000  # chunks or segments


@dataclass(frozen=True)
class CheckedImage:
    """A copy of an image without what no picture needs, and its size in pixels."""

    data: bytes
    width: int
    height: int


def checked(parts: Iterable[bytes], width: int, height: int) -> CheckedImage:
    """The image of some parts. Raises BadRequest for too many pixels, or none."""
    _check_size(width, height)
    return CheckedImage(b"".join(parts), width, height)


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise broken()
    if width * height > MAX_PIXELS:
        raise BadRequest("attachment_too_many_pixels", limit=MAX_PIXELS // 1_000_000)


def broken() -> BadRequest:
    """The refusal of an image that is none."""
    return BadRequest("attachment_broken")
