"""`manage.py ask <repository> "question"`: the answer with its sources, streamed."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, OutputWrapper

from chat import services
from chat.core.errors import ChatError
from chat.core.events import Delta, Event, Notice, Sources, Status, Step, Usage
from chat.core.ports import Model
from chat.core.request import MODES, ChatRequest, parse
from chat.runs import Run
from chat.services.operator_runs import start_operator_run
from deepwiki.foundation.threads import in_thread
from repos import jobs
from repos.jobs.revision_choice import choose_revision
from repos.models import IndexJob, Repository
from repos.services import add, find_for_operator
from repos.sources import SourceError, parse_address

FAILED = 1
BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Asks a question about a repository and streams the answer."
        " Exit codes: 0 answered, 1 failed, 2 bad input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repository")
        parser.add_argument("question")
        parser.add_argument("--provider", default="")
        parser.add_argument("--model", default="")
        parser.add_argument("--language", default="en")
        parser.add_argument("--mode", default="", choices=[*filter(None, MODES)])
        parser.add_argument(
            "--json", action="store_true", help="One JSON object on standard output."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["question"].strip():
            self._exit(BAD_INPUT, "Give a question.")
        try:
            name = options["repository"]
            repository = find_for_operator(name) or _index(name)
            request = _request(repository, options)
            asyncio.run(self._answer(repository, request, as_json=options["json"]))
        except SourceError as error:
            self._exit(BAD_INPUT, str(error))
        except ChatError as error:
            self._exit(_exit_code(error), str(error))

    async def _answer(self, repository: Repository, request: ChatRequest, *, as_json: bool) -> None:
        """Stream the answer, or write it as JSON at the end.

        Raises ChatError if it failed.
        """
        providers = services.providers()
        await in_thread(providers.refresh_models)
        model = providers.choose(request.provider, request.model)
        run = start_operator_run(repository, request, model)
        terminal = _Terminal(self.stdout, self.stderr)
        async for item in run.attach():
            if not as_json:
                terminal.show(item.event)
        await providers.close()
        if as_json:
            self.stdout.write(json.dumps(_summary(run, model), ensure_ascii=False, indent=1))
        if run.error is not None:
            raise ChatError(text=run.error.message)

    def _exit(self, code: int, message: str) -> None:
        self.stderr.write(self.style.ERROR(message))
        sys.exit(code)


class _Terminal:
    """Answer and sources go to stdout, progress and notices to stderr."""

    def __init__(self, stdout: OutputWrapper, stderr: OutputWrapper) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.sources: Sources | None = None

    def show(self, event: Event) -> None:
        match event:
            case Delta(text):
                self.stdout.write(text, ending="")
                self.stdout.flush()
            case Status(_, message, done, total):
                progress = f" ({done} of {total})" if total else ""
                self.stderr.write(f"{message}{progress} …")
            case Notice():
                self.stderr.write(event.message)
            case Step(state="done" | "failed"):
                self.stderr.write(event.summary)
            case Sources():
                self.sources = event
            case Usage():
                self._show_sources()

    def _show_sources(self) -> None:
        """Last, below the answer."""
        if self.sources is None:
            return
        commit = f" at {self.sources.commit[:10]}" if self.sources.commit else ""
        self.stdout.write(f"\n\nSources{commit}:")
        for item in self.sources.items:
            self.stdout.write(f"  {item['path']}:{item['start']}-{item['end']}  {item['symbol']}")


def _exit_code(error: ChatError) -> int:
    return BAD_INPUT if error.status in (400, 404) else FAILED


def _index(name: str) -> Repository:
    """Add a repository that is not known yet, and index it here."""
    address = parse_address(name)
    repository = add(address, None, revision=choose_revision(address, ""))
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    if job.state != IndexJob.State.DONE:
        raise SourceError.from_text(job.error)
    return repository


def _request(repository: Repository, options: dict[str, Any]) -> ChatRequest:
    """The options as a validated request. Raises BadRequest, RequestTooLarge."""
    fields = {name: options[name] for name in ("provider", "model", "language", "mode")}
    messages = [{"role": "user", "content": options["question"]}]
    data = {"repo_url": repository.url, "messages": messages, **fields}
    return parse(data, services.request_limits())


def _summary(run: Run, model: Model) -> dict[str, Any]:
    """The answer as --json writes it."""
    sources = run.sources or Sources([], "", "")
    return {
        "answer": run.text,
        "state": run.state,
        "provider": model.provider,
        "model": model.id,
        "commit": sources.commit,
        "mode": sources.mode,
        "sources": sources.items,
        "notices": [notice.code for notice in run.notices],
        "error": run.error.message if run.error else None,
    }
