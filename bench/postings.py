"""Search by words in large indexes: what postings keep of the exact result, and how long it takes.

    python -m bench.postings FOLDER [--questions FILE] [--sizes 24000,45000,200000]

Indexes a folder by words, and makes larger indexes of copies of its chunks, in which the rare
terms are others. Asks questions of common words, and those of a file (a line each, with the
question as "question"). Kept is the share of the exact first 20 and 200 passages.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.environment import database

COMMON = (
    "return value name class method function object default field model test get set list "
    "string request response error file path key user data type import query form view "
    "create check call template text add instance argument url app settings"
).split()
COMMON_QUESTIONS = 60
RARE = 8  # chunks: terms of as few are renamed in copies
DIMENSION = 1_000_000_000
TOP = (20, 200)
BATCH = 2_000  # chunks
ROUNDS = 3
INFINITE = 1 << 60


def main() -> None:
    """Print a line of figures for each size."""
    parser = argparse.ArgumentParser(prog="bench.postings", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--sizes", default="24000,45000,200000")
    arguments = parser.parse_args()
    questions = {"common words": common_questions()}
    if arguments.questions:
        questions["questions"] = read_questions(arguments.questions)
    with database():
        original = index_source(arguments.source)
        for size in map(int, arguments.sizes.split(",")):
            repository = make_copies(original, size)
            print(f"{repository.current_index.chunks} chunks", build_figures(repository))
            for name, texts in questions.items():
                print(f"  {name:<14}{figures(repository, texts)}")


def common_questions() -> list[str]:
    """Questions of 2 to 8 common words each, always the same."""
    chosen = random.Random(7)
    return [" ".join(chosen.sample(COMMON, chosen.randint(2, 8))) for _ in range(COMMON_QUESTIONS)]


def read_questions(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines if line.strip()]


def index_source(source: Path) -> Any:
    """Index a folder; returns its repository."""
    from repos import jobs
    from repos.services import add
    from repos.sources import parse_address

    repository = add(parse_address(str(source.resolve()), "local"), None)
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    repository.refresh_from_db()
    return repository


def make_copies(original: Any, size: int) -> Any:
    """A repository whose index holds copies of the chunks of another, `size` at most."""
    from repos.index.bulk import analyze
    from repos.models import Index, Repository

    source = original.current_index
    repository = Repository.objects.create(
        kind="local", url=f"{original.url}-{size}", name=f"copies-{size}", revision=""
    )
    index = Index.objects.create(
        repository=repository, commit="", format=source.format, state=Index.State.LEXICAL
    )
    for number in range(-(-size // source.chunks)):
        wanted = min(source.chunks, size - number * source.chunks)
        _copy_documents(source.pk, index.pk, number)
        _copy_chunks(source.pk, index.pk, number, wanted)
    Index.objects.filter(pk=index.pk).update(
        chunks=_value("SELECT count(*) FROM repos_chunk WHERE index_id = %s", index.pk)
    )
    repository.current_index = index
    repository.save()
    index.refresh_from_db()
    analyze()
    return repository


def build_figures(repository: Any) -> str:
    """Seconds to make the postings, and bytes a chunk."""
    from repos.index import terms
    from repos.index.bulk import analyze

    index = repository.current_index
    before = _bytes("repos_posting") + _bytes("repos_term")
    began = time.perf_counter()
    terms.renew(index.pk)
    seconds = time.perf_counter() - began
    size = (_bytes("repos_posting") + _bytes("repos_term") - before) / index.chunks
    analyze()
    return f"built in {seconds:.1f} s, {size:.0f} bytes a chunk"


def figures(repository: Any, questions: list[str]) -> str:
    """What is kept, and the median and 95th percentile of milliseconds."""
    from repos.access import OPERATOR_ID
    from repos.search import SearchOptions, search

    kept = {top: [_kept(repository, question, top) for question in questions] for top in TOP}
    options = SearchOptions(hybrid=False)

    def search_whole(question: str) -> None:
        search([repository.pk], question, user_id=OPERATOR_ID, options=options)

    times = {
        "scan": _milliseconds(questions, lambda q: lexical(repository, q, INFINITE)),
        "postings": _milliseconds(questions, lambda q: lexical(repository, q, 0)),
        "search()": _milliseconds(questions, search_whole),
    }
    shares = ", ".join(
        f"top {top} {statistics.mean(values):.4f} (least {min(values):.2f})"
        for top, values in kept.items()
    )
    spans = ", ".join(f"{name} {p50:.1f} / {p95:.1f} ms" for name, (p50, p95) in times.items())
    return f"kept {shares}; {spans}"


def lexical(repository: Any, question: str, min_chunks: int) -> list[tuple[int, float]]:
    """Chunks and their scores by words alone, best first: the first part of the statement."""
    from repos.access import OPERATOR_ID
    from repos.search import SearchOptions
    from repos.search.statement import SearchStatement, build_statement, fetch_rows

    statement = build_statement([repository.pk], question, OPERATOR_ID, SearchOptions(), None)
    first, _, _ = statement.sql.partition("semantic AS MATERIALIZED")
    sql = f"{first.rstrip().rstrip(',')} SELECT id, score FROM lexical ORDER BY score DESC"
    values = {**statement.values, "min_chunks": min_chunks}
    return [
        (pk, score) for pk, score in fetch_rows(SearchStatement(sql, values, statement.settings))
    ]


def _kept(repository: Any, question: str, top: int) -> float:
    """The share of the exact first `top` scores; which of equal ones does not count."""
    exact = [score for _, score in lexical(repository, question, INFINITE)][:top]
    if not exact:
        return 1.0
    found = [score for _, score in lexical(repository, question, 0)][:top]
    return sum(score >= exact[-1] - 1e-6 for score in found) / len(exact)


def _milliseconds(questions: list[str], ask: Callable[[str], object]) -> tuple[float, float]:
    """The median and the 95th percentile, after a round that is not counted."""
    times = []
    for number in range(ROUNDS + 1):
        for question in questions:
            began = time.perf_counter()
            ask(question)
            if number:
                times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def _copy_documents(source: int, target: int, number: int) -> None:
    from deepwiki.foundation.sql import execute

    execute(
        "INSERT INTO repos_document"
        " (index_id, path, sha, language, role, lines, size, is_live, pair_key, text)"
        " SELECT %s, %s || path, sha, language, role, lines, size, true, pair_key, text"
        " FROM repos_document WHERE index_id = %s ORDER BY id",
        [target, f"copy{number}/", source],
    )


def _copy_chunks(source: int, target: int, number: int, wanted: int) -> None:
    from deepwiki.foundation.sql import copy_rows

    columns = 'index_id, document_id, is_live, role, start, "end", start_column, end_column, symbol, words'
    copy_rows("repos_chunk", columns, list(_chunks(source, target, number, wanted)))


def _chunks(source: int, target: int, number: int, wanted: int) -> Iterator[tuple[Any, ...]]:
    from deepwiki.foundation.sql import fetch_all

    rare = np.array(
        fetch_all("SELECT term FROM repos_term WHERE index_id = %s AND count <= %s", [source, RARE])
    ).ravel()
    rows = fetch_all(
        'SELECT n.id, c.role, c.start, c."end", c.start_column, c.end_column, c.symbol,'
        " c.words::text FROM repos_chunk c JOIN repos_document d ON d.id = c.document_id"
        " JOIN repos_document n ON n.index_id = %s AND n.path = %s || d.path"
        " WHERE c.index_id = %s ORDER BY c.id LIMIT %s",
        [target, f"copy{number}/", source, wanted],
    )
    renamed = frozenset(rare.tolist())
    for document, *middle, words in rows:
        yield target, document, True, *middle, _renamed(words, renamed, number)


def _renamed(words: str, rare: frozenset[int], number: int) -> str:
    """A sparsevec with other terms in place of rare ones; the first copy is as it is."""
    if not number:
        return words
    pairs = {}
    for pair in words[1 : words.index("}")].split(","):
        text, _, weight = pair.partition(":")
        term = int(text)
        pairs[(term + 7_919 * number) % DIMENSION + 1 if term in rare else term] = weight
    elements = ",".join(f"{term}:{pairs[term]}" for term in sorted(pairs))
    return f"{{{elements}}}/{DIMENSION}"


def _value(statement: str, *values: Any) -> Any:
    from deepwiki.foundation.sql import fetch_value

    return fetch_value(statement, values)


def _bytes(table: str) -> int:
    return int(_value("SELECT pg_total_relation_size(%s::regclass)", table))


if __name__ == "__main__":
    main()
