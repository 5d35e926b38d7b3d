"""Mermaid to pictures, on the server: the page loads no script for them, and a picture can do nothing but be looked at."""

from __future__ import annotations

import base64
import logging
from functools import lru_cache

logger = logging.getLogger(__name__)
LONGEST = 6_000  # characters; what people draw has some hundreds
LARGEST = 400_000  # bytes of SVG
PREFIX = "data:image/svg+xml;base64,"


@lru_cache(maxsize=64)
def draw(source: str) -> str:
    """A Mermaid diagram as the address of a picture (a `data:` URL of SVG); empty when it does not parse or is too large.

    Never raises. The renderer bounds depth and layout work by itself.
    """
    if not source.strip() or len(source) > LONGEST:
        return ""
    try:
        import mmdr  # when the first diagram comes: it takes 30 MB

        picture = str(mmdr.render(source).svg()).encode()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the native renderer is not an Exception
        logger.debug("a diagram could not be drawn: %s", type(error).__name__)
        return ""
    return PREFIX + base64.b64encode(picture).decode() if len(picture) <= LARGEST else ""
