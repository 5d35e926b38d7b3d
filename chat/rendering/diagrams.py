"""Mermaid diagrams as SVG images, drawn on the server: the page needs no script."""

from __future__ import annotations

import base64
import logging
from functools import lru_cache

logger = logging.getLogger(__name__)
MAX_SOURCE_CHARS = 6_000  # usual diagrams have some hundreds
MAX_SVG_BYTES = 400_000
SVG_DATA_PREFIX = "data:image/svg+xml;base64,"


@lru_cache(maxsize=64)
def mermaid_data_url(source: str) -> str:
    """A Mermaid diagram as a `data:` URL of an SVG; empty if invalid or too large.

    Never raises. The native renderer limits nesting depth and layout work itself.
    """
    if not source.strip() or len(source) > MAX_SOURCE_CHARS:
        return ""
    svg = _render_svg(source)
    if not svg or len(svg) > MAX_SVG_BYTES:
        return ""
    return SVG_DATA_PREFIX + base64.b64encode(svg).decode()


def _render_svg(source: str) -> bytes:
    """The SVG of a diagram; empty if it cannot be drawn."""
    try:
        import mmdr  # imported with the first diagram: it takes 30 MB of memory

        return str(mmdr.render(source).svg()).encode()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the native renderer is not an Exception
        logger.debug("a diagram could not be drawn: %s", type(error).__name__)
        return b""
