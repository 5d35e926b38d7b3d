"""`manage.py index_repo <address or folder>`: index here and now, with a progress bar."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from repos import jobs, services
from repos.models import IndexJob
from repos.sources import KINDS, SourceError, parse_address


class Command(BaseCommand):
    help = "Indexes a repository: an https address, owner/repo, or a local folder. Exit codes: 0 done, 1 failed, 2 bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repository")
        parser.add_argument(
            "--branch", "--revision", dest="revision", default="", help="Branch, tag or commit."
        )
        parser.add_argument(
            "--type",
            dest="kind",
            default="",
            choices=["", *KINDS],
            help="Kind of host, guessed when left out.",
        )
        parser.add_argument(
            "--token-env",
            default="",
            help="Name of the environment variable that holds an access token.",
        )
        parser.add_argument(
            "--owner", default="", help="Make it a private repository of this user."
        )
        parser.add_argument(
            "--force", action="store_true", help="Build anew even when nothing has changed."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = self._job(options)
        except SourceError as error:
            self._leave(2, str(error))
            return
        job = self._run(job)
        if job.state != IndexJob.State.DONE:
            self._leave(1, job.error or f"The job was {job.get_state_display()}.")
        result = job.result
        if result["unchanged"]:
            self.stdout.write(
                f"{job.repository.name}: nothing has changed since {result['commit'][:10]}."
            )
        else:
            self.stdout.write(
                f"{job.repository.name}: {result['files']} files, {result['chunks']} chunks at {result['commit'][:10]} "
                f"({result['written']} files written, {result['removed']} removed)."
            )

    def _job(self, options: dict[str, Any]) -> IndexJob:
        text = options["repository"]
        if os.path.isdir(text) and not options["kind"]:
            text, options["kind"] = os.path.abspath(text), "local"
        address = parse_address(text, options["kind"])
        token = os.environ.get(options["token_env"], "") if options["token_env"] else ""
        if options["token_env"] and not token:
            self._leave(2, f"The environment variable {options['token_env']} is empty.")
        if address.is_local and not os.path.isdir(address.url):
            self._leave(2, "There is no such folder.")
        owner = None
        if options["owner"]:
            owner = get_user_model().objects.filter(username=options["owner"]).first()
            if owner is None:
                self._leave(2, f"There is no user {options['owner']}.")
        repository = services.add(
            address,
            owner.pk if owner else None,
            token=token,
            revision=options["revision"],
            private=owner is not None,
        )
        job, is_new = jobs.request(
            repository, owner.pk if owner else None, force=options["force"], start=False
        )
        if not is_new:
            self.stderr.write("This repository already has a job; following it.")
        return job

    def _run(self, job: IndexJob) -> IndexJob:
        columns = (
            TextColumn("{task.description:<32}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(
            *columns, console=Console(stderr=True), transient=not sys.stderr.isatty()
        ) as bar:
            tasks: dict[str, TaskID] = {}

            def tell(now: IndexJob) -> None:
                if now.stage not in tasks:
                    tasks[now.stage] = bar.add_task(
                        str(IndexJob.Stage(now.stage).label), total=None
                    )
                bar.update(tasks[now.stage], total=now.total or None, completed=now.progress)

            return jobs.run_or_follow(job, tell)

    def _leave(self, code: int, message: str) -> None:
        self.stderr.write(self.style.ERROR(message))
        sys.exit(code)
