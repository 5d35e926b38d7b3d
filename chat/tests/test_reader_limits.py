"""Lists about a name say what a limit keeps from them."""

import importlib
import re

import pytest
from django.urls import reverse

from chat.web.reader import names
from deepwiki.testing.fixtures import write_files
from repos import graph
from repos.models import Document, GraphReferences

pytestmark = pytest.mark.django_db
LISTS = ("definitions", "references", "callers")
FILES = {f"m{n}.py": "def save():\n    return load()\n\n\nsave()\n" for n in range(5)}
FILES["load.py"] = "def load():\n    return 1\n"
FILES["often.py"] = "def often():\n    pass\n\n\n" + "often()\n" * 20


@pytest.fixture
def repository(index_folder, tmp_path):
    write_files(tmp_path / "r", FILES)
    return index_folder(tmp_path / "r")


@pytest.fixture
def said(client, repository, alice):
    """The words of a list about a name on a line of a file."""
    client.force_login(alice)

    def said(which, name="save", path="m0.py", line=5):
        url = reverse(f"code-{which}", args=[repository.pk])
        html = client.get(url, {"path": path, "line": line, "name": name}).content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", html).split())

    return said


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("lack", [{"left_out": 3}, {"by_words": True}])
def test_a_list_says_of_how_many_files_names_may_be_missing(said, which, lack):
    assert "something may be missing" not in said(which)
    files = Document.objects.filter(path__in=["m1.py", "m2.py"])
    GraphReferences.objects.filter(document__in=files).update(**lack)
    assert "Not all names of 2 files of this repository are known" in said(which)
    GraphReferences.objects.filter(document=files[0]).update(left_out=0, by_words=False)
    assert "Not all names of 1 file of this repository are known" in said(which)


def test_files_that_lack_names_are_those_of_the_index_and_of_its_commit(
    repository, index_folder, tmp_path
):
    write_files(tmp_path / "other", {"a.py": f"def {'n' * 999}(): pass\n"})
    other = index_folder(tmp_path / "other").current_index_id
    assert graph.count_incomplete(other) == graph.count_incomplete(other, at=0) == 1
    assert graph.count_incomplete(repository.current_index_id) == 0
    Document.objects.filter(index=other).update(added_in=1)
    assert graph.count_incomplete(other, at=0) == 0


def test_definitions_that_are_not_listed_are_told(said, monkeypatch):
    assert "likeliest are listed" not in said("definitions", "save", "load.py", 2)
    monkeypatch.setattr(names, "MAX_CANDIDATES", 2)
    assert "Only the 2 likeliest are listed." in said("definitions", "save", "load.py", 2)


def test_files_that_are_not_counted_are_told(said, monkeypatch):
    assert "than are counted" not in said("references")
    monkeypatch.setattr(importlib.import_module("repos.graph.references"), "MAX_FILES", 2)
    assert "More files use this name than are counted." in said("references")


def test_callers_that_are_not_listed_are_told(said, monkeypatch):
    whole = said("callers", "load", "load.py", 1)
    assert "than are listed" not in whole and len(set(re.findall(r"m\d\.py", whole))) == 5
    monkeypatch.setattr(names, "MAX_CALLERS", 2)
    cut = said("callers", "load", "load.py", 1)
    assert "More files call it than are listed." in cut
    assert len(set(re.findall(r"m\d\.py", cut))) == 2


def test_calls_of_one_caller_that_are_not_listed_are_told(said):
    assert "… 8 more uses" in said("callers", "often", "often.py", 1)
