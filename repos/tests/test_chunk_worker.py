"""Grammars run in a process of their own: a crash there costs a file its grammar, no more."""

import pytest

from deepwiki.foundation.worker_process import WorkerFailed, WorkerPool
from deepwiki.testing.fixtures import write_files
from repos import graph
from repos.access import OPERATOR_ID
from repos.index import chunker
from repos.index.chunker import MAX_FAILURES, Chunker
from repos.indexing import chunk, chunk_by_lines, parse
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


SHOP = "import os\n\n\nclass Shop:\n    def opened(self):\n        return counted(os.environ['SHOP_KEY'])\n"


def test_of_a_file_whose_grammar_crashes_symbols_are_found_by_words(crashing_grammars):
    symbols = Chunker().parse("shop.py", SHOP).symbols
    assert [(d.kind, d.name, d.start) for d in symbols.definitions] == [
        ("class", "Shop", 4),
        ("function", "opened", 5),
    ]
    assert "counted" in symbols.references and symbols.by_words
    assert [a.name for a in symbols.artifacts] == ["SHOP_KEY"]
    assert not Chunker().parse("shop.txt", SHOP).symbols.by_words


def test_a_parse_that_is_given_up_is_told_like_a_crash():
    deep = "(" * 500 + "\n\ndef opened():\n    pass\n"
    symbols = parse("shop.py", deep).symbols
    assert [d.name for d in symbols.definitions] == ["opened"] and symbols.by_words
    assert not parse("shop.py", SHOP).symbols.by_words
    assert not parse("shop.lua", deep).symbols.by_words


def test_files_read_by_words_are_known_in_their_index(
    crashing_grammars, index_folder, tmp_path, db
):
    write_files(tmp_path / "r", {"shop.py": SHOP, "a.py": "1\n", "b.txt": "plain\n"})
    index = index_folder(tmp_path / "r").current_index_id
    assert graph.count_read_by_words(index) == 2
    assert [d.name for d in graph.outline(index, "shop.py")] == ["Shop", "opened"]
    assert graph.completeness(index, "a.py") == graph.Completeness(0, by_words=True)
    assert graph.completeness(index, "b.txt") == graph.Completeness()


@pytest.mark.django_db
def test_a_repository_whose_files_crash_a_grammar_is_indexed(
    crashing_grammars, index_folder, tmp_path
):
    write_files(tmp_path / "r", {"a.py": "zebra = 1\n", "b.txt": "plain\n"})
    repository = index_folder(tmp_path / "r")
    assert repository.current_index.files == 2
    assert search([repository.pk], "zebra", user_id=OPERATOR_ID).passages[0].path == "a.py"
