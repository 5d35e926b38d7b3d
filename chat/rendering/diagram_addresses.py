"""Addresses of diagrams: `/diagrams/<key>/<data>.svg`, the same for the same source.

The data is the source itself, compressed. The key shows that this server made the address:
nobody else can have it draw. Who has an address has seen the answer that it comes from.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from chat.rendering.diagrams import MAX_SOURCE_CHARS

SALT = "chat.rendering.diagrams"
KEY_CHARS = 32
MAX_SOURCE_BYTES = 4 * MAX_SOURCE_CHARS
# A worker does not know keys. No text of an answer can look like this: quotation marks of
# texts are escaped, and the sanitizer drops this scheme from everything else.
UNSIGNED = re.compile(r'<img src="diagram:([\w-]+)"')


def with_addresses(html: str) -> str:
    """Rendered HTML with addresses for the diagrams in it."""
    return UNSIGNED.sub(lambda match: f'<img src="{_address(match[1])}"', html)


def source_of(key: str, data: str) -> str:
    """The source of a diagram at an address; empty if this server did not make it."""
    if not constant_time_compare(key, _key(data)):
        return ""
    try:
        packed = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
        source = zlib.decompressobj().decompress(packed, MAX_SOURCE_BYTES)
        return source.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return ""


def _address(data: str) -> str:
    # Rendered outside of a request too, where Django knows no prefix.
    prefix = settings.FORCE_SCRIPT_NAME or ""
    return f"{prefix}/diagrams/{_key(data)}/{data}.svg"


def _key(data: str) -> str:
    return salted_hmac(SALT, data, algorithm="sha256").hexdigest()[:KEY_CHARS]
