"""How much of an index a search reads: scored blocks, terms and vectors."""

import json
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from deepwiki.foundation.sql import execute, fetch_row
from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.index import terms
from repos.index.bulk import ANALYZE
from repos.models import Chunk, Index
from repos.search import SearchOptions, postings, statement
from repos.search.question_vector import embed_question

CHUNKS = 2_500
SCORED_BLOCKS = 400  # 100 + 6 x the root of CHUNKS, of 625
COPY_CHUNKS = """
INSERT INTO repos_chunk
    (index_id, document_id, is_live, role, start, "end", start_column, end_column, symbol, words)
SELECT index_id, document_id, is_live, role, start, "end", start_column, end_column, symbol, words
FROM repos_chunk CROSS JOIN generate_series(2, %s)
WHERE document_id = (SELECT min(id) FROM repos_document WHERE index_id = %s)
"""
FILES = 150
NEAREST = 20  # vectors that a search asks a graph for
READ = """
SELECT pg_stat_get_xact_numscans(indrelid), sum(pg_stat_get_xact_tuples_fetched(indexrelid))
FROM pg_index WHERE indrelid = %s::regclass GROUP BY indrelid
"""


@pytest.fixture
def indexed(index_folder, tmp_path, monkeypatch):
    """Index so many small files; returns their repository."""
    monkeypatch.setattr(postings, "MIN_CHUNKS", 0)

    def indexed(name, files):
        texts = {f"m{n}.py": f"def handler_{name}_{n}():\n    return {n}\n" for n in range(files)}
        write_files(tmp_path / name, texts)
        return index_folder(tmp_path / name)

    return indexed


def build(repository, question, *, hybrid=False):
    vector = embed_question(question, [repository.pk]) if hybrid else None
    options = SearchOptions(hybrid=hybrid)
    return statement.build_statement([repository.pk], question, OPERATOR_ID, options, vector)


@dataclass
class Reads:
    """What a session read of a table: scans of all of it, rows found by its indexes."""

    scans: int = 0
    fetched: int = 0


@contextmanager
def reads(table):
    read = Reads()
    before = fetch_row(READ, [table])
    yield read
    after = fetch_row(READ, [table])
    read.scans, read.fetched = after[0] - before[0], after[1] - before[1]


def executed_plan(search):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {search.sql}", search.values)
        plan = cursor.fetchone()[0]
    return json.loads(plan) if isinstance(plan, str) else plan


def rows_of(node, name):
    """The rows of a common table expression in a plan."""
    if node.get("Subplan Name") == f"CTE {name}":
        return node["Actual Rows"]
    found = [rows_of(child, name) for child in node.get("Plans", [])]
    return next((rows for rows in found if rows is not None), None)


@pytest.mark.django_db
def test_the_number_of_scored_blocks_grows_with_the_root_of_the_chunks(indexed):
    repository = indexed("many", 2)
    index = repository.current_index
    execute(COPY_CHUNKS, [CHUNKS - 1, index.pk])
    assert Chunk.objects.filter(index=index).count() == CHUNKS
    Index.objects.filter(pk=index.pk).update(chunks=CHUNKS)
    terms.renew(index.pk)
    (plan,) = executed_plan(build(repository, "handler"))
    assert rows_of(plan["Plan"], "blocks") == SCORED_BLOCKS


@pytest.mark.django_db
def test_the_terms_of_other_indexes_are_not_read(indexed):
    indexed("other", FILES)
    repository = indexed("asked", 3)
    execute(ANALYZE)
    search = build(repository, "handler")
    with reads("repos_term") as read:
        assert statement.fetch_rows(search)
    assert read.scans == 0


@pytest.mark.django_db(transaction=True)
def test_vectors_with_a_graph_are_not_read_whole(indexed, monkeypatch):
    monkeypatch.setattr(Index, "HNSW_MIN_CHUNKS", 100)
    monkeypatch.setattr(statement, "CANDIDATES", NEAREST)
    few = f"SET LOCAL hnsw.ef_search = {NEAREST}; SET LOCAL hnsw.iterative_scan = relaxed_order"
    monkeypatch.setattr(statement, "HNSW_SETTINGS", few)
    repository = indexed("graph", FILES)
    search = build(repository, "which handler returns 7?", hybrid=True)
    with transaction.atomic():
        execute("DISCARD PLANS")  # a test before may have left one, for a table without a graph
        # A small table may be read whole, or sorted, once it is analyzed; a large one is not.
        execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
        with reads("repos_embedding") as read:
            assert statement.fetch_rows(search)
    assert read.scans == 0
    assert 0 < read.fetched <= NEAREST
