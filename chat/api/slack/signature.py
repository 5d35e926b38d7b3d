"""Whether Slack signed a request.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import time

VERSION = "v0"
MAX_AGE_SECONDS = 300
MAX_DIGITS = 15


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature for a body sent at `timestamp` (seconds since 1970)."""
    signed = f"{VERSION}:{timestamp}:".encode() + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def is_signed(secret: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether the signature is the secret's, and not older than five minutes.

    Takes the same time for each wrong signature.
    """
    if not _is_recent(timestamp):
        return False
    expected = sign(secret, timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def _is_recent(timestamp: str) -> bool:
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > MAX_DIGITS:
        return False
    return abs(time.time() - int(timestamp)) <= MAX_AGE_SECONDS
