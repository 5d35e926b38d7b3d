"""JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chat.services.uploads.image import MAX_PARTS, CheckedImage, broken, checked
from chat.services.uploads.orientation import exif_segment, orientation

SIGNATURE = b"\xff\xd8\xff"
START, END, SCAN = 0xD8, 0xD9, 0xDA
EXIF = 0xE1
# Frames: all of SOF0 to SOF15, but DHT, JPG and DAC, which are among their numbers.
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PROFILE = 0xE2
# All of applications and comments but JFIF, colour profiles and Adobe's colour transform: thumbnails,
# places, names.
LEFT_OUT = {*range(0xE0, 0xF0), 0xFE} - {0xE0, PROFILE, 0xEE}
MIN_FRAME = 10


@dataclass(frozen=True)
class Segment:
    """A marker with its bytes; those of a scan with the coded data behind them."""

    marker: int
    data: bytes

    @property
    def is_kept(self) -> bool:
        """Whether the picture needs it. ICC profiles are the only ones of their marker."""
        if self.marker == PROFILE:
            return self.data[4:].startswith(b"ICC_PROFILE\0")
        return self.marker not in LEFT_OUT


def check_jpeg(data: bytes) -> CheckedImage:
    """A JPEG by its segments. Raises BadRequest."""
    segments = list(_segments(data))
    frames = [one.data for one in segments if one.marker in FRAMES]
    if len(frames) != 1 or len(frames[0]) < MIN_FRAME or segments[-1].marker != END:
        raise broken()
    height, width = (int.from_bytes(frames[0][at : at + 2], "big") for at in (5, 7))
    turned = next((orientation(one.data) for one in segments if one.marker == EXIF), 1)
    kept = (one.data for one in segments if one.is_kept)
    return checked([b"\xff\xd8", exif_segment(turned), *kept], width, height)


def _segments(data: bytes) -> Iterator[Segment]:
    """The segments behind the first marker, up to the end of the image. Raises BadRequest."""
    place = 2
    for _ in range(MAX_PARTS):
        place = _skip_fill(data, place)
        marker = data[place + 1]
        if marker == END:
            yield Segment(END, b"\xff\xd9")
            return
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        end = place + 2 + length
        if marker < 0xC0 or 0xD0 <= marker <= START or length < 2 or end > len(data):
            raise broken()
        if marker == SCAN:
            end = _end_of_scan(data, end)
        yield Segment(marker, data[place:end])
        place = end
    raise broken()


def _skip_fill(data: bytes, place: int) -> int:
    """The place of a marker, which further bytes 0xFF may precede."""
    if data[place : place + 1] != b"\xff":
        raise broken()
    while data[place + 1 : place + 2] == b"\xff":
        place += 1
    if place + 1 >= len(data):
        raise broken()
    return place


def _end_of_scan(data: bytes, place: int) -> int:
    """Where coded data ends: at a marker that is no restart. Raises BadRequest without one."""
    while (place := data.find(b"\xff", place)) >= 0 and place + 1 < len(data):
        following = data[place + 1]
        if following == 0xFF:
            place += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            place += 2
        else:
            return place
    raise broken()
