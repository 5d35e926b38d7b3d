"""The code graph is written with an index and answers by name."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph, jobs
from repos.graph import ReferenceKind
from repos.index import writer
from repos.index.removal import drop_indexes
from repos.models import GraphDefinition, GraphReferences

pytestmark = pytest.mark.django_db

SHOP = {
    "shop/prices.py": (
        "LIMIT = 100\n\n\nclass PriceList(Base):\n"
        '    """Prices by article.\n\n    More."""\n\n'
        "    def total_of(self, order):\n        return discounted(order.amount, LIMIT)\n\n\n"
        "# Ten percent off.\ndef discounted(amount, limit):\n    return amount\n"
    ),
    "shop/bill.py": (
        "from shop.prices import discounted\n\n\ndef bill(order):\n"
        "    sums = [discounted(order, 1)]\n    return discounted(sums, 2)\n"
    ),
    "shop/other.py": "def discounted():\n    return bill\n",
    "web/mail.js": "// Sends it.\nexport function sendReceipt(to) {\n  return post(to);\n}\n",
}


@pytest.fixture
def shop(index_folder, tmp_path):
    write_files(tmp_path / "r", SHOP)
    return index_folder(tmp_path / "r")


def found(definitions):
    return [(d.path, d.qualified_name, d.kind, d.start, d.end) for d in definitions]


def test_the_outline_of_a_file_names_its_definitions(shop):
    outline = graph.outline(shop.current_index_id, "shop/prices.py")
    assert found(outline) == [
        ("shop/prices.py", "LIMIT", "constant", 1, 1),
        ("shop/prices.py", "PriceList", "class", 4, 10),
        ("shop/prices.py", "PriceList.total_of", "method", 9, 10),
        ("shop/prices.py", "discounted", "function", 14, 15),
    ]
    assert [d.comment for d in outline] == ["", "Prices by article.", "", "Ten percent off."]
    assert outline[2].signature == "def total_of(self, order)"
    assert outline[2].parent == outline[1].number


def test_references_are_grouped_by_file(shop):
    references = graph.references(shop.current_index_id, "discounted")
    assert (references.total, references.file_count) == (4, 2)
    bill, prices = references.files
    assert (bill.path, prices.path) == ("shop/bill.py", "shop/prices.py")
    assert [(place.line, place.kind) for place in bill.places] == [
        (1, ReferenceKind.IMPORT),
        (5, ReferenceKind.CALL),
        (6, ReferenceKind.CALL),
    ]


def test_references_come_in_pages_of_files(shop):
    references = graph.references(shop.current_index_id, "discounted", limit=1, offset=1)
    assert [file.path for file in references.files] == ["shop/prices.py"]
    assert references.file_count == 2


def test_callers_are_the_definitions_around_the_calls(shop):
    (definition,) = [
        d for d in graph.outline(shop.current_index_id, "shop/prices.py") if d.name == "discounted"
    ]
    callers = graph.callers(shop.current_index_id, definition)
    assert {(c.path, c.definition.qualified_name, c.lines) for c in callers} == {
        ("shop/bill.py", "bill", (5, 6)),
        ("shop/prices.py", "PriceList.total_of", (10,)),
    }


def test_callees_are_the_names_called_inside(shop):
    (bill,) = graph.outline(shop.current_index_id, "shop/bill.py")
    (callee,) = graph.callees(shop.current_index_id, bill)
    assert (callee.name, callee.lines) == ("discounted", (5, 6))
    assert {d.path for d in callee.definitions} == {"shop/prices.py", "shop/other.py"}


def test_what_stands_at_a_column_is_looked_up(shop):
    hovered = graph.hover(shop.current_index_id, "shop/prices.py", 10, column=17)
    assert hovered[0].qualified_name == "discounted" and hovered[0].path == "shop/prices.py"
    assert graph.hover(shop.current_index_id, "shop/prices.py", 2, column=0) == []
    assert graph.hover(shop.current_index_id, "nowhere.py", 1, column=0) == []


def test_a_changed_file_changes_its_part_of_the_graph(shop, tmp_path):
    before = shop.current_index_id
    write_files(tmp_path / "r", {"shop/other.py": "def lowered():\n    return 1\n"})
    jobs.run(jobs.request(shop, start=False)[0].pk)
    shop.refresh_from_db()
    assert shop.current_index_id == before
    assert found(graph.definitions(before, "lowered")) == [
        ("shop/other.py", "lowered", "function", 1, 2)
    ]
    assert [d.path for d in graph.definitions(before, "discounted")] == ["shop/prices.py"]


def test_no_index_meets_the_graph_of_another(shop, index_folder, tmp_path):
    write_files(tmp_path / "other", {"a.py": "def discounted():\n    return 1\n"})
    other = index_folder(tmp_path / "other")
    assert [d.path for d in graph.definitions(other.current_index_id, "discounted")] == ["a.py"]
    assert graph.references(other.current_index_id, "discounted").total == 0


def test_the_graph_goes_with_its_index(shop):
    drop_indexes(shop)
    assert not GraphDefinition.objects.exists()
    assert not GraphReferences.objects.exists()


def test_an_index_of_the_release_before_has_no_graph_and_is_made_anew(
    index_folder, tmp_path, monkeypatch
):
    write_files(tmp_path / "r", SHOP)
    monkeypatch.setattr(writer, "FORMAT", 2)
    monkeypatch.setattr(writer, "write_symbols", lambda *_: None)
    repository = index_folder(tmp_path / "r")
    monkeypatch.undo()
    before = repository.current_index_id
    assert graph.outline(before, "shop/prices.py") == []
    jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    assert repository.current_index_id != before
    assert len(graph.outline(repository.current_index_id, "shop/prices.py")) == 4
