"""Answers that take long: an operation is called in a thread, which is not kept for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from django.http import HttpResponse, HttpResponseBase


class DeferredResponse(HttpResponse):
    """What an operation gives in place of its response; views.py awaits `finish` on the event loop.

    `finish` raises what the operation itself may raise.
    """

    def __init__(self, finish: Callable[[], Awaitable[HttpResponseBase]]) -> None:
        super().__init__()
        self.finish = finish
