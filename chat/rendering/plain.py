"""Text as it was written, where it cannot be formatted."""

from __future__ import annotations

import html


def plain_html(text: str) -> str:
    """A text as it was written, escaped."""
    return f'<pre class="plain" tabindex="0">{html.escape(text)}</pre>\n'
