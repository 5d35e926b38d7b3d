"""The search statement is planned once a connection, and reads no more than it needs."""

from dataclasses import replace

import pytest
from django.db import transaction

from deepwiki.foundation.sql import execute, fetch_all
from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.index import hnsw
from repos.models import Index
from repos.search import SearchOptions, search, statement
from repos.search.question_vector import embed_question

pytestmark = pytest.mark.django_db(transaction=True)

QUESTIONS = [f"which handler returns animal number {n}, Handler_{n}?" for n in range(3, 40, 4)]
COSINE = 10  # of the columns
SCANS = """
SELECT c.relname, pg_stat_get_xact_numscans(c.oid) FROM pg_class c
WHERE c.oid = 'repos_embedding'::regclass
   OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'repos_embedding'::regclass)
"""


@pytest.fixture
def large(index_folder, tmp_path, monkeypatch):
    """A repository whose index has a graph of its vectors."""
    monkeypatch.setattr(Index, "HNSW_MIN_CHUNKS", 100)
    write_files(
        tmp_path / "r",
        {
            f"pkg/m{n}.py": f"def Handler_{n}(request):\n    return 'animal number {n}'\n"
            for n in range(150)
        },
    )
    return index_folder(tmp_path / "r")


def build(repository, question):
    ids = [repository.pk]
    vector = embed_question(question, ids)
    return statement.build_statement(ids, question, OPERATOR_ID, SearchOptions(), vector)


def test_a_plan_for_every_question_reads_the_graph_of_vectors(large):
    found = build(large, QUESTIONS[0])
    unplanned = replace(found, sql=f"{found.sql} -- planned under the settings below")
    with transaction.atomic():
        # The planner may sort the rows of a small table.
        execute("SET LOCAL enable_sort = off")
        before = dict(fetch_all(SCANS))
        rows = statement.fetch_rows(unplanned)
        scans = {name: n - before[name] for name, n in fetch_all(SCANS) if n > before[name]}
    assert scans.get(hnsw.name_of(large.current_index_id, "fake/hashing")) == 1
    assert any(row[COSINE] is not None for row in rows)


def test_one_plan_serves_every_question(large):
    before = plans()
    for question in QUESTIONS:
        search([large.pk], question, user_id=OPERATOR_ID)
    assert plans() == (before[0] + len(QUESTIONS), before[1])


def plans():
    """How often searches used a plan for every question, and one of their own."""
    return fetch_all(
        "SELECT coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0)"
        " FROM pg_prepared_statements WHERE statement LIKE '%%Candidates for hits%%'"
    )[0]


def test_a_plan_for_every_question_finds_what_a_plan_for_one_finds(large, monkeypatch):
    def found():
        return [
            [
                (hit.path, hit.start, hit.reason, round(hit.score, 9))
                for hit in search([large.pk], question, user_id=OPERATOR_ID).passages
            ]
            for question in QUESTIONS
        ]

    planned_once = found()
    monkeypatch.setattr(statement, "PLANNED_ONCE", "SET LOCAL plan_cache_mode = force_custom_plan")
    assert found() == planned_once
    assert all(planned_once)


def test_an_embedder_may_have_any_name():
    name = "it's 100% {new} \\ %s"
    assert fetch_all(f"SELECT {statement.literal(name)}, %s", [1]) == [(name, 1)]
