"""SQL files: a long statement stands in a `.sql` file beside the module that runs it."""

from __future__ import annotations

from pathlib import Path


def read_sql(module_file: str, name: str) -> str:
    """The text of `name` in the folder of `module_file` (a module's `__file__`)."""
    return (Path(module_file).parent / name).read_text("utf-8")
