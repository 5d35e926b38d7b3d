"""All files of an index with all links between them."""

import sys

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph
from repos.graph import EdgeKind, whole_graph
from repos.models import GraphFile

pytestmark = pytest.mark.django_db

FILES = {
    "shop/prices.py": "class Price:\n    pass\n\n\ndef discounted(amount):\n    return amount\n",
    "shop/bill.py": "from shop.prices import Price\n\n\nclass Bill(Price):\n    pass\n",
    "shop/cart.py": "from shop.prices import discounted\n\n\ndef total():\n    return discounted(1)\n",
    "tests/test_prices.py": "from shop.prices import discounted\n\ndiscounted(2)\n",
    "README.md": "# Shop\n",
}


def links_of(found):
    return {(link.source, link.target): link for link in found.links}


def test_it_holds_every_file_and_the_links_that_each_file_has(app):
    found = whole_graph(app.current_index_id)
    assert {file.path for file in found.files} == set(FILES)
    for path in FILES:
        outgoing = graph.file_edges(app.current_index_id, path).outgoing
        assert {
            (link.target, link.kinds, link.weight) for link in found.links if link.source == path
        } == {(edge.path, edge.kinds, edge.weight) for edge in outgoing}
    assert EdgeKind.INHERIT in links_of(found)["shop/bill.py", "shop/prices.py"].kinds
    assert not found.left_out


def test_files_have_their_role_size_and_rank_and_the_first_is_the_most_important(app):
    first, *rest = whole_graph(app.current_index_id).files
    assert (first.path, first.role, first.language) == ("shop/prices.py", "code", "python")
    assert (first.lines, first.size) == (7, len(FILES["shop/prices.py"]))
    assert first.in_degree == 3
    assert all(first.rank > file.rank for file in rest)


def test_beyond_a_limit_the_most_important_files_stay_with_their_own_links(app):
    found = whole_graph(app.current_index_id, limit=2)
    paths = [file.path for file in found.files]
    assert len(paths) == 2 and paths[0] == "shop/prices.py" and found.left_out
    assert {path for link in found.links for path in (link.source, link.target)} <= set(paths)


def test_beyond_a_number_of_links_the_rest_is_left_out(app, monkeypatch):
    monkeypatch.setattr(sys.modules[whole_graph.__module__], "MAX_LINKS", 1)
    found = whole_graph(app.current_index_id)
    assert len(found.links) == 1 and found.left_out and len(found.files) == len(FILES)


def test_an_index_without_a_graph_has_its_files_and_no_links(app):
    GraphFile.objects.all().delete()
    found = whole_graph(app.current_index_id)
    assert {file.path for file in found.files} == set(FILES)
    assert {file.rank for file in found.files} == {1} and not found.links


def test_no_index_meets_the_files_of_another(app, index_folder, tmp_path):
    write_files(tmp_path / "other", FILES)
    other = index_folder(tmp_path / "other")
    assert len(whole_graph(other.current_index_id).links) == len(
        whole_graph(app.current_index_id).links
    )
