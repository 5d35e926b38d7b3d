"""Small files whose symbols are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file with its definitions (`kind:path@line`), some uses (`name:KIND`), its imports."""

    path: str
    text: str
    definitions: str
    uses: str
    imports: tuple[tuple[str, str, str], ...] = ()
