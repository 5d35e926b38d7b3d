"""`make check`: the static checks, one line each, all of them even when one fails.

    python -m deepwiki.testing.check                # all
    python -m deepwiki.testing.check ruff mypy      # these
    python -m deepwiki.testing.check --list         # their names

A check is a command. It passes with status 0 and is skipped with status 75 (EX_TEMPFAIL), as
one that needs the network may be; its last line then says why.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
PRODUCT = ("deepwiki", "chat", "repos")
CHECKS: dict[str, list[str]] = {
    "ruff": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "mypy": [str(BIN / "mypy"), *PRODUCT],
    "imports": [str(BIN / "lint-imports"), "--no-logo"],
    "cycles": [PYTHON, "-m", "deepwiki.testing.import_cycles"],
    "density": [PYTHON, "-m", "deepwiki.testing.density", *PRODUCT],
    "modules": [PYTHON, "-m", "deepwiki.testing.loose_modules"],
    "templates": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    "static": [str(BIN / "biome"), "ci", "--colors=off", "static"],
    "dependencies": [str(BIN / "deptry"), ".", "--no-ansi", "--config", "deptry.toml"],
    "audit": [PYTHON, "-m", "deepwiki.testing.audit", "requirements.txt"],
    "docs": [PYTHON, "-m", "mkdocs", "build", "--strict", "--quiet"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deploy": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}
SKIPPED = os.EX_TEMPFAIL
# Settings of a deployment, so that `deploy` finds nothing to warn about by itself.
ENVIRONMENT = {
    "DEEPWIKI_PUBLIC_URL": "https://deepwiki.example",
    "DEEPWIKI_SECRET_KEY": "check-" * 12,
    "DEEPWIKI_EMBEDDER": "none",
}
STDOUT_CHARS, STDERR_CHARS = 6_000, 3_000  # the end of a failed check's output


def main() -> int:
    """Run the checks named on the command line; returns how many failed."""
    arguments = _parse_arguments()
    if arguments.list:
        _print("\n".join(CHECKS))
        return 0
    results = [_run(name) for name in arguments.names or CHECKS]
    failed = results.count("FAILED")
    _print(f"{results.count('ok')} passed, {failed} failed")
    return failed


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deepwiki.testing.check", description="Static checks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these checks")
    parser.add_argument("--list", action="store_true", help="print the names of all checks")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in CHECKS]
    if unknown:
        parser.error(f"no check is called {', '.join(unknown)}; --list names them")
    return arguments


def _run(name: str) -> str:
    """Run one check and print its line; returns ok, FAILED or skipped."""
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(CHECKS[name], cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        _print(f"{name:<14}ok")
        return "ok"
    if done.returncode == SKIPPED:
        reason = done.stdout.strip().rpartition("\n")[2]
        _print(f"{name:<14}skipped: {reason}")
        return "skipped"
    _print(f"{name:<14}FAILED")
    _print(done.stdout[-STDOUT_CHARS:])
    _print(done.stderr[-STDERR_CHARS:])
    return "FAILED"


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
