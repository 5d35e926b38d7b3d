"""The stylesheets of all pages as one file: a request in place of twenty, and half of the bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "site.css"
# In the order of the cascade; `print.css` is apart, since it is for one medium.
PARTS = (
    "tokens fonts base layout pages rail thread steps prose code composer source_pane reader "
    "code_search wiki slides workshop dialogs motion"
).split()
DIGEST_CHARS = 12


def stylesheet(styles: Path, folder: Path) -> Path:
    """The parts in the folder `styles` as one file below `folder`, made where they have changed."""
    text = "".join(f"{(styles / f'{part}.css').read_text()}\n" for part in PARTS)
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARS]
    target = folder / digest / NAME
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{id(target)}.part")
        partial.write_text(text)
        partial.replace(target)
    return target
