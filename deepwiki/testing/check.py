"""`make check`: every static check, one line each, all of them even when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CHECKS = [
    ("ruff", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("mypy", [str(BIN / "mypy"), "deepwiki", "chat", "repos"]),
    ("imports", [str(BIN / "lint-imports")]),
    ("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("deploy", [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
]


def main() -> int:
    """Run them; returns how many failed."""
    environment = {
        **os.environ,
        "DEEPWIKI_PUBLIC_URL": "https://deepwiki.example",
        "DEEPWIKI_SECRET_KEY": "check-" * 12,
        "DEEPWIKI_EMBEDDER": "none",
    }
    failed = 0
    for name, command in CHECKS:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        print(f"{name:<12}{'ok' if done.returncode == 0 else 'FAILED'}", flush=True)  # noqa: T201
        if done.returncode:
            failed += 1
            print(done.stdout[-6_000:], done.stderr[-3_000:], flush=True)  # noqa: T201
    print(f"{len(CHECKS) - failed} passed, {failed} failed", flush=True)  # noqa: T201
    return failed


if __name__ == "__main__":
    sys.exit(main())
