"""What is attached to a question: texts and images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AttachedText:
    """A text file, by the name that its person gave it."""

    name: str
    text: str


@dataclass(frozen=True)
class AttachedImage:
    """An image: its media type, as image/png, and its bytes as base64."""

    media_type: str
    encoded: str

    @property
    def data_url(self) -> str:
        """The image as an address that holds it, https://www.rfc-editor.org/rfc/rfc2397"""
        return f"data:{self.media_type};base64,{self.encoded}"


@dataclass(frozen=True)
class Attachments:
    """The texts and images of a question, those of the questions before it behind its own."""

    texts: tuple[AttachedText, ...] = ()
    images: tuple[AttachedImage, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.images)


NO_ATTACHMENTS = Attachments()
