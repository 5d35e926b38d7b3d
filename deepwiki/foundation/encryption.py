"""Stored access tokens and webhook secrets, encrypted with a key from the settings.

Fernet (AES-128-CBC with HMAC-SHA256). The first key of `TOKEN_KEYS` encrypts and any of
them decrypts: keys are rotated by putting a new one in front. See
`repos.services.rotate_keys`.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class WrongKey(Exception):
    """A stored secret was encrypted with a key that TOKEN_KEYS no longer has."""

    code = "wrong_key"


def encrypt(text: str) -> str:
    """`text` encrypted with the newest key; empty stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(encrypted: str) -> str:
    """The clear text; empty stays empty. Raises WrongKey."""
    if not encrypted:
        return ""
    try:
        return _fernet().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise WrongKey(
            "The stored access token cannot be read with the present key. Enter it again."
        ) from None


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in settings.TOKEN_KEYS])


def _fernet_key(key: str) -> bytes:
    """A key of any length, hashed to the 32 bytes that Fernet takes."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
