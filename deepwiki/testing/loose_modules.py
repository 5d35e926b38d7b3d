"""Modules in the root of a package: `python -m deepwiki.testing.loose_modules`.

A folder is one thing that can be named; a root that fills up with modules is none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = {"chat": 10, "repos": 9, "deepwiki": 8}  # `__init__.py` included


def main() -> int:
    """Print each package with too many; returns 1 if there is one."""
    found = list(crowded())
    print("\n".join(found))  # noqa: T201
    return int(bool(found))


def crowded() -> Iterator[str]:
    """One line for each package with too many modules in its root."""
    for package, most in MOST.items():
        names = _modules(ROOT / package)
        if len(names) > most:
            yield f"{package}/ has {len(names)}, at most {most}: {', '.join(names)}"


def _modules(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.py"))


if __name__ == "__main__":
    sys.exit(main())
