"""Modules in the root of a package: `python -m deepwiki.testing.loose_modules`.

A folder is one thing that can be named; a root that fills up with modules is none.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = {"chat": 10, "repos": 9, "deepwiki": 8}  # `__init__.py` included


def main() -> int:
    """Print each package with too many; returns 1 if there is one."""
    crowded = False
    for package, most in MOST.items():
        names = sorted(path.name for path in (ROOT / package).glob("*.py"))
        if len(names) > most:
            crowded = True
            print(f"{package}/ has {len(names)}, at most {most}: {', '.join(names)}")  # noqa: T201
    return int(crowded)


if __name__ == "__main__":
    sys.exit(main())
