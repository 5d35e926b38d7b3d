"""What the graph keeps, gives and survives where a repository has much of one thing."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph, jobs
from repos.graph import linker, writer
from repos.graph.definitions import MAX_CANDIDATES
from repos.graph.references import MAX_PLACES
from repos.indexing.symbols import FileSymbols, SymbolDefinition
from repos.models import Document, GraphFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def indexed(index_folder, tmp_path):
    def index(files):
        write_files(tmp_path / "r", files)
        return index_folder(tmp_path / "r")

    return index


def test_ranks_leave_out_links_to_a_file_that_is_gone(indexed, tmp_path, monkeypatch):
    users = {f"u{n}.py": "from base import base\nfrom other import other\n" for n in range(4)}
    defining = {f"{name}.py": f"def {name}():\n    return 1\n" for name in ("base", "other")}
    repository = indexed({**users, **defining})
    # More files link to the removed one than an update links anew.
    monkeypatch.setattr(linker, "MAX_CONCERNED", 0)
    monkeypatch.setattr(linker, "MAX_KEPT_RANKS", 0)
    (tmp_path / "r" / "base.py").unlink()
    write_files(tmp_path / "r", {"new.py": "def new():\n    return 2\n"})
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    files = GraphFile.objects.filter(document__is_live=True)
    assert sum(file.rank for file in files) == pytest.approx(len(users) + 2)
    assert graph.top_files(repository.current_index_id, 1)[0].path == "other.py"


def test_of_a_file_that_uses_a_name_very_often_the_first_places_are_given(indexed):
    lines = MAX_PLACES + 5
    index = indexed({"a.py": "often()\n" * lines}).current_index_id
    (file,) = graph.references(index, "often").files
    assert [place.line for place in file.places] == list(range(1, MAX_PLACES + 1))
    assert file.total == lines


def test_so_many_definitions_of_one_name_are_compared(indexed):
    text = "def same(): pass\n" * (MAX_CANDIDATES + 5)
    index = indexed({"a.py": text}).current_index_id
    assert len(graph.definitions(index, "same", limit=2 * MAX_CANDIDATES)) == MAX_CANDIDATES


def test_what_the_database_does_not_take_is_left_out_of_texts(indexed):
    index = indexed({"a.py": "# a\n", "b.py": "def before(): pass\n"}).current_index_id
    document = Document.objects.get(index=index, path="a.py").pk
    hostile = SymbolDefinition(
        "na\x00me", "function", 1, 1, "sc\x00ope", -1, "def\x00 \ud800", "co\x00mment"
    )
    writer.write_symbols(index, [(document, FileSymbols((hostile,)))])
    (found,) = graph.outline(index, "a.py")
    assert (found.name, found.scope, found.comment) == ("name", "scope", "comment")
    assert found.signature == "def ?"


def test_code_comes_before_tests_and_documents(indexed):
    text = "def same():\n    return often()\n"
    files = dict.fromkeys(("docs/conf.py", "tests/test_a.py", "z.py", "y.py"), text)
    index = indexed(files).current_index_id
    assert [d.path for d in graph.definitions(index, "same")][:2] == ["y.py", "z.py"]
    assert [file.path for file in graph.references(index, "often").files][:2] == ["y.py", "z.py"]
