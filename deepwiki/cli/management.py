"""Django's command line. SIGTERM ends it as Ctrl-C does, so that the process stops using the
embedded database."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

INTERRUPTED, TERMINATED = 130, 143  # 128 + the number of the signal


def run(arguments: Sequence[str]) -> None:
    """Run one command; the first argument is the program's name. May raise SystemExit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. Run `make install`, then use .venv/bin/python manage.py …"
        )
    from deepwiki.postgres import PostgresError

    try:
        execute_from_command_line(list(arguments))
    except PostgresError as error:
        sys.exit(f"DeepWiki: {error}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def main() -> None:
    """The command of the process's own arguments."""
    run(sys.argv)


if __name__ == "__main__":
    main()
