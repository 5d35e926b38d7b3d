"""The time that one page may take to render all of its answers."""

from __future__ import annotations

import time

from django.utils.safestring import SafeString

from chat.core.citations import Check
from chat.rendering.service import TEXT_SECONDS, render

PAGE_SECONDS = 6.0  # forty usual answers take less than one


class PageBudget:
    """Renders the answers of one page; once its time is used up the others are plain text."""

    def __init__(self, seconds: float = PAGE_SECONDS) -> None:
        self.seconds = seconds

    def render(self, markdown: str, check: Check | None = None) -> SafeString:
        """See `service.render`."""
        started = time.monotonic()
        html = render(markdown, check, seconds=min(self.seconds, TEXT_SECONDS))
        self.seconds = max(0.0, self.seconds - (time.monotonic() - started))
        return html
