"""What the database raises while it is not available, as an error for people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError

from chat.core.errors import Down

RETRY_SECONDS = 30


@contextlib.contextmanager
def database_errors_as_down() -> Iterator[None]:
    """Turn what the database raises while it is not available into an error for people."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Down(retry_after=RETRY_SECONDS) from error
