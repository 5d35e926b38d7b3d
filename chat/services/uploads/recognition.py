"""What an attached file is, by its content alone: its name and its sender's words do not count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chat.core.errors import BadRequest, RequestTooLarge
from chat.services.uploads import jpeg, png
from chat.services.uploads.image import CheckedImage
from chat.services.uploads.jpeg import check_jpeg
from chat.services.uploads.png import check_png
from chat.services.uploads.webp import check_webp, is_webp
from deepwiki.foundation.text import clean
from repos.indexing.encodings import decode

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 5 * MEGABYTE
MAX_TEXT_CHARS = MAX_FILE_BYTES
TEXT = "text/plain"


@dataclass(frozen=True)
class RecognisedFile:
    """A file as it is stored: texts as UTF-8, images without what no picture needs."""

    media_type: str
    data: bytes

    @property
    def is_image(self) -> bool:
        return self.media_type != TEXT


def recognise(data: bytes) -> RecognisedFile:
    """A file of up to MAX_FILE_BYTES. Takes some 20 ms. Raises BadRequest, RequestTooLarge."""
    if len(data) > MAX_FILE_BYTES:
        raise RequestTooLarge("attachment_too_large", limit=MAX_FILE_BYTES // MEGABYTE)
    if not data:
        raise BadRequest("attachment_empty")
    media_type, check = _image_format(data)
    if check is not None:
        return RecognisedFile(media_type, check(data).data)
    return RecognisedFile(TEXT, _text(data).encode())


def _image_format(data: bytes) -> tuple[str, Callable[[bytes], CheckedImage] | None]:
    """The media type of an image and what checks it; of another file none."""
    if data.startswith(png.SIGNATURE):
        return "image/png", check_png
    if data.startswith(jpeg.SIGNATURE):
        return "image/jpeg", check_jpeg
    if is_webp(data):
        return "image/webp", check_webp
    return TEXT, None


def _text(data: bytes) -> str:
    text = decode(data)
    if text is None or not text.strip():
        raise BadRequest("attachment_not_known")
    return clean(text)[:MAX_TEXT_CHARS]
