"""Snapshots that are taken while an update is deciding what to delete."""

import threading

import pytest
from django.db import connection, transaction

from deepwiki.foundation.sql import fetch_value
from deepwiki.testing.fixtures import write_files
from deepwiki.testing.waiting import wait_until
from repos.access import OPERATOR_ID
from repos.index import purge_all
from repos.models import Document, Index, IndexHold
from repos.search import read_file, take_snapshot
from repos.tests.test_snapshots import FILES, update

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = """
SELECT count(*) FROM pg_locks WHERE relation = 'repos_indexhold'::regclass AND NOT granted
"""


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "shop", FILES)
    return tmp_path / "shop"


def in_thread(action, *args, **kwargs):
    def run():
        try:
            action(*args, **kwargs)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("force", [False, True])
def test_what_a_snapshot_shows_is_kept_though_it_is_stored_while_an_update_ends(
    index_folder, root, force
):
    shop = index_folder(root)
    write_files(root, {"shop/prices.py": "discounted = 1\n"})
    with transaction.atomic():
        snapshot = take_snapshot(shop.pk, OPERATOR_ID)  # which nobody else can see yet
        updating = in_thread(update, shop, force=force)
        # The update itself did not wait for it; it waits before it deletes.
        wait_until(lambda: fetch_value(WAITING))
    updating.join(60)
    assert not updating.is_alive()
    assert read_file(snapshot, "shop/prices.py", OPERATOR_ID).text == FILES["shop/prices.py"]


def test_a_snapshot_is_taken_while_an_update_has_not_ended(index_folder, root):
    shop = index_folder(root)
    with transaction.atomic():
        Index.objects.filter(pk=shop.current_index_id).update(generation=1)  # as an update does
        taken = []
        reader = in_thread(lambda: taken.append(take_snapshot(shop.pk, OPERATOR_ID)))
        reader.join(60)
        assert [snapshot.generation for snapshot in taken] == [0]


def test_holds_are_not_written_to_the_log_of_the_database(index_folder, root):
    statement = "SELECT relpersistence FROM pg_class WHERE oid = 'repos_indexhold'::regclass"
    assert fetch_value(statement) == "u"  # unlogged


def test_a_purge_forgets_expired_holds_alone(index_folder, root):
    shop = index_folder(root)
    first, second = take_snapshot(shop.pk, OPERATOR_ID), take_snapshot(shop.pk, OPERATOR_ID)
    IndexHold.objects.filter(pk=first.hold_id).update(expires_at="2000-01-01T00:00Z")
    purge_all()
    assert set(IndexHold.objects.values_list("pk", flat=True)) == {second.hold_id}
    assert not Document.objects.filter(is_live=None).exists()
