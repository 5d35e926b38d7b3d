"""What an update replaces while an answer reads it is no part of the live state."""

import shutil

import pytest

from deepwiki.testing.fixtures import write_files
from repos import graph
from repos.access import OPERATOR_ID
from repos.models import Chunk, Document, Identifiers, Link
from repos.search import list_folder, take_snapshot
from repos.tests.test_links import link_names, name_rows
from repos.tests.test_snapshots import CHANGES, FILES, REMOVED, change, root, shop, update

__all__ = ["root", "shop"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def updated(shop, root):
    """The repository after two updates, before each of which a snapshot was taken.

    The second one defines a name again that retired documents define, too.
    """
    late = {"shop/late.py": "def zebra():\n    return discounted\n"}
    for changes, removed in ((CHANGES, REMOVED), (late, ())):
        assert take_snapshot(shop.pk, OPERATOR_ID) is not None
        change(root, changes, removed)
        shop = update(shop)
    assert Document.objects.filter(is_live=None).count() == 1 + len(REMOVED)
    return shop


def test_updates_beside_answers_leave_the_links_and_counts_of_a_whole_build(
    updated, index_folder, root, tmp_path
):
    shutil.copytree(root, tmp_path / "again")
    whole = index_folder(tmp_path / "again")
    assert link_names(updated) == link_names(whole)
    assert name_rows(updated) == name_rows(whole)
    indexes = [repository.current_index for repository in (updated, whole)]
    assert [index.files for index in indexes] == [len(FILES)] * 2
    assert indexes[0].chunks == indexes[1].chunks


def test_of_retired_documents_no_row_of_the_live_state_is_left(updated):
    retired = Document.objects.filter(is_live=None)
    assert not Identifiers.objects.filter(document__in=retired).exists()
    assert not Link.objects.filter(source__in=retired).exists()
    assert not Link.objects.filter(target__in=retired).exists()
    chunks = Chunk.objects.filter(document__in=retired)
    assert chunks.exists() and not chunks.exclude(is_live=None).exists()


def test_imports_of_a_file_are_those_of_its_commit(shop, root):
    definitions = {"shop/other.py": "def discounted(amount):\n    return 0\n"}
    write_files(root, definitions)
    shop = update(shop)
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    text = FILES["shop/bill.py"].replace("shop.prices", "shop.other")
    change(root, {"shop/bill.py": text}, removed=())
    update(shop)

    def meant(generation):
        found = graph.definitions(
            snapshot.index_id, "discounted", from_path="shop/bill.py", line=5, at=generation
        )
        return found[0].path

    assert meant(snapshot.generation) == "shop/prices.py"
    assert meant(snapshot.generation + 1) == "shop/other.py"


def test_a_folder_that_is_opened_first_after_an_update_is_that_of_the_snapshot(shop, root):
    snapshot = take_snapshot(shop.pk, OPERATOR_ID)
    change(root)
    update(shop)
    names = [entry.name for entry in list_folder(snapshot, "shop/").entries]
    assert names == ["bill.py", "gone.py", "prices.py", "rounds.py"]
