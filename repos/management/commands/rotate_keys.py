"""`manage.py rotate_keys`: encrypts secrets with the first of DEEPWIKI_TOKEN_KEYS.

For use after putting a new key in front; the old keys can then be removed.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from repos import services
from repos.encryption import WrongKey


class Command(BaseCommand):
    help = "Encrypts every stored access token and webhook secret with the newest of DEEPWIKI_TOKEN_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = services.rotate_keys()
        except WrongKey as error:
            self.stderr.write(self.style.ERROR(str(error)))
            sys.exit(1)
        self.stdout.write(f"{count} repositories' secrets are sealed with the newest key.")
