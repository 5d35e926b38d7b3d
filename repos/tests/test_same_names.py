"""Names that become the same where they are made valid: one row, and indexing goes on."""

import os

import pytest

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.models import IndexJob, Repository

pytestmark = pytest.mark.django_db
TWINS = [b"a\xfe.py", b"a\xff.py", "a\ufffd.py".encode()]
SHOWN = "a\ufffd.py"


def put(root, name, text):
    with (root / os.fsdecode(name)).open("w") as file:
        file.write(text)


def update(repository):
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == IndexJob.State.DONE, job.error
    return Repository.objects.select_related("current_index").get(pk=repository.pk)


def live_texts(repository):
    return dict(repository.current_index.documents.filter(is_live=True).values_list("path", "text"))


def test_files_whose_names_become_the_same_are_one_document(index_folder, tmp_path):
    root = tmp_path / "twins"
    write_files(root, {"b.py": "def b():\n    return 0\n"})
    for number, name in enumerate(TWINS):
        put(root, name, f"def twin{number}():\n    return {number}\n")
    repository = index_folder(root)
    assert live_texts(repository) == {
        "b.py": "def b():\n    return 0\n",
        SHOWN: "def twin0():\n    return 0\n",
    }
    for number, name in enumerate(TWINS[:2], 1):
        os.unlink(os.path.join(os.fsencode(root), name))
        repository = update(repository)
        assert live_texts(repository)[SHOWN] == f"def twin{number}():\n    return {number}\n"
    os.unlink(os.path.join(os.fsencode(root), TWINS[2]))
    assert list(live_texts(update(repository))) == ["b.py"]
    put(root, TWINS[1], "def again():\n    pass\n")
    put(root, TWINS[0], "def again():\n    pass\n")
    assert live_texts(update(repository))[SHOWN] == "def again():\n    pass\n"


def test_definitions_whose_names_become_the_same_do_not_end_the_indexing(index_folder, tmp_path):
    names = ["a", "\u00e9", "e\u0301", "\uff41", "x" * 300, "x" * 301]
    lines = [f"def {name}():\n    return {name}\n" for name in names * 2]
    lines += [f"class {name}:\n    {name} = {name}\n" for name in names]
    write_files(tmp_path / "n", {"n.py": "\n".join(lines), "m.py": "\n".join(lines[::-1])})
    repository = index_folder(tmp_path / "n")
    assert len(live_texts(repository)) == 2
    write_files(tmp_path / "n", {"m.py": "\n".join(lines)})
    assert len(live_texts(update(repository))) == 2


def test_entries_of_the_same_path_in_one_tree_are_one_document(index_folder, tmp_path, settings):
    from repos.indexing.file_selection import Limits, Skipped, select
    from repos.sources.tree import TreeEntry

    skipped = Skipped()
    entries = [TreeEntry("a.py", "1", 10), TreeEntry("a.py", "2", 10)]
    assert len(select(entries, Limits(), skipped)) == 1
    assert len(select(entries * 9, Limits(files=1), skipped)) == 1
