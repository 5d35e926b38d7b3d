"""`manage.py build_wiki <repository> [--model provider/model] [--language ja] [--wait]`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deepwiki.foundation.languages import ANSWER_LANGUAGES
from deepwiki.wiki import builds, services
from deepwiki.wiki.builds.estimate import estimate
from deepwiki.wiki.builds.plan_notices import plan_notice
from deepwiki.wiki.day_quota import QuotaUsedUp, tokens_left
from deepwiki.wiki.models import BuildPage, WikiBuild
from deepwiki.wiki.translation.languages import find_language
from deepwiki.wiki.writing.model_calls import CallFailed, ModelCaller
from repos.models import Repository
from repos.services import find_for_operator

POLL_SECONDS = 0.5
UNFINISHED = (WikiBuild.State.QUEUED, WikiBuild.State.RUNNING)


class Command(BaseCommand):
    help = (
        "Makes the wiki of an indexed repository: its id, address, folder or name. "
        "Exit codes: 0 done, or requested without --wait; 1 failed; 2 bad input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repository")
        parser.add_argument(
            "--wait", action="store_true", help="Make it here, or follow the worker that does."
        )

        parser.add_argument(
            "--model", default="", help="provider/model that writes it; from the code without one."
        )
        parser.add_argument("--max-cost", type=float, default=0.0, help="Dollars; pauses there.")
        parser.add_argument("--max-tokens", type=int, default=0, help="Tokens; pauses there.")
        parser.add_argument("--json", action="store_true", help="One JSON object.")

        parser.add_argument(
            "--language",
            default="",
            help="In which the model writes: en, ja, zh, ... By default that of .deepwiki/wiki.toml.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        repository = find_for_operator(options["repository"])
        if repository is None:
            self._exit(2, "There is no such repository.")
        if repository.current_index is None:
            self._exit(2, "This repository has no index yet.")
        order = self._order(repository, options)
        build = self._request(repository, order, wait=options["wait"])
        if options["wait"]:
            build = self._wait_for(build)
        if options["json"]:
            self._write_json(repository, build)
        elif options["wait"]:
            self._report(repository, build)
        else:
            self.stdout.write(f"{repository.name}: requested.")

    def _order(self, repository: Repository, options: dict[str, Any]) -> builds.BuildOrder:
        """How it is to be made; says what a model would cost."""
        if not options["model"]:
            if options["language"]:
                self._exit(2, "--language is for pages that a model writes: give --model, too.")
            return builds.FROM_CODE
        provider, _, model = options["model"].partition("/")
        self._check_model(provider, model)
        about = estimate(repository, provider, model)
        price = "price unknown" if about.cost is None else f"about ${about.shown_cost}"
        self.stderr.write(f"{about.pages} pages, at most {about.tokens:,} tokens, {price}.")
        tokens = options["max_tokens"] or about.cap_tokens
        order = builds.BuildOrder(
            provider,
            model,
            tokens,
            max(0.0, options["max_cost"]),
            language=self._language(options["language"]),
            by_operator=True,
        )
        return self._within_day(repository, order)

    def _language(self, code: str) -> str:
        found = find_language(code)
        if code and found is None:
            known = ", ".join(ANSWER_LANGUAGES)
            self._exit(2, f"Unknown language {code!r}. Languages: {known}.")
        return found.answer if found is not None else ""

    def _within_day(self, repository: Repository, order: builds.BuildOrder) -> builds.BuildOrder:
        """The order, held to what may be used today of who added the repository; says so."""
        owner, left = repository.added_by, tokens_left(repository.added_by_id)
        try:
            order = services.within_day(repository, order)
        except QuotaUsedUp:
            self._exit(2, f"{owner} added this repository and has used the tokens of the day.")
        if owner is None:
            self.stderr.write("Its tokens count in nobody's day.")
        elif left is not None:
            self.stderr.write(f"Its tokens count in the day of {owner}: {left:,} are left.")
        return order

    def _check_model(self, provider: str, model: str) -> None:
        try:
            ModelCaller(provider, model)
        except CallFailed as failed:
            self._exit(2, str(failed))

    def _request(
        self, repository: Repository, order: builds.BuildOrder, *, wait: bool
    ) -> WikiBuild:
        try:
            build, is_new = builds.request(repository, start=not wait, order=order)
        except builds.WikiDisabled as disabled:
            self._exit(2, str(disabled))
        if not is_new:
            self.stderr.write("This wiki is already being made; following it.")
        return build

    def _wait_for(self, build: WikiBuild) -> WikiBuild:
        """Make the wiki, or follow the worker that does; takes it over when that dies."""
        with _progress_bar() as bar:
            task = bar.add_task("Pages", total=None)

            def show(build: WikiBuild) -> None:
                total, done = _counts(build)
                bar.update(task, total=total or None, completed=done)

            while True:
                found = builds.run(build.pk, show)
                if found is None or found.state not in UNFINISHED:
                    return found or build
                show(found)
                time.sleep(POLL_SECONDS)

    def _report(self, repository: Repository, build: WikiBuild) -> None:
        total, done = _counts(build)
        if build.model:
            self.stderr.write(f"{build.tokens:,} tokens used, ${build.cost:.2f}.")
        if plan_notice(build):
            self.stderr.write(plan_notice(build))
        if build.error:
            self.stderr.write(build.error)
        if build.state != WikiBuild.State.DONE or build.error:
            self._exit(
                1, f"{repository.name}: {build.get_state_display()}, {done} of {total} pages."
            )
        self.stdout.write(f"{repository.name}: {done} pages at {build.commit[:10]}.")

    def _write_json(self, repository: Repository, build: WikiBuild) -> None:
        total, done = _counts(build)
        report = {
            "repository": repository.name,
            "state": build.state,
            "commit": build.commit,
            "pages": total,
            "written": done,
            "error": build.error or None,
        }
        self.stdout.write(json.dumps(report))
        if build.error or build.state == WikiBuild.State.FAILED:
            sys.exit(1)

    def _exit(self, code: int, message: str) -> NoReturn:
        self.stderr.write(self.style.ERROR(message))
        sys.exit(code)


def _counts(build: WikiBuild) -> tuple[int, int]:
    """How many pages a build has, and how many of them are written."""
    states = list(BuildPage.objects.filter(build=build).values_list("state", flat=True))
    return len(states), states.count(BuildPage.State.DONE)


def _progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<32}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=not sys.stderr.isatty(),
    )
