"""ask, search and wiki: on this machine, or on a server elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from deepwiki.cli.answer_printer import AnswerPrinter
from deepwiki.cli.local_tools import ToolRefused, call_tool
from deepwiki.cli.management import run
from deepwiki.cli.operator_commands import refuse_elsewhere
from deepwiki.cli.options import BAD_INPUT, FAILED, as_json, end, flags, write
from deepwiki.cli.rest import RestClient
from deepwiki.cli.server import Server, ServerError

MODES = ("auto", "quick", "agent", "research")


@click.command()
@click.argument("repository")
@click.argument("question")
@click.option("--mode", type=click.Choice(MODES), help="How much is looked up.")
@click.option("--provider", default="", help="openai, google, ollama … as the server has it.")
@click.option("--model", default="", help="A model of that provider.")
@click.option("--language", default="en", help="Of the answer, such as en, es or ja.")
@as_json
@click.pass_obj
def ask(server: Server | None, /, repository: str, question: str, **options: Any) -> None:
    """Ask about a repository; the answer is written as it comes, its sources below it.

    \b
      deepwiki ask pallets/flask "How are blueprints registered?"
      deepwiki ask pallets/flask "Where are sessions signed?" --mode agent --json

    Ends with 0 when answered, 1 when it failed, 2 for bad input.
    """
    if server is None:
        run(["deepwiki", "ask", repository, question, *flags(options)])
        return
    body = {"repo_url": repository, "messages": [{"role": "user", "content": question}]}
    chosen = {name: value for name, value in options.items() if value and name != "as_json"}
    _ask(server, {**body, **chosen}, AnswerPrinter(options["as_json"]))


@click.command()
@click.argument("repository")
@click.argument("question")
@click.option("--limit", type=click.IntRange(1, 20), default=10, show_default=True)
@as_json
@click.pass_obj
def search(
    server: Server | None, repository: str, question: str, limit: int, *, as_json: bool
) -> None:
    """Find the passages that an answer would rest on.

    \b
      deepwiki search pallets/flask "session cookie"

    The JSON object has `passages` with path, start and end. Ends with 2 for bad input.
    """
    if server is None:
        given = flags({"limit": limit, "as_json": as_json})
        run(["deepwiki", "search", repository, question, *given])
        return
    _, data = _call(server, "search_code", {"repository": repository, "query": question})
    data["passages"] = data.get("passages", [])[:limit]
    if as_json:
        write(data)
    else:
        _write_places(data["passages"])


def _write_places(places: list[dict[str, Any]]) -> None:
    for place in places:
        click.echo(f"{place['path']}:{place['start']}-{place['end']}")


@click.group()
def wiki() -> None:
    """Read, make or export the wiki of a repository."""


@wiki.command("read")
@click.argument("repository")
@click.argument("page", required=False)
@as_json
@click.pass_obj
def read_wiki(server: Server | None, repository: str, page: str | None, *, as_json: bool) -> None:
    """List the pages of a wiki, or print one as Markdown.

    \b
      deepwiki wiki read pallets/flask
      deepwiki wiki read pallets/flask overview
    """
    name, arguments = "read_wiki_structure", {"repoName": repository}
    if page:
        name, arguments = "read_wiki_contents", {"repoName": repository, "page": page}
    text, data = _call(server, name, arguments)
    if as_json:
        write({**data, "text": text})
    else:
        click.echo(text)


@wiki.command("build")
@click.argument("repository")
@click.option("--wait", is_flag=True, help="Make it here, or follow the worker that does.")
@click.option("--model", default="", help="provider/model that writes it; from the code without.")
@click.option("--language", default="", help="In which the model writes, such as ja.")
@as_json
@click.pass_obj
def build_wiki(server: Server | None, /, repository: str, **options: Any) -> None:
    """Make the wiki of an indexed repository.

    \b
      deepwiki wiki build pallets/flask --wait

    On a server elsewhere, whose workers make it, no other option than --json can be used.
    """
    if server is not None:
        _build_elsewhere(server, repository, options)
        return
    run(["deepwiki", "build_wiki", repository, *flags(options)])


@wiki.command("export")
@click.argument("repository")
@click.option("--format", "file_format", default="markdown", show_default=True)
@click.option("--language", default="", help="Of its pages, such as ja.")
@click.option("--output", default="", type=click.Path(dir_okay=False))
@as_json
@click.pass_obj
def export_wiki(
    server: Server | None, /, repository: str, file_format: str, **options: Any
) -> None:
    """Write a wiki to a file: markdown, html or json.

    \b
      deepwiki wiki export pallets/flask --format html --output flask.html
    """
    refuse_elsewhere(server, "wiki export")
    given = flags({"format": file_format, **options})
    run(["deepwiki", "export_wiki", repository, *given])


def _build_elsewhere(server: Server, repository: str, options: Mapping[str, Any]) -> None:
    if any(options[name] for name in ("wait", "model", "language")):
        end("--wait, --model and --language work on this machine alone.", BAD_INPUT)
    client = RestClient(server)
    try:
        build = client.build_wiki(client.find(repository))
    except ServerError as error:
        end(str(error), BAD_INPUT)
        return
    if options["as_json"]:
        write({"repository": repository, "build": build["id"], "state": build["state"]})
    else:
        click.echo(f"The wiki of {repository} is {build['state']}.")


def _ask(server: Server, body: Mapping[str, Any], printer: AnswerPrinter) -> None:
    try:
        for event in server.ask(body):
            printer.show(event)
    except ServerError as error:
        printer.error = str(error)
    if printer.as_json:
        write(printer.summary())
    else:
        printer.show_end()
    if printer.error:
        end(printer.error, FAILED)


def _call(
    server: Server | None, name: str, arguments: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A tool's result, of the server or of this machine; ends the process where there is none."""
    try:
        if server is not None:
            return server.call_tool(name, arguments)
        return call_tool(name, arguments)
    except (ServerError, ToolRefused) as error:
        end(str(error), BAD_INPUT)
        raise
