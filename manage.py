#!/usr/bin/env python
"""Django's command line, see deepwiki/cli/management.py."""

from deepwiki.cli.management import main

if __name__ == "__main__":
    main()
