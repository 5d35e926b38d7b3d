"""`manage.py rotate_keys`: encrypts secrets with the first of DEEPWIKI_TOKEN_KEYS.

For use after putting a new key in front; the old keys can then be removed.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from deepwiki.foundation.encryption import WrongKey
from repos import services


class Command(BaseCommand):
    help = "Encrypts stored access tokens, webhook secrets and second factors with the newest of DEEPWIKI_TOKEN_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = services.rotate_keys()
        except WrongKey as error:
            self.stderr.write(self.style.ERROR(str(error)))
            sys.exit(1)
        self.stdout.write(
            f"{count} secrets of repositories and people are encrypted with the newest key."
        )
