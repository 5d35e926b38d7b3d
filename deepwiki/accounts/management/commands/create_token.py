"""`manage.py create_token <user>`: print a new API token."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser

from deepwiki.accounts.models import DEFAULT_SCOPES, ApiToken, TokenScope

MAX_DAYS = 36_500


class Command(BaseCommand):
    help = "Prints a new API token for a user. It is shown this once; only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--name", default="command line")
        parser.add_argument(
            "--scopes",
            nargs="+",
            choices=TokenScope.values,
            default=DEFAULT_SCOPES,
            metavar="SCOPE",
            help="What it may be used for, of read, ask, manage and admin (read ask).",
        )
        parser.add_argument(
            "--days", type=int, default=0, help="How long it lasts; for ever without it."
        )
        parser.add_argument("--json", action="store_true", help="One JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            self.stderr.write(self.style.ERROR(f"There is no user {options['user']}."))
            sys.exit(1)
        days = max(0, min(options["days"], MAX_DAYS))
        _token, clear = ApiToken.issue(user, options["name"], scopes=options["scopes"], days=days)
        if options["json"]:
            clear = json.dumps({"user": options["user"], "name": options["name"], "token": clear})
        self.stdout.write(clear)
