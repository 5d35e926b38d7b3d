#!/usr/bin/env python
"""Django's command line, ending on SIGTERM as on Ctrl-C so that the embedded database is let go."""

import os
import signal
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
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
        sys.exit(130)


if __name__ == "__main__":
    main()
