"""`manage.py search <repository> "question"`: the passages an answer would rest on."""

from __future__ import annotations

import contextlib
import json
import sys
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import F, Q

from repos.models import Repository
from repos.search import Filters, SearchResult, parse_patterns, search
from repos.sources import SourceError, parse_address


class Command(BaseCommand):
    help = "Lists the passages found for a question. With --jsonl, reads {id, question} lines and writes {id, ranked} lines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repository")
        parser.add_argument("question", nargs="?", default="")
        parser.add_argument("--limit", type=int, default=20)
        parser.add_argument(
            "--json", action="store_true", help="One JSON object on standard output."
        )
        parser.add_argument(
            "--jsonl",
            action="store_true",
            help="Questions on standard input, one JSON object a line.",
        )
        parser.add_argument("--words-only", action="store_true", help="Leave the vectors out.")
        for name in ("excluded-dirs", "excluded-files", "included-dirs", "included-files"):
            parser.add_argument(
                f"--{name}", default="", help="Globs or names, separated by commas."
            )

    def handle(self, *args: Any, **options: Any) -> None:
        repository = find_repository(options["repository"])
        if repository is None or repository.current_index_id is None:
            self.stderr.write(
                self.style.ERROR(
                    "This repository is not indexed. Run: manage.py index_repo <repository>"
                )
            )
            sys.exit(2)
        filters = Filters(
            **{
                name: parse_patterns(options[name])
                for name in ("excluded_dirs", "excluded_files", "included_dirs", "included_files")
            }
        )

        def look(question: str) -> SearchResult:
            return search(
                [repository.pk],
                question,
                user_id=repository.added_by_id,
                limit=options["limit"],
                filters=filters,
                hybrid=not options["words_only"],
                with_text=False,
            )

        if options["jsonl"]:
            for line in filter(str.strip, sys.stdin):
                asked = json.loads(line)
                ranked = [
                    {"path": p.path, "start": p.start, "end": p.end}
                    for p in look(asked["question"]).passages
                ]
                self.stdout.write(json.dumps({"id": asked["id"], "ranked": ranked}))
            return
        if not options["question"].strip():
            self.stderr.write(self.style.ERROR("Give a question."))
            sys.exit(2)
        found = look(options["question"])
        if options["json"]:
            rows = [
                {
                    "path": p.path,
                    "start": p.start,
                    "end": p.end,
                    "symbol": p.symbol,
                    "score": round(p.score, 4),
                }
                for p in found.passages
            ]
            self.stdout.write(json.dumps({"mode": found.mode, "passages": rows}, indent=1))
            return
        for passage in found.passages:
            where = f"{passage.path}:{passage.start}-{passage.end}"
            self.stdout.write(f"{passage.score:6.3f}  {where:<60} {passage.symbol}")


def find_repository(text: str) -> Repository | None:
    """A repository by id, address, folder or name, any visibility: commands are the operator's.

    Of several revisions, the one indexed last.
    """
    found = Q(name=text)
    for kind in ("", "local"):
        with contextlib.suppress(SourceError):
            found |= Q(url=parse_address(text, kind).url)
    with contextlib.suppress(ValueError):
        found |= Q(pk=uuid.UUID(text))
    newest = F("current_index__updated_at").desc(nulls_last=True)
    return Repository.objects.filter(found).order_by("is_private", newest).first()
