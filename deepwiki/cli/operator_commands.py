"""Commands of this machine: they run Django's own, with the arguments as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from deepwiki.cli.management import run
from deepwiki.cli.options import BAD_INPUT
from deepwiki.cli.server import Server


def operator_command(
    name: str, django_name: str, usage: str
) -> Callable[[Callable[[], None]], click.Command]:
    """A command whose arguments Django's command of `django_name` reads; its help is added.

    The decorated function's docstring is the help.
    """

    def decorate(function: Callable[[], None]) -> click.Command:
        @click.command(
            name,
            help=function.__doc__,
            options_metavar="",
            context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
        )
        @click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar=usage)
        @click.pass_obj
        def command(server: Server | None, arguments: Sequence[str]) -> None:
            refuse_elsewhere(server, name)
            run(["deepwiki", django_name, *arguments])

        return command

    return decorate


def refuse_elsewhere(server: Server | None, name: str) -> None:
    """Ends the process where a server was named."""
    if server is not None:
        click.echo(f"{name} works on this machine alone: leave --server out.", err=True)
        raise SystemExit(BAD_INPUT)


@click.command()
@click.option("--port", type=int, help="8000 where nothing else is set.")
@click.option("--host", help="The address to listen on; 127.0.0.1 where nothing else is set.")
@click.option("--data-dir", type=click.Path(file_okay=False), help="Where everything is kept.")
@click.pass_obj
def up(server: Server | None, port: int | None, host: str | None, data_dir: str | None) -> None:
    """Start database, web server and worker; Ctrl-C stops them.

    The first time a password for `admin` is printed, once. Every setting of .env.example
    can be set in the environment; an installed `deepwiki` also reads
    ~/.config/deepwiki/.env and keeps its data in ~/.local/share/deepwiki.
    """
    refuse_elsewhere(server, "up")
    _set_environment(PORT=port, HOST=host, DATA_DIR=data_dir)
    from deepwiki.run import main

    raise SystemExit(main())


def _set_environment(**settings: Any) -> None:
    import os

    for name, value in settings.items():
        if value is not None:
            os.environ[f"DEEPWIKI_{name}"] = str(value)


@operator_command("doctor", "doctor", "[CHECK]… [--clone ADDRESS] [--list] [--json]")
def doctor() -> None:
    """Look at everything that answers need, and name the line to change where it is not well.

    Each model that is set up is asked for one word, which costs a few tokens. Ends with 0 when
    all is well, 1 with warnings, 2 when something does not work.
    """


@operator_command(
    "token", "create_token", "USER [--name NAME] [--scopes SCOPE…] [--days DAYS] [--json]"
)
def token() -> None:
    """Make an API token of a person. It is shown this once; only its hash is kept."""


@operator_command("mcp", "mcp", "[--user USER]")
def mcp() -> None:
    """Speak the Model Context Protocol over standard input and output, for an editor or agent."""
