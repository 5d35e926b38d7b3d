"""`manage.py search <repository> "question"`: the passages an answer would rest on."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from repos.access import OPERATOR_ID
from repos.management.found_lines import as_json, write_lines
from repos.search import (
    MAX_PATTERNS,
    SearchOptions,
    SearchResult,
    has_too_many_patterns,
    parse_filters,
    search,
)
from repos.search.grep import GrepOptions, GrepResult, InvalidPattern, grep
from repos.services import find_for_operator

FILTERS = ("excluded_dirs", "excluded_files", "included_dirs", "included_files")
Search = Callable[[str], SearchResult]
Grep = Callable[[dict[str, Any]], GrepResult]


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
        self._add_grep_arguments(parser)
        for name in FILTERS:
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                default="",
                help="Globs or names, separated by commas.",
            )

    def _add_grep_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--regex",
            action="store_true",
            help="The question is a regular expression (RE2): lists the lines that match.",
        )
        parser.add_argument("--case", action="store_true", help="With --regex: case counts.")
        parser.add_argument("--word", action="store_true", help="With --regex: whole words only.")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in FILTERS:
            if has_too_many_patterns(options[name]):
                option = f"--{name.replace('_', '-')}"
                self._exit(f"{option} holds more than {MAX_PATTERNS} patterns. Leave some out.")
        repository = find_for_operator(options["repository"])
        if repository is None or repository.current_index_id is None:
            self._exit("This repository is not indexed. Run: manage.py index_repo <repository>")
        user_id = repository.added_by_id or OPERATOR_ID
        search_repository = partial(
            search,
            [repository.pk],
            user_id=user_id,
            options=_search_options(options),
        )
        if options["regex"]:
            self._list_lines(partial(self._grep, repository.pk, user_id), options)
        elif options["jsonl"]:
            self._answer_lines(search_repository)
        elif not options["question"].strip():
            self._exit("Give a question.")
        elif options["json"]:
            self._write_json(self._search(search_repository, options["question"]))
        else:
            self._write_table(self._search(search_repository, options["question"]))

    def _search(self, search_repository: Search, question: str) -> SearchResult:
        """The result; on standard error, what filters match nothing."""
        result = search_repository(question)
        files = result.files
        if files is not None and (files.unmatched or not files.documents):
            unmatched = ", ".join(files.unmatched) or "the filters together"
            searched = f"Searched: {len(files.documents)} of {files.total} files."
            self.stderr.write(f"No file matches: {unmatched}. {searched}")
        return result

    def _list_lines(self, search_lines: Grep, options: dict[str, Any]) -> None:
        """The lines that match, and on standard error what should be known of them."""
        result = search_lines(options)
        if options["json"]:
            self.stdout.write(as_json(result))
        else:
            write_lines(result, self.stdout)
        for notice in result.notices:
            self.stderr.write(notice)

    def _grep(self, repository: uuid.UUID, user_id: int, options: dict[str, Any]) -> GrepResult:
        try:
            return grep(
                [repository], options["question"], user_id=user_id, options=_grep_options(options)
            )
        except InvalidPattern as error:
            self._exit(str(error))

    def _answer_lines(self, search_repository: Search) -> None:
        """One line of JSON out for each line of JSON in."""
        for line in filter(str.strip, sys.stdin):
            query = json.loads(line)
            ranked = [
                {"path": hit.path, "start": hit.start, "end": hit.end}
                for hit in search_repository(query["question"]).passages
            ]
            self.stdout.write(json.dumps({"id": query["id"], "ranked": ranked}))

    def _write_json(self, result: SearchResult) -> None:
        passages = [
            {
                "path": hit.path,
                "start": hit.start,
                "end": hit.end,
                "symbol": hit.symbol,
                "score": round(hit.score, 4),
            }
            for hit in result.passages
        ]
        self.stdout.write(json.dumps({"mode": result.mode, "passages": passages}, indent=1))

    def _write_table(self, result: SearchResult) -> None:
        for hit in result.passages:
            place = f"{hit.path}:{hit.start}-{hit.end}"
            self.stdout.write(f"{hit.score:6.3f}  {place:<60} {hit.symbol}")

    def _exit(self, message: str) -> NoReturn:
        self.stderr.write(self.style.ERROR(message))
        sys.exit(2)


def _search_options(options: dict[str, Any]) -> SearchOptions:
    return SearchOptions(
        limit=options["limit"],
        filters=parse_filters(options),
        hybrid=not options["words_only"],
        with_text=False,
    )


def _grep_options(options: dict[str, Any]) -> GrepOptions:
    return GrepOptions(
        case_sensitive=options["case"],
        whole_word=options["word"],
        filters=parse_filters(options),
        limit=options["limit"],
    )
