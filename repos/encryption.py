"""Access tokens at rest: encrypted with a key that is not in the database.

Fernet (AES-128-CBC with HMAC-SHA256). The first key of `TOKEN_KEYS` encrypts, any of them decrypts, so that keys are
rotated by putting a new one in front.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class WrongKey(Exception):
    """The stored token was encrypted with a key this server no longer has: enter the token again."""


def encrypt(text: str) -> str:
    """`text` under the newest key; empty stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(sealed: str) -> str:
    """The clear text; empty stays empty. Raises WrongKey."""
    if not sealed:
        return ""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise WrongKey(
            "The stored access token cannot be read with the present key. Enter it again."
        ) from None


def _fernet() -> MultiFernet:
    # Any text may serve as a key: it is hashed to the 32 bytes Fernet wants.
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
            for key in settings.TOKEN_KEYS
        ]
    )
