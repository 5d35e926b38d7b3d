"""The outline of a file where the code graph does not know it: by the symbols of its chunks."""

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from deepwiki.testing.fixtures import write_files
from repos.models import Document, Index
from repos.models.graph import GraphDefinition, GraphReferences

pytestmark = pytest.mark.django_db
BODY = "\n".join(
    f"        line_{number} = {number} * amount  # words of a long method" for number in range(40)
)
LONG = (
    f"class Basket:\n    def add(self, amount):\n{BODY}\n\n    def remove(self, amount):\n{BODY}\n\n\n"
    f"class Till:\n    def pay(self, amount):\n{BODY}\n"
)


@pytest.fixture
def outline(client, index_folder, tmp_path, alice):
    """The entries of the outline of `basket.py`: depth, name and line."""
    write_files(tmp_path / "r", {"basket.py": LONG})
    repository = index_folder(tmp_path / "r")
    client.force_login(alice)

    def outline():
        url = reverse("code-outline", args=[repository.pk])
        html = client.get(url, {"path": "basket.py"}).content.decode()
        entry = r'class="depth-(\d)".*?data-start="(\d+)".*?class="mono">(\w+)<'
        return [(int(d), name, int(n)) for d, n, name in re.findall(entry, html, re.DOTALL)]

    return outline


def test_an_index_from_before_the_graph_lists_what_its_chunks_define(outline):
    by_graph = outline()
    GraphDefinition.objects.all().delete()
    Index.objects.update(format=2)
    by_chunks = outline()
    assert [entry[:2] for entry in by_chunks] == [entry[:2] for entry in by_graph]
    starts = [line for _, _, line in by_graph] + [LONG.count("\n") + 1]
    for (_, _, line), (first, after) in zip(by_chunks, pairwise(starts), strict=True):
        assert first <= line < after


def test_a_file_of_which_nothing_is_known_says_so(outline, client):
    GraphDefinition.objects.all().delete()
    from repos.models import Chunk

    Chunk.objects.update(symbol="")
    assert outline() == []


def test_a_file_of_which_names_were_left_out_says_so(outline, client):
    url = reverse("code-outline", args=[Index.objects.get().repository_id])

    def said():
        return client.get(url, {"path": "basket.py"}).content.decode()

    assert "are not listed" not in said() and "failed on this file" not in said()
    rows = {"keys": [], "places": [], "imports": "", "left_out": 3}
    GraphReferences.objects.create(document=Document.objects.get(), **rows)
    assert "some definitions and uses are not listed" in said()
    GraphReferences.objects.update(by_words=True)
    assert "grammar of this language failed on this file" in said()
