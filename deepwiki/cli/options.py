"""What commands share: the option --json, exit codes, what is written to where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

FAILED = 1
BAD_INPUT = 2
as_json = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on standard output."
)


def flags(options: Mapping[str, Any]) -> list[str]:
    """Options as Django's commands take them; empty ones are left out."""
    given = []
    for name, value in options.items():
        option = f"--{name.removeprefix('as_').replace('_', '-')}"
        if value is True:
            given.append(option)
        elif value:
            given += [option, str(value)]
    return given


def write(data: Mapping[str, Any]) -> None:
    """One JSON object."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def end(message: str, code: int) -> None:
    """End the process, with words on standard error."""
    click.secho(message, fg="red", err=True)
    raise SystemExit(code)
