"""`manage.py mcp`: the Model Context Protocol over standard input and output."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.api.mcp.callers import AccountOnTerminal, AgentClient, Operator
from repos.search import warm_up


class Command(BaseCommand):
    help = (
        "Speaks the Model Context Protocol over standard input and output, for an editor or an"
        " agent on this machine. Reads what everybody signed in may read, or with --user what"
        " that person may read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", default="", help="Act as this person.")

    def handle(self, *args: Any, **options: Any) -> None:
        from chat.api.mcp.stdio import serve

        caller = _caller(options["user"])
        _load_embedder()
        asyncio.run(serve(caller))


def _caller(username: str) -> AgentClient:
    if not username:
        return Operator()
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user {username!r}.")
    return AccountOnTerminal(user)


def _load_embedder() -> None:
    try:
        warm_up()
    except Exception as error:  # it searches by words then
        sys.stderr.write(f"The embedder could not be loaded: {error}\n")
