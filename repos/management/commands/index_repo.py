"""`manage.py index_repo <address or folder>`: indexes it, with a progress bar."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

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

from repos import graph, jobs, services
from repos.jobs.revision_choice import choose_revision
from repos.models import IndexJob
from repos.sources import KINDS, Address, SourceError, parse_address


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
        parser.add_argument("--json", action="store_true", help="One JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = self._request(options)
        except SourceError as error:
            self._exit(2, str(error))
        job = self._wait_for(job)
        self._check_done(job)
        if options["json"]:
            self.stdout.write(json.dumps({"repository": job.repository.name, **job.result}))
            return
        self.stdout.write(f"{job.repository.name}: {_summary(job.result)}")
        self._write_left_out(job)

    def _request(self, options: dict[str, Any]) -> IndexJob:
        """The job of the named repository, which is added when it is new.

        Raises SourceError.
        """
        address = _address(options["repository"], options["kind"])
        token = self._token(options["token_env"])
        if address.is_local and not _is_folder(address.url):
            self._exit(2, "There is no such folder.")
        owner_id = self._owner_id(options["owner"])
        repository = services.add(
            address,
            owner_id,
            token=token,
            revision=choose_revision(address, options["revision"], token),
            private=owner_id is not None,
        )
        job, is_new = jobs.request(repository, owner_id, force=options["force"], start=False)
        if not is_new:
            self.stderr.write("This repository already has a job; following it.")
        return job

    def _token(self, variable: str) -> str:
        """The access token in an environment variable; empty when none is named."""
        token = os.environ.get(variable, "") if variable else ""
        if variable and not token:
            self._exit(2, f"The environment variable {variable} is empty.")
        return token

    def _owner_id(self, username: str) -> int | None:
        if not username:
            return None
        owner = get_user_model().objects.filter(username=username).first()
        if owner is None:
            self._exit(2, f"There is no user {username}.")
        return owner.pk

    def _wait_for(self, job: IndexJob) -> IndexJob:
        """Run the job, or follow its worker, with a progress bar for each stage."""
        with _progress_bar() as bar:
            tasks: dict[str, TaskID] = {}

            def show(job: IndexJob) -> None:
                if job.stage not in tasks:
                    label = str(IndexJob.Stage(job.stage).label)
                    tasks[job.stage] = bar.add_task(label, total=None)
                bar.update(tasks[job.stage], total=job.total or None, completed=job.progress)

            return jobs.run_or_follow(job, show)

    def _check_done(self, job: IndexJob) -> None:
        if job.state != IndexJob.State.DONE:
            self._exit(1, job.error or f"The job was {job.get_state_display()}.")

    def _write_left_out(self, job: IndexJob) -> None:
        """Which files are not in the index, by reason."""
        index = job.repository.current_index
        if index is None:
            return
        if index.files_over_limit:
            self.stdout.write(f"In the index: {index.files} of {index.eligible_files} files.")
        counts = index.skipped.get("counts", {})
        if counts:
            reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
            self.stdout.write(f"Left out: {reasons}.")
        by_words = graph.count_read_by_words(index.pk)
        if by_words:
            self.stdout.write(f"Read by words, since their grammar failed: {by_words}.")

    def _exit(self, code: int, message: str) -> NoReturn:
        self.stderr.write(self.style.ERROR(message))
        sys.exit(code)


def _progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=not sys.stderr.isatty(),
    )


def _address(text: str, kind: str) -> Address:
    """A folder's address when there is one by this path, relative ones included."""
    if not kind and _is_folder(text):
        return parse_address(str(Path(text).resolve()), "local")
    return parse_address(text, kind)


def _is_folder(text: str) -> bool:
    try:
        return Path(text).is_dir()
    except OSError:  # too long for a path
        return False


def _summary(result: dict[str, Any]) -> str:
    """What an IndexResult (as JSON) says, in words."""
    commit = result["commit"][:10]
    if result["unchanged"]:
        return f"nothing has changed since {commit}."
    return (
        f"{result['files']} files, {result['chunks']} chunks at {commit} "
        f"({result['written']} files written, {result['removed']} removed)."
    )
