"""index: on this machine, or on a server elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from deepwiki.cli.management import run
from deepwiki.cli.options import BAD_INPUT, FAILED, as_json, end, flags, write
from deepwiki.cli.rest import UNFINISHED, Json, RestClient
from deepwiki.cli.server import Server, ServerError

KINDS = ("github", "gitlab", "bitbucket", "gitea", "azure", "git", "local")


@click.command()
@click.argument("repository")
@click.option("--branch", default="", help="A branch, tag or commit; the default branch without.")
@click.option("--type", default="", type=click.Choice(["", *KINDS]), help="The kind of its host.")
@click.option("--token-env", default="", help="The variable that holds an access token.")
@click.option("--owner", default="", help="Make it a private one of this user; here alone.")
@click.option("--force", is_flag=True, help="Build anew even when nothing has changed.")
@as_json
@click.pass_obj
def index(server: Server | None, /, repository: str, **options: Any) -> None:
    """Read a repository: an https address, owner/repo, or a folder of this machine.

    \b
      deepwiki index pallets/flask
      deepwiki index https://git.example.org/team/tool --branch main --token-env MY_TOKEN
      deepwiki index ~/projects/shop

    On a server elsewhere the token needs the scope `manage`. Ends with 0 when done, 1 when it
    failed, 2 for bad input.
    """
    if server is None:
        run(["deepwiki", "index_repo", repository, *flags(options)])
        return
    if options["owner"]:
        end("--owner works on this machine alone.", BAD_INPUT)
    try:
        found, job = _indexed(RestClient(server), repository, options)
    except ServerError as error:
        end(str(error), BAD_INPUT)
        return
    _show(found, job, as_json=options["as_json"])


def _indexed(client: RestClient, address: str, options: Mapping[str, Any]) -> tuple[Json, Json]:
    """The repository, and how its last job ended. Raises ServerError."""
    token = _token(options["token_env"])
    found = client.add(address, type=options["type"], token=token, revision=options["branch"])
    job = found.get("job")
    if not job or job["state"] not in UNFINISHED:
        job = client.refresh(found, force=options["force"])
    last, told = job, ""
    for last in client.follow(job):
        now = f"{last['state']}: {last['stage']}".rstrip(": ")
        if now != told and not options["as_json"]:
            told = now
            click.secho(now, fg="bright_black", err=True)
    return client.repository(found["id"]), last


def _token(variable: str) -> str:
    token = os.environ.get(variable, "") if variable else ""
    if variable and not token:
        end(f"The environment variable {variable} is empty.", BAD_INPUT)
    return token


def _show(found: Json, job: Json, *, as_json: bool) -> None:
    report = {"repository": found["name"], "state": job["state"], "error": job["error"] or None}
    report |= {"commit": found["commit"], "chunks": found["passages"]}
    if as_json:
        write(report)
    if job["state"] != "done":
        end(job["error"] or f"The job was {job['state']}.", FAILED)
    if not as_json:
        click.echo(f"{found['name']}: {found['passages']} chunks at {found['commit'][:10]}.")
