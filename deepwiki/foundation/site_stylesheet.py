"""The stylesheets as two files, of all pages and of the wiki's: fewer requests, and half of the bytes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# Each in the order of the cascade; `print.css` is apart, since it is for one medium.
SHEETS = {
    "site.css": (
        "tokens fonts base layout pages rail thread steps prose code composer source_pane reader "
        "code_search wiki_card dialogs motion touch forced_colors"
    ).split(),
    "wiki_pages.css": "wiki slides workshop".split(),  # linked behind the other
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENTED = re.compile(r"\s*\n\s*")


def stylesheets(styles: Path, folder: Path) -> Iterator[Path]:
    """SHEETS of the parts in the folder `styles`, in `folder`; written where the parts have changed."""
    for name, parts in SHEETS.items():
        text = "".join(_rules((styles / f"{part}.css").read_text()) for part in parts)
        yield _written(folder / name, text)


def _written(target: Path, text: str) -> Path:
    if not target.exists() or target.read_text() != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}.{id(target)}.part")
        partial.write_text(text)
        partial.replace(target)
    return target


def _rules(text: str) -> str:
    """A stylesheet without comments, indentation and empty lines."""
    return INDENTED.sub("\n", COMMENT.sub("", text))
