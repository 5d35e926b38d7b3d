#!/usr/bin/env python
"""Django's command line. SIGTERM ends it as Ctrl-C does, so that the process stops using the
embedded database."""

import os
import signal
import sys

INTERRUPTED, TERMINATED = 130, 143  # 128 + the number of the signal


def main() -> None:
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
        execute_from_command_line(sys.argv)
    except PostgresError as error:
        sys.exit(f"DeepWiki: {error}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
