"""A claim that is renewed from a thread while its work goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error, connection

logger = logging.getLogger(__name__)
JOIN_SECONDS = 5


@contextmanager
def heartbeat(renew: Callable[[], bool], seconds: float) -> Iterator[None]:
    """Call `renew` every so many seconds until the block ends, or it returns False.

    Each call has a connection of the thread's own. One that a failing database ends is left
    to the next.
    """
    ended = threading.Event()

    def renew_until_ended() -> None:
        while not ended.wait(seconds):
            if not _is_renewed(renew):
                return

    thread = threading.Thread(target=renew_until_ended, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(JOIN_SECONDS)


def _is_renewed(renew: Callable[[], bool]) -> bool:
    try:
        return renew()
    except Error:
        logger.debug("no sign of life could be given", exc_info=True)
        return True
    finally:
        connection.close()
