"""The stylesheets of all pages as one file: a request in place of twenty, and half of the bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

NAME = "site.css"
# In the order of the cascade; `print.css` is apart, since it is for one medium.
PARTS = (
    "tokens fonts base layout pages rail thread steps prose code composer source_pane reader "
    "code_search wiki slides workshop dialogs motion"
).split()
DIGEST_CHARS = 12
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENTED = re.compile(r"\s*\n\s*")


def stylesheet(styles: Path, folder: Path) -> Path:
    """The parts in the folder `styles` as one file below `folder`, made where they have changed."""
    text = "".join(_rules((styles / f"{part}.css").read_text()) for part in PARTS)
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARS]
    target = folder / digest / NAME
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{id(target)}.part")
        partial.write_text(text)
        partial.replace(target)
    return target


def _rules(text: str) -> str:
    """A stylesheet without comments, indentation and empty lines."""
    return INDENTED.sub("\n", COMMENT.sub("", text))
