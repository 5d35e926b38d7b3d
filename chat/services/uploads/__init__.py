"""Files that people attach: `recognise` is the entry."""

from chat.services.uploads.recognition import MAX_FILE_BYTES, RecognisedFile, recognise

__all__ = ["MAX_FILE_BYTES", "RecognisedFile", "recognise"]
