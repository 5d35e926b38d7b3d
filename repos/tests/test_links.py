"""Links between files: which are made, and that an update leaves those of a whole build."""

import shutil

import pytest

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.index import links, writer
from repos.index.removal import drop_index, size_of
from repos.models import Document, Identifiers, Index, Link, Name
from repos.sources.errors import Broken

pytestmark = pytest.mark.django_db

PROJECT = {
    "shop/cart.py": "class ShoppingCart:\n    def add_item(self):\n        return 1\n",
    "shop/till.py": "def pay_bill(cart):\n    return ShoppingCart().add_item()\n",
    "shop/admin.py": "def show_page():\n    return pay_bill(1)\n",
    "tests/test_till.py": "def test_paying():\n    assert pay_bill(2)\n",
    "README.md": "Use `ShoppingCart`, then pay_bill.\n",
    **{f"shop/part{n}.py": f"def other{n}():\n    return {n}\n" for n in range(8)},
}


def link_names(repository):
    """(source, target, name) of every link, by paths."""
    rows = Link.objects.filter(source__index=repository.current_index_id)
    return set(rows.values_list("source__path", "target__path", "name__name"))


def name_rows(repository):
    rows = Name.objects.filter(index=repository.current_index_id)
    paths = dict(Document.objects.values_list("pk", "path"))
    return {
        row.name: (row.squashed, row.files, tuple(sorted(paths.get(pk) for pk in row.documents)))
        for row in rows
    }


@pytest.fixture
def project(index_folder, tmp_path):
    write_files(tmp_path / "shop", PROJECT)
    return index_folder(tmp_path / "shop")


def reindexed(repository, folder, files=(), removed=()):
    """The repository after a change of its folder; its index must have been updated in place."""
    before = repository.current_index_id
    write_files(folder, dict(files))
    for name in removed:
        (folder / name).unlink()
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    assert job.state == "done", job.error
    repository.refresh_from_db()
    assert repository.current_index_id == before
    return repository


def test_files_link_to_those_that_define_what_they_use(project):
    assert link_names(project) == {
        ("shop/till.py", "shop/cart.py", "ShoppingCart"),
        ("shop/till.py", "shop/cart.py", "add_item"),
        ("shop/admin.py", "shop/till.py", "pay_bill"),
        ("tests/test_till.py", "shop/till.py", "pay_bill"),
        ("README.md", "shop/cart.py", "ShoppingCart"),
        ("README.md", "shop/till.py", "pay_bill"),
    }


def test_a_link_weighs_less_the_more_files_define_or_use_its_name(project):
    weights = dict(
        Link.objects.filter(source__path="shop/till.py").values_list("name__name", "weight")
    )
    assert weights["add_item"] == pytest.approx(links.link_weight(1, 1))
    assert weights["ShoppingCart"] == pytest.approx(links.link_weight(1, 2))
    assert links.link_weight(1, 1) > links.link_weight(1, 2) > links.link_weight(2, 2)


def test_a_test_is_no_definition_beside_code_and_no_user_of_its_own_name(index_folder, tmp_path):
    write_files(
        tmp_path / "r",
        {
            "a.py": "def shared_helper():\n    return 1\n",
            "tests/test_a.py": "def shared_helper():\n    return 2\n\nassert shared_helper()\n",
            "tests/test_b.py": "def only_here():\n    return shared_helper()\n",
            "tests/test_c.py": "assert only_here()\n",
        },
    )
    assert link_names(index_folder(tmp_path / "r")) == {
        ("tests/test_b.py", "a.py", "shared_helper"),
        ("tests/test_c.py", "tests/test_b.py", "only_here"),
    }


def test_a_name_that_more_than_three_files_define_makes_no_links(index_folder, tmp_path):
    files = {f"m{n}.py": "def build_all():\n    return 1\n" for n in range(4)}
    write_files(tmp_path / "r", files | {"user.py": "x = build_all()\n"})
    assert link_names(index_folder(tmp_path / "r")) == set()


def test_a_name_that_very_many_files_use_makes_no_links(index_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(links, "MAX_USERS", 5)
    users = {f"u{n}.py": "x = build_all()\ny = build_one()\n" for n in range(5)}
    files = {"m.py": "def build_all():\n    return 1\n\n\ndef build_one():\n    return 1\n"}
    write_files(tmp_path / "r", files | users | {"more.py": "x = build_all()\n"})
    assert {name for _, _, name in link_names(index_folder(tmp_path / "r"))} == {"build_one"}


CHANGES = {
    "a body": ({"shop/till.py": "def pay_bill(cart):\n    return show_page()\n"}, ()),
    "a name goes": ({"shop/cart.py": "class ShoppingCart:\n    pass\n"}, ()),
    "a name comes": ({"shop/part1.py": "def add_item():\n    return pay_bill()\n"}, ()),
    "a name becomes ambiguous": (
        {f"shop/part{n}.py": "def pay_bill():\n    return 1\n" for n in range(3)},
        (),
    ),
    "a file goes": ({}, ("shop/cart.py",)),
    "a file moves": ({"lib/cart.py": PROJECT["shop/cart.py"]}, ("shop/cart.py",)),
    "two files change": (
        {
            "shop/cart.py": "class ShoppingCart:\n    def add_item(self):\n        return 2\n",
            "shop/till.py": "def pay_bill(cart):\n    return ShoppingCart()\n",
        },
        (),
    ),
    "a test takes its place": (
        {"tests/test_cart.py": "def add_item():\n    return 1\n", "shop/cart.py": "x = 1\n"},
        (),
    ),
    "documents": ({"README.md": "only add_item\n"}, ()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_update_leaves_the_links_that_a_whole_build_makes(
    change, project, index_folder, tmp_path
):
    files, removed = CHANGES[change]
    updated = reindexed(project, tmp_path / "shop", files, removed)
    shutil.copytree(tmp_path / "shop", tmp_path / "again")
    whole = index_folder(tmp_path / "again")
    assert link_names(updated) == link_names(whole)
    assert name_rows(updated) == name_rows(whole)
    assert Identifiers.objects.filter(index=updated.current_index_id).count() == (
        Document.objects.filter(index=updated.current_index_id).count()
    )


def test_a_name_that_becomes_clear_links_again(project, tmp_path):
    ambiguous = {f"shop/part{n}.py": "def pay_bill():\n    return 1\n" for n in range(3)}
    reindexed(project, tmp_path / "shop", ambiguous)
    assert "pay_bill" not in {name for _, _, name in link_names(project)}
    clear = {name: PROJECT[name] for name in ambiguous}
    reindexed(project, tmp_path / "shop", clear)
    assert ("shop/admin.py", "shop/till.py", "pay_bill") in link_names(project)


def test_other_names_are_left_alone_by_an_update(project, tmp_path):
    before = set(Name.objects.values_list("pk", "name"))
    reindexed(
        project, tmp_path / "shop", {"shop/part1.py": "def brand_new():\n    return pay_bill()\n"}
    )
    after = set(Name.objects.values_list("pk", "name"))
    assert {name for _, name in before ^ after} == {"other1", "brand_new"}


def test_staged_files_have_no_links_before_the_switch(project, tmp_path, monkeypatch):
    before = link_names(project), name_rows(project)

    def broken_switch(*arguments, **options):
        raise Broken("no_text")

    monkeypatch.setattr(writer, "switch", broken_switch)
    write_files(tmp_path / "shop", {"shop/part1.py": "def add_item():\n    return pay_bill()\n"})
    jobs.run(jobs.request(project, start=False)[0].pk)
    monkeypatch.undo()
    assert Document.objects.filter(is_live=False).exists()
    assert (link_names(project), name_rows(project)) == before
    reindexed(project, tmp_path / "shop")
    assert ("shop/part1.py", "shop/till.py", "pay_bill") in link_names(project)


def test_names_links_and_identifiers_go_with_their_index_and_count_in_its_size(project):
    with_links = size_of(project.current_index_id)
    Link.objects.all()._raw_delete(Link.objects.db)
    assert size_of(project.current_index_id) < with_links
    drop_index(project.current_index_id)
    for model in (Index, Document, Name, Link, Identifiers):
        assert not model.objects.exists()


def test_links_never_leave_their_repository(project, index_folder, tmp_path):
    write_files(tmp_path / "other", {"other.py": "x = ShoppingCart().add_item()\n"})
    other = index_folder(tmp_path / "other")
    assert link_names(other) == set()
