"""Grammars run in a process of their own: a crash there costs a file its grammar, no more."""

import pytest

from deepwiki.foundation.worker_process import WorkerFailed, WorkerPool
from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.index import chunker
from repos.index.chunker import MAX_FAILURES, Chunker
from repos.indexing import chunk, chunk_by_lines
from repos.search import search

pytestmark = pytest.mark.integration

CODE = "class Shop:\n    def open(self):\n        return 'açaí 🧩'\n" + "\n" * 70 + "x = 1\n"
CRASHING = "repos.testing.crashing_worker"


@pytest.fixture
def crashing_grammars(monkeypatch):
    pool = WorkerPool(CRASHING, size=1, wait_seconds=30, call_seconds=30)
    monkeypatch.setattr(chunker, "pool", pool)
    yield
    pool.close()


@pytest.mark.parametrize("text", [CODE, "", "\n", "x = '" + "é" * 5_000 + "'", "half \ud83d"])
def test_a_worker_gives_the_same_chunks(text):
    assert Chunker().chunk("a.py", text) == chunk("a.py", text)


def test_a_file_whose_grammar_crashes_is_chunked_by_its_lines(crashing_grammars):
    assert Chunker().chunk("a.py", CODE) == chunk_by_lines(CODE)


def test_a_grammar_that_goes_on_crashing_is_not_asked_again(crashing_grammars, caplog):
    chunks = Chunker()
    for _ in range(3 * MAX_FAILURES):
        assert chunks.chunk("a.py", CODE) == chunk_by_lines(CODE)
    assert len(caplog.records) == MAX_FAILURES


def test_a_worker_that_takes_too_long_is_given_up():
    pool = WorkerPool("repos.indexing.chunk_worker", size=1, wait_seconds=30, call_seconds=0)
    with pytest.raises(WorkerFailed, match="time"):
        pool.call("parsed", path="a.py", text=CODE)
    pool.close()


@pytest.mark.django_db
def test_a_repository_whose_files_crash_a_grammar_is_indexed(
    crashing_grammars, index_folder, tmp_path
):
    write_files(tmp_path / "r", {"a.py": "zebra = 1\n", "b.txt": "plain\n"})
    repository = index_folder(tmp_path / "r")
    assert repository.current_index.files == 2
    assert search([repository.pk], "zebra", user_id=OPERATOR_ID).passages[0].path == "a.py"
