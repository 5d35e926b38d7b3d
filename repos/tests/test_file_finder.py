"""Finding files by characters of their path."""

import pytest

from repos.models import Document
from repos.search import find_files, list_folder
from repos.search.file_finder import match_path

pytestmark = pytest.mark.django_db


def fill(repository, paths):
    index = repository.current_index
    Document.objects.filter(index=index).delete()
    Document.objects.bulk_create(
        Document(index=index, path=path, sha="0" * 40, language="", role="code", lines=1, size=1)
        for path in paths
    )
    return index


def paths(index, name):
    return [file.path for file in find_files(index, name)]


def test_a_files_own_name_comes_before_its_folders(repository):
    index = fill(repository, ["search/views/other.py", "chat/views.py", "v/i/e/w/s.py"])
    assert paths(index, "views") == ["chat/views.py", "search/views/other.py", "v/i/e/w/s.py"]


def test_begins_of_words_count(repository):
    index = fill(repository, ["lib/fine_filter.py", "lib/file_finder.py", "lib/affine_fold.py"])
    assert paths(index, "ffinder") == ["lib/file_finder.py"]
    assert paths(index, "f_f")[0] in ("lib/fine_filter.py", "lib/file_finder.py")


def test_case_and_spaces_do_not_count_and_signs_are_signs(repository):
    index = fill(repository, ["Makefile", "a_b.py", "a-b.py", "100%.txt"])
    assert paths(index, "make FILE") == ["Makefile"]
    assert paths(index, "_") == ["a_b.py"]
    assert paths(index, "%") == ["100%.txt"]
    assert paths(index, "\\") == []


def test_the_typed_characters_are_told(repository):
    found = match_path("repos/search.py", "rsea")
    assert "".join(text for text, typed in found.parts if typed) == "rsea"
    assert "".join(text for text, _ in found.parts) == "repos/search.py"


def test_a_folder_lists_what_is_directly_in_it(repository):
    index = fill(repository, ["a/b/c.py", "a/d.py", "a%b/e.py", "f.py"])
    assert [entry.path for entry in list_folder(index, "").entries] == ["a/", "a%b/", "f.py"]
    assert [entry.path for entry in list_folder(index, "a/").entries] == ["a/b/", "a/d.py"]
    assert list_folder(index, "none/").entries == ()
