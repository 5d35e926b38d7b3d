"""How well the right files are found: R@10 and MRR over distinct files, and the share of them among the passages
that fit 12,000 tokens; with vectors and by words alone, of all questions and of those without an identifier.

    python -m bench.retrieval bench/multilingual.jsonl pallets/flask=/src/flask pytest-dev/pytest=/src/pytest

Each line of the questions: {"repo", "commit", "gold": [paths]} and the question as "question", or one in each language as
"en", "zh", "ja". A repository is a folder, read at the questions' commit where it is a git one. The set beside this
file: questions rephrased and translated from SWE-QA (arXiv 2509.14635, Apache-2.0), with the files its answers cite.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.environment import database

LANGUAGES = ("question", "en", "zh", "ja")
MODES = {"hybrid": True, "words": False}  # name -> vectors as well as words
RANKS = 10
CONTEXT_TOKENS = 12_000
CONTEXT_PASSAGES = 60  # more than fit

Question = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """How one question did: recall of its files in the first ten, 1 / rank of the first, and recall
    of its files among the passages that fit CONTEXT_TOKENS."""

    recall: float
    reciprocal_rank: float
    context: float
    milliseconds: float


def main() -> None:
    with indexed_questions("bench.retrieval", __doc__) as (questions, ids):
        for language in LANGUAGES:
            asked = [question for question in questions if language in question]
            for mode in MODES if asked else ():
                results = [
                    (question[language], _search(ids[question["repo"]], question, language, mode))
                    for question in asked
                ]
                _report(f"{language:<10}{mode:<8}", results)


@contextmanager
def indexed_questions(
    program: str, description: str
) -> Iterator[tuple[list[Question], dict[str, Any]]]:
    """The questions of the command line, and the ids of the repositories indexed for them."""
    parser = argparse.ArgumentParser(prog=program, description=description.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("repositories", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--embedder", default="local")
    arguments = parser.parse_args()
    folders = dict(text.split("=", 1) for text in arguments.repositories)
    questions = [q for q in read_questions(arguments.questions) if q["repo"] in folders]
    commits = {question["repo"]: question["commit"] for question in questions}
    with database(DEEPWIKI_EMBEDDER=arguments.embedder):
        ids = {name: index_folder(folders[name], commit) for name, commit in commits.items()}
        yield questions, ids


def _report(label: str, results: list[tuple[str, Result]]) -> None:
    """Print the figures of all questions, and of those that spell no identifier."""
    from repos.search.question_names import identifiers

    spelled = [result for question, result in results if not identifiers(question)]
    for name, chosen in (("all", [result for _, result in results]), ("no identifier", spelled)):
        if chosen:
            print(f"{label}{name:<15}n={len(chosen):<5}{_figures(chosen)}")


def read_questions(path: Path) -> list[Question]:
    lines = path.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def index_folder(folder: str, commit: str) -> Any:
    """Index a folder; returns the id of its repository."""
    from repos import jobs
    from repos.services import add
    from repos.sources import parse_address
    from repos.sources.git_folder import git_folder

    path = Path(folder).resolve()
    revision = commit if git_folder(path) else ""
    repository = add(parse_address(str(path), "local"), None, revision=revision)
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    return repository.pk


def _search(repository_id: Any, question: Question, language: str, mode: str) -> Result:
    from repos.access import OPERATOR_ID
    from repos.search import SearchOptions, search

    def passages(**options: Any) -> Any:
        options = SearchOptions(hybrid=MODES[mode], **options)
        found = search([repository_id], question[language], user_id=OPERATOR_ID, options=options)
        return found.passages

    began = time.perf_counter()
    ranked = passages(with_text=False)
    milliseconds = (time.perf_counter() - began) * 1000
    files = list(dict.fromkeys(passage.path for passage in ranked))
    gold = question["gold"]
    rank = next((rank for rank, path in enumerate(files, 1) if path in gold), None)
    return Result(
        share(gold, files[:RANKS]),
        1 / rank if rank else 0.0,
        share(gold, fitting_files(passages(limit=CONTEXT_PASSAGES))),
        milliseconds,
    )


def share(gold: list[str], files: Iterable[str]) -> float:
    return len(set(gold) & set(files)) / len(gold)


def fitting_files(passages: Iterable[Any], tokens: int = CONTEXT_TOKENS) -> Iterator[str]:
    """The files of the best passages that fit, counted as for a model that is not known."""
    from chat.core.context_budget import PASSAGE_OVERHEAD, estimate

    left = tokens
    for passage in passages:
        left -= estimate(passage.text) + estimate(passage.path) + PASSAGE_OVERHEAD
        if left < 0:
            return
        yield passage.path


def _figures(results: list[Result]) -> str:
    recall = statistics.mean(result.recall for result in results)
    reciprocal_rank = statistics.mean(result.reciprocal_rank for result in results)
    context = statistics.mean(result.context for result in results)
    milliseconds = statistics.median(result.milliseconds for result in results)
    return f"R@10 {recall:.3f}   MRR {reciprocal_rank:.3f}   context {context:.3f}   median {milliseconds:.0f} ms"


if __name__ == "__main__":
    main()
