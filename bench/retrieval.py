"""How well the right files are found: R@10 and MRR over distinct files, with vectors and by words alone.

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
from pathlib import Path
from typing import Any

from bench.setting import database

LANGUAGES = ("question", "en", "zh", "ja")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.retrieval", description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("repositories", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--embedder", default="local")
    arguments = parser.parse_args()
    folders = dict(text.split("=", 1) for text in arguments.repositories)
    questions = [
        json.loads(line)
        for line in arguments.questions.read_text("utf-8").splitlines()
        if line.strip()
    ]
    questions = [question for question in questions if question["repo"] in folders]
    with database(DEEPWIKI_EMBEDDER=arguments.embedder):
        commits = {question["repo"]: question["commit"] for question in questions}
        repositories = {name: _indexed(folders[name], commit) for name, commit in commits.items()}
        for language in LANGUAGES:
            asked = [question for question in questions if language in question]
            for hybrid in (True, False) if asked else ():
                figures = _ask(asked, language, repositories, hybrid)
                print(
                    f"{language:<10}{'hybrid' if hybrid else 'words':<8}n={len(asked):<5}{figures}"
                )


def _indexed(folder: str, commit: str) -> Any:
    from repos import jobs
    from repos.services import add
    from repos.sources import parse_address
    from repos.sources.local_folder import git_folder

    path = Path(folder).resolve()
    revision = commit if git_folder(path) else ""
    repository = add(parse_address(str(path), "local"), None, revision=revision)
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    return repository.pk


def _ask(
    questions: list[dict[str, Any]], language: str, repositories: dict[str, Any], hybrid: bool
) -> str:
    from repos.search import SearchOptions, search

    recalls, ranks, took = [], [], []
    for question in questions:
        began = time.perf_counter()
        found = search(
            [repositories[question["repo"]]],
            question[language],
            user_id=None,
            options=SearchOptions(hybrid=hybrid, with_text=False),
        )
        took.append((time.perf_counter() - began) * 1000)
        files = list(dict.fromkeys(passage.path for passage in found.passages))
        gold = question["gold"]
        recalls.append(sum(path in files[:10] for path in gold) / len(gold))
        ranks.append(next((1 / place for place, path in enumerate(files, 1) if path in gold), 0.0))
    mean = statistics.mean
    return f"R@10 {mean(recalls):.3f}   MRR {mean(ranks):.3f}   median {statistics.median(took):.0f} ms"


if __name__ == "__main__":
    main()
