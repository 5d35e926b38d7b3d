"""The certificates that our own requests trust."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def trusted_certificates(ca_file: str = "") -> ssl.SSLContext:
    """Those of the system, or of `ca_file` in PEM form. The first call reads them, which takes longer
    than an event loop may. Raises OSError (ssl.SSLError, too) where they cannot be read."""
    return ssl.create_default_context(cafile=ca_file or None)
