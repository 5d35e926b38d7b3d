"""The certificates that our own requests trust."""

from __future__ import annotations

import ssl
from functools import lru_cache


@lru_cache(maxsize=4)
def trusted_certificates(ca_file: str = "") -> ssl.SSLContext:
    """As `read_certificates`, whose first call takes longer than an event loop may."""
    return read_certificates(ca_file)


def read_certificates(ca_file: str = "") -> ssl.SSLContext:
    """Those of the system, and those of `ca_file` in PEM form.

    Raises OSError (ssl.SSLError, too) where they cannot be read.
    """
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
