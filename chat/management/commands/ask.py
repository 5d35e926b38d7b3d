"""`manage.py ask <repository> "question"`: the answer, streamed to the terminal, with its sources."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from chat import services
from chat.core.errors import ChatError
from chat.core.events import Delta, Event, Notice, Sources, Status, Usage
from chat.core.pipeline import AnswerContext, AnswerLimits, answer
from chat.core.request import ChatRequest, Turn, parse
from chat.runs import Run
from chat.services.retrieval import RepositoryRetriever
from deepwiki.foundation.threads import in_thread
from repos import jobs
from repos.models import IndexJob, Repository
from repos.services import add, find_for_operator
from repos.sources import SourceError, parse_address


class Command(BaseCommand):
    help = "Asks a question about a repository and streams the answer. Exit codes: 0 answered, 1 failed, 2 bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repository")
        parser.add_argument("question")
        parser.add_argument("--provider", default="")
        parser.add_argument("--model", default="")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--json", action="store_true", help="One JSON object on standard output."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["question"].strip():
            self._leave(2, "Give a question.")
        try:
            repository = find_for_operator(options["repository"]) or self._new(
                options["repository"]
            )
            language = parse(
                {
                    "repo_url": "x",
                    "messages": [{"role": "user", "content": "x"}],
                    "language": options["language"],
                },
                services.request_limits(),
            ).language
            request = ChatRequest(
                repository.url,
                (Turn("user", options["question"]),),
                provider=options["provider"],
                model=options["model"],
                language=language,
            )
            asyncio.run(self._ask(repository, request, options["json"]))
        except (SourceError, ChatError) as error:
            bad = isinstance(error, SourceError) or error.status in (400, 404)
            self._leave(2 if bad else 1, str(error))

    def _new(self, text: str) -> Repository:
        """A repository nobody indexed yet is indexed first, here."""
        repository = add(parse_address(text), None)
        job = jobs.run(jobs.request(repository, start=False)[0].pk)
        if job.state != IndexJob.State.DONE:
            raise SourceError(job.error)
        return repository

    async def _ask(self, repository: Repository, request: ChatRequest, as_json: bool) -> None:
        await in_thread(services.providers().look_around)
        model = services.providers().choose(request.provider, request.model)
        retriever = RepositoryRetriever(repository.pk, repository.added_by_id)
        limits = AnswerLimits(settings.ANSWER_CHARS, settings.ANSWER_SECONDS)
        context = AnswerContext(
            request, (), retriever, services.providers().adapter(model.provider), model, limits
        )
        run = Run(id=uuid.uuid4())
        run.task = asyncio.create_task(run.drive(answer(context)))
        async for item in run.attach():
            if not as_json:
                self._tell(item.event)
        await services.providers().close()
        if as_json:
            self.stdout.write(
                json.dumps(_summary(run, model.provider, model.id), ensure_ascii=False, indent=1)
            )
        if run.error is not None:
            raise ChatError(run.error.message)

    def _tell(self, event: Event) -> None:
        match event:
            case Delta(text):
                self.stdout.write(text, ending="")
                self.stdout.flush()
            case Status(_, message, done, total):
                self.stderr.write(f"{message}{f' ({done} of {total})' if total else ''} …")
            case Notice(_, message):
                self.stderr.write(message)
            case Sources(items, commit):
                self.sources = (
                    [f"  {s['path']}:{s['start']}-{s['end']}  {s['symbol']}" for s in items],
                    commit,
                )
            case Usage():
                lines, commit = self.sources
                self.stdout.write(
                    "\n\nSources"
                    + (f" at {commit[:10]}" if commit else "")
                    + ":\n"
                    + "\n".join(lines)
                )

    sources: tuple[list[str], str] = ([], "")

    def _leave(self, code: int, message: str) -> None:
        self.stderr.write(self.style.ERROR(message))
        sys.exit(code)


def _summary(run: Run, provider: str, model: str) -> dict[str, Any]:
    sources = run.sources
    return {
        "answer": run.text,
        "state": run.state,
        "provider": provider,
        "model": model,
        "commit": sources.commit if sources else "",
        "mode": sources.mode if sources else "",
        "sources": sources.items if sources else [],
        "notices": [notice.code for notice in run.notices],
        "error": run.error.message if run.error else None,
    }
