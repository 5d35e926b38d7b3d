"""Which files and definitions matter most, how files are linked, and the map made of it."""

import pytest

from deepwiki.foundation.text import estimated_tokens
from deepwiki.testing.fixtures import write_files
from repos import graph, jobs
from repos.access import OPERATOR_ID
from repos.graph import EdgeKind
from repos.graph.importance import MAX_DEFINITIONS
from repos.index import writer
from repos.models import GraphDefinition, GraphReferences
from repos.search import take_snapshot

pytestmark = pytest.mark.django_db

PROJECT = {
    "README.md": "# Shop\n\nSee `shop/base.py`.\n",
    "shop/__init__.py": "from .models import Order\n",
    "shop/base.py": (
        "LIMIT = 3\n\n\nclass Base:\n    def saved(self):\n        return _helper()\n\n\n"
        "def _helper():\n    return LIMIT\n\n\ndef unused_anywhere():\n    return 1\n"
    ),
    "shop/models.py": "from .base import Base\n\n\nclass Order(Base):\n    pass\n",
    "shop/bill.py": (
        "from shop import Order\nfrom shop.base import Base\n\n\ndef bill():\n    return Order()\n"
        + "".join(f"def {name}():\n    return 1\n" for name in ("paid", "sent", "due"))
    ),
    "tests/test_bill.py": "from shop.bill import bill\n\n\ndef test_it():\n    assert bill()\n",
    "tests/test_all.py": (
        "from shop.bill import bill, paid, sent, due\nfrom shop.base import Base\n\n\n"
        "def test_all():\n    assert bill() and paid() and sent() and due() and Base() and Base().saved()\n"
    ),
}


@pytest.fixture
def project(index_folder, tmp_path):
    write_files(tmp_path / "r", PROJECT)
    return index_folder(tmp_path / "r")


@pytest.fixture
def index(project):
    return project.current_index_id


def paths(found):
    return [one.path for one in found]


def test_the_files_that_others_stand_on_come_first(index):
    first, *others = graph.top_files(index, 10)
    assert (first.path, first.language, first.role, first.lines) == (
        "shop/base.py",
        "python",
        "code",
        15,
    )
    assert first.in_degree == 3 and first.rank > others[0].rank > 0
    assert paths([first, *others])[:2] == ["shop/base.py", "shop/models.py"]
    assert len(others) == len(PROJECT) - 1


def test_files_of_equal_rank_are_in_order_of_their_paths(index_folder, tmp_path):
    write_files(tmp_path / "r", {f"{name}.py": f"{name} = 1\n" for name in ("b", "a", "Z", "c")})
    index = index_folder(tmp_path / "r").current_index_id
    assert paths(graph.top_files(index, 10)) == ["Z.py", "a.py", "b.py", "c.py"]


def test_the_first_files_are_limited_and_may_be_of_one_role(index):
    assert len(graph.top_files(index, 2)) == 2
    assert graph.top_files(index, 0) == graph.top_files(index, -1) == []
    assert set(paths(graph.top_files(index, 10, role="test"))) == {
        "tests/test_bill.py",
        "tests/test_all.py",
    }


def test_the_definitions_that_most_files_use_come_first(index):
    found = graph.top_symbols(index, ["shop/base.py", "shop/bill.py", "nowhere.py"], 10)
    assert list(found) == ["shop/base.py", "shop/bill.py"]
    names = [definition.name for definition in found["shop/base.py"]]
    assert names[:2] == ["Base", "saved"] and set(names[2:]) == {
        "LIMIT",
        "_helper",
        "unused_anywhere",
    }
    assert [d.name for d in graph.top_symbols(index, ["shop/base.py"], 1)["shop/base.py"]] == [
        "Base"
    ]


def test_a_private_name_counts_less_than_a_public_one(index_folder, tmp_path):
    users = {f"u{n}.py": "from a import _often, seldom_used\n_often()\n" for n in range(4)}
    users["u0.py"] += "seldom_used()\n"
    text = "def _often():\n    pass\n\n\ndef seldom_used():\n    pass\n"
    write_files(tmp_path / "r", {"a.py": text, **users})
    index = index_folder(tmp_path / "r").current_index_id
    assert [d.name for d in graph.top_symbols(index, ["a.py"], 2)["a.py"]] == [
        "seldom_used",
        "_often",
    ]


def test_a_name_that_a_file_defines_often_is_given_once(index_folder, tmp_path):
    text = "".join(f"class A{n}:\n    def same(self):\n        return {n}\n" for n in range(5))
    write_files(tmp_path / "r", {"a.py": text})
    index = index_folder(tmp_path / "r").current_index_id
    found = graph.top_symbols(index, ["a.py"], 100)["a.py"]
    assert [d.qualified_name for d in found if d.name == "same"] == ["A0.same"]


def test_of_a_generated_file_the_first_definitions_are_looked_at(index_folder, tmp_path):
    text = "".join(f"def f{n}(): pass\n" for n in range(MAX_DEFINITIONS)) + "def last(): pass\n"
    write_files(tmp_path / "r", {"a.py": text, "b.py": "from a import last\nlast()\n"})
    index = index_folder(tmp_path / "r").current_index_id
    assert [d.name for d in graph.top_symbols(index, ["a.py"], 1)["a.py"]] == ["f0"]


def test_a_file_has_links_in_both_directions(index):
    links = graph.file_edges(index, "shop/bill.py")
    assert {edge.path: edge.kinds for edge in links.outgoing} == {
        "shop/__init__.py": EdgeKind.IMPORT,
        "shop/models.py": EdgeKind.IMPORT | EdgeKind.CALL,
        "shop/base.py": EdgeKind.IMPORT | EdgeKind.USE,
    }
    assert {edge.path: edge.kinds for edge in links.incoming} == {
        "tests/test_all.py": EdgeKind.IMPORT | EdgeKind.CALL,
        "tests/test_bill.py": EdgeKind.IMPORT | EdgeKind.CALL | EdgeKind.TEST,
    }
    weights = [edge.weight for edge in links.outgoing]
    assert weights == sorted(weights, reverse=True) and min(weights) > 0


def test_the_links_of_a_file_are_limited(index):
    links = graph.file_edges(index, "shop/bill.py", limit=1)
    assert (len(links.outgoing), len(links.incoming)) == (1, 1)
    assert links.incoming[0].path == "tests/test_all.py"


def test_the_tests_of_a_file_are_those_named_after_it_and_those_that_use_it(index):
    assert paths(graph.tests_of(index, "shop/bill.py")) == [
        "tests/test_bill.py",
        "tests/test_all.py",
    ]
    assert paths(graph.tests_of(index, "shop/base.py")) == ["tests/test_all.py"]
    assert graph.tests_of(index, "README.md") == graph.tests_of(index, "nowhere.py") == []


def test_a_map_has_what_matters_most_and_fits(index):
    for budget in (40, 80, 200):
        text = "\n".join(entry.text for entry in graph.repository_map(index, budget))
        assert text.startswith("shop/base.py\n")
        assert "  4: class Base" in text and "tests/" not in text
        assert estimated_tokens(text) <= budget
    assert len(graph.repository_map(index, 2_000)) == 4
    assert graph.repository_map(index, 0) == graph.repository_map(index, -5) == []


def test_the_same_index_gives_the_same_map(index):
    assert graph.repository_map(index, 150) == graph.repository_map(index, 150)


def test_a_map_of_documents_alone_has_them(index_folder, tmp_path):
    write_files(tmp_path / "r", {"a.md": "# One\n\nText.\n", "b.md": "# Two\n"})
    index = index_folder(tmp_path / "r").current_index_id
    assert [entry.file.path for entry in graph.repository_map(index, 500)] == ["a.md", "b.md"]


def test_no_index_meets_the_files_of_another(index, index_folder, tmp_path):
    write_files(tmp_path / "other", {"shop/bill.py": "def other():\n    return 1\n"})
    other = index_folder(tmp_path / "other").current_index_id
    assert paths(graph.top_files(other, 10)) == ["shop/bill.py"]
    assert graph.file_edges(other, "shop/bill.py") == graph.FileLinks()
    assert [d.name for d in graph.top_symbols(other, ["shop/bill.py"], 5)["shop/bill.py"]] == [
        "other"
    ]


def test_an_index_of_the_release_before_has_no_files_of_any_rank(
    index_folder, tmp_path, monkeypatch
):
    write_files(tmp_path / "r", PROJECT)
    monkeypatch.setattr(writer, "FORMAT", 2)
    for name in ("write_symbols", "link_index"):
        monkeypatch.setattr(writer, name, lambda *_: None)
    index = index_folder(tmp_path / "r").current_index_id
    assert graph.top_files(index, 10) == graph.repository_map(index, 1_000) == []
    assert graph.top_symbols(index, ["shop/base.py"], 5) == {}
    assert graph.file_edges(index, "shop/base.py") == graph.FileLinks()
    assert graph.tests_of(index, "shop/base.py") == []


def test_readers_never_see_what_is_staged(project, tmp_path, monkeypatch):
    index = project.current_index_id
    before = _everything(index)
    write_files(
        tmp_path / "r",
        {"shop/base.py": "class Renewed:\n    x = Order()\n    KEY = os.environ['NEW_KEY']\n"},
    )
    during = []

    def interrupted(*_arguments):
        assert GraphDefinition.objects.filter(document__is_live=False).exists()
        assert GraphReferences.objects.filter(document__is_live=False).exists()
        during.append(_everything(index))
        raise InterruptedError

    monkeypatch.setattr(writer, "_switch_documents", interrupted)
    jobs.run(jobs.request(project, start=False)[0].pk)
    assert during == [before] and _everything(index) == before


def test_an_answer_that_began_before_an_update_reads_on_at_its_commit(project, tmp_path):
    snapshot = take_snapshot(project.pk, OPERATOR_ID)
    index, at = snapshot.index_id, {"at": snapshot.generation}

    def read(**options):
        return (
            sorted(paths(graph.top_files(index, 100, **options))),
            graph.top_symbols(index, ["shop/bill.py"], 50, **options),
            sorted(paths(graph.file_edges(index, "shop/bill.py", **options).incoming)),
            sorted(paths(graph.tests_of(index, "shop/bill.py", **options))),
            graph.artifacts(index, **options),
            graph.repository_map(index, 160, **options)[0].file.path,
        )

    before = read()
    (tmp_path / "r" / "tests" / "test_bill.py").unlink()
    write_files(tmp_path / "r", {"shop/bill.py": "import os\nKEY = os.environ['NEW_KEY']\n"})
    jobs.run(jobs.request(project, start=False)[0].pk)
    project.refresh_from_db()
    assert project.current_index_id == index
    assert read(**at) == before
    now = read()
    assert all(one != other for one, other in zip(now[:5], before[:5], strict=True))


def _everything(index):
    return (
        graph.top_files(index, 100),
        graph.top_symbols(index, list(PROJECT), 50),
        [graph.file_edges(index, path) for path in PROJECT],
        [graph.outline(index, path) for path in PROJECT],
        graph.definitions(index, "Renewed"),
        graph.artifacts(index),
        graph.definitions(index, "Base"),
        graph.references(index, "Base"),
        graph.references(index, "Order"),
    )
