"""`deepwiki`: the command, its options, and completion for shells."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from typing import Any

import click
from click.shell_completion import get_completion_class

from deepwiki.cli.commands import ask, search, wiki
from deepwiki.cli.indexing import index
from deepwiki.cli.operator_commands import doctor, mcp, token, up
from deepwiki.cli.server import Server

COMPLETE = "_DEEPWIKI_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
EPILOG = (
    "Without --server everything happens on this machine, with its own settings. With it,"
    " ask, search, index, wiki read and wiki build speak to a server elsewhere:"
    " export DEEPWIKI_SERVER=https://wiki.example.org DEEPWIKI_TOKEN=dw_…"
)


def _version() -> str:
    try:
        return metadata.version("deepwiki")
    except metadata.PackageNotFoundError:
        return "of a checkout"


@click.group(
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--server", envvar="DEEPWIKI_SERVER", default="", metavar="ADDRESS", help="A server elsewhere."
)
@click.option(
    "--token", envvar="DEEPWIKI_TOKEN", default="", metavar="TOKEN", help="An API token of it."
)
@click.version_option(version=_version())
@click.pass_context
def cli(context: click.Context, server: str, token: str) -> None:
    """Ask questions about code, and read the answer next to the lines it rests on.

    \b
      deepwiki up                                    start everything on this machine
      deepwiki index pallets/flask                   read a repository
      deepwiki ask pallets/flask "How are blueprints registered?"
    """
    if os.environ.get("NO_COLOR"):
        context.color = False
        os.environ["DJANGO_COLORS"] = "nocolor"
    context.obj = Server(server, token) if server else None


@cli.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what completes commands and options in a shell.

    \b
      bash, in ~/.bashrc:   eval "$(deepwiki completion bash)"
      zsh, in ~/.zshrc:     eval "$(deepwiki completion zsh)"
      fish:                 deepwiki completion fish > ~/.config/fish/completions/deepwiki.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "deepwiki", COMPLETE).source())


for command in (up, ask, search, index, wiki, doctor, token, mcp):
    cli.add_command(command)


def main(**options: Any) -> None:
    """The console script."""
    sys.exit(cli(prog_name="deepwiki", complete_var=COMPLETE, **options))


if __name__ == "__main__":
    main()
