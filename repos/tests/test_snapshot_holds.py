"""How long a snapshot is readable, by whom, and what is kept for it until then."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from deepwiki.testing.fixtures import write_files
from repos.access import OPERATOR_ID
from repos.index import purge, purge_all, size_of, size_of_repository, writer
from repos.index.removal import drop_indexes
from repos.jobs import maintenance
from repos.models import (
    Chunk,
    Document,
    Embedding,
    GraphFile,
    Index,
    IndexHold,
    Repository,
    Trigrams,
)
from repos.search import (
    find_files,
    is_readable,
    read_file,
    release_snapshot,
    search,
    take_snapshot,
)
from repos.search.grep import grep
from repos.tests.test_snapshots import FILES, REMOVED, change, hits, root, shop, update

__all__ = ["root", "shop"]

pytestmark = pytest.mark.django_db


def taken(repository, user_id=OPERATOR_ID):
    snapshot = take_snapshot(repository.pk, user_id)
    assert snapshot is not None
    return snapshot


def retired():
    return set(Document.objects.filter(is_live=None).values_list("path", flat=True))


def can_read(snapshot, user_id=OPERATOR_ID):
    """What each reader with a person gives, whether there is anything."""
    found = [
        bool(search([snapshot], "discounted", user_id=user_id).passages),
        bool(grep([snapshot], "discounted", user_id=user_id).files),
        read_file(snapshot, "shop/bill.py", user_id) is not None,
        is_readable(snapshot, user_id),
    ]
    assert len(set(found)) == 1, found
    return found[0]


def after(snapshot, minutes):
    """As if a snapshot had been taken so long ago. The time of a transaction stands still."""
    hold = IndexHold.objects.filter(pk=snapshot.hold_id)
    hold.update(expires_at=F("expires_at") - timedelta(minutes=minutes))


def expire(snapshot):
    after(snapshot, 20)


def test_without_a_snapshot_an_update_keeps_nothing(shop, root):
    change(root)
    assert update(shop).current_index.generation == 1
    assert retired() == set()
    assert set(Index.objects.values_list("pk", flat=True)) == {shop.current_index_id}
    assert update(shop, force=True).current_index_id != shop.current_index_id
    assert Index.objects.count() == 1


def test_what_was_replaced_goes_when_the_last_that_reads_it_is_released(shop, root):
    first, second = taken(shop), taken(shop)
    change(root)
    update(shop)
    assert retired() == {"shop/prices.py", *REMOVED}
    release_snapshot(first)
    purge_all()
    assert can_read(second)
    release_snapshot(second)
    release_snapshot(second)
    assert retired()  # until the next purge
    purge_all()
    assert retired() == set()
    assert not can_read(second)


def test_what_goes_takes_its_chunks_vectors_and_symbols_along(shop, root):
    snapshot = taken(shop)
    change(root)
    update(shop)
    kept = Document.objects.get(path="shop/gone.py")
    tables = (
        Chunk.objects.filter(document=kept),
        Embedding.objects.filter(chunk__document=kept),
        Trigrams.objects.filter(document=kept),
        GraphFile.objects.filter(document=kept),
    )
    assert all(rows.exists() for rows in tables)
    release_snapshot(snapshot)
    purge_all()
    assert not any(rows.exists() for rows in tables)


def test_the_next_update_deletes_what_nobody_reads_any_more(shop, root):
    snapshot = taken(shop)
    change(root)
    update(shop)
    release_snapshot(snapshot)
    write_files(root, {"shop/bill.py": "bill = 2\n"})
    update(shop)
    assert retired() == set()


def test_a_generation_that_nobody_began_with_is_not_kept(shop, root):
    first = taken(shop)
    for number in range(3):
        write_files(root, {"shop/prices.py": f"discounted = {number}\n"})
        update(shop)
    assert read_file(first, "shop/prices.py", OPERATOR_ID).text == FILES["shop/prices.py"]
    assert Document.objects.filter(path="shop/prices.py").count() == 2  # the first and the live


def test_a_hold_lasts_twenty_minutes(shop, root):
    snapshot = taken(shop)
    change(root)
    update(shop)
    after(snapshot, 19)
    purge_all()
    assert can_read(snapshot)
    after(snapshot, 1)
    purge_all()
    assert not can_read(snapshot)
    assert retired() == set()


def test_a_reader_that_crashed_keeps_nothing_beyond_the_end_of_its_hold(shop, root):
    snapshot = taken(shop)  # never released
    change(root)
    update(shop)
    purge_all()
    assert retired() and can_read(snapshot)
    expire(snapshot)
    maintenance.run_hourly()
    assert retired() == set() and not IndexHold.objects.exists()
    assert not can_read(snapshot)


def test_after_its_end_a_snapshot_of_a_changed_index_reads_nothing_rather_than_a_part(shop, root):
    snapshot = taken(shop)
    change(root)
    update(shop)
    expire(snapshot)
    assert not can_read(snapshot)  # though nothing is deleted yet
    assert retired()


def test_after_its_end_a_snapshot_of_an_unchanged_index_is_read_on(shop):
    snapshot = taken(shop)
    expire(snapshot)
    purge_all()
    assert can_read(snapshot)


def test_answers_share_what_one_of_them_holds(shop, root):
    first, second = taken(shop), taken(shop)
    change(root)
    update(shop)
    release_snapshot(first)
    assert hits(first) == hits(second)
    assert hits(first)[1]


def test_a_former_index_goes_when_nobody_reads_it_any_more(shop, root):
    first = taken(shop)
    change(root)
    update(shop, force=True)
    second = taken(shop)
    update(shop, force=True)  # deletes what interrupted builds left, and not what is read
    assert can_read(first) and can_read(second)
    assert Index.objects.count() == 3
    release_snapshot(second)
    purge_all()
    assert can_read(first) and not can_read(second)
    expire(first)
    purge_all()
    assert Index.objects.count() == 1


@pytest.mark.parametrize("force", [False, True])
def test_of_many_updates_in_a_row_a_bounded_number_of_states_is_kept(
    shop, root, monkeypatch, force
):
    monkeypatch.setattr(purge, "MAX_STATES", 3)
    snapshots = []
    for number in range(5):
        snapshots.append(taken(shop))
        write_files(root, {"shop/prices.py": f"discounted = {number}\n"})
        update(shop, force=force)
    assert [can_read(snapshot) for snapshot in snapshots] == [False, False, True, True, True]
    kept = Document.objects.filter(path="shop/prices.py").count()
    assert kept == 4  # and the live one


def test_an_index_that_is_being_built_is_not_purged(shop, root):
    building = Index.objects.create(repository=shop, commit="c", state=Index.State.BUILDING)
    purge_all()
    assert Index.objects.filter(pk=building.pk).exists()


def test_an_index_that_is_read_is_not_dropped_to_make_room(shop, settings):
    snapshot = taken(shop)
    Repository.objects.update(used_at=timezone.now() - timedelta(hours=2))
    settings.INDEX_MEGABYTES = 0.000001
    assert maintenance.make_room() == []
    assert can_read(snapshot)
    release_snapshot(snapshot)
    assert maintenance.make_room() == [shop.name]


def test_the_size_of_an_index_counts_what_is_kept(shop, root):
    before = size_of(shop.current_index_id)
    snapshot = taken(shop)
    for path in REMOVED:
        (root / path).unlink()
    update(shop)
    assert size_of(shop.current_index_id) > 0.8 * before
    kept = size_of(shop.current_index_id)
    release_snapshot(snapshot)
    purge_all()
    assert size_of(shop.current_index_id) < kept


def test_the_size_of_a_repository_counts_a_former_index_that_is_kept(shop, root):
    former = size_of(shop.current_index_id)
    taken(shop)
    current = update(shop, force=True).current_index_id
    assert size_of_repository(shop) == former + size_of(current)


def test_who_may_not_read_a_repository_gets_no_snapshot(shop, people):
    Repository.objects.update(is_private=True, added_by=people["alice"])
    assert take_snapshot(shop.pk, people["bob"].pk) is None
    assert take_snapshot(shop.pk, None) is None
    assert not IndexHold.objects.exists()
    assert can_read(taken(shop, people["alice"].pk), people["alice"].pk)


@pytest.mark.parametrize("updated", [False, True])
def test_a_permission_that_is_taken_back_ends_a_snapshot_at_once(shop, root, people, updated):
    bob = people["bob"].pk
    Repository.objects.update(is_private=True, added_by=people["alice"])
    shop.readers.add(people["bob"])
    snapshot = taken(shop, bob)
    if updated:
        change(root)
        update(shop)
    assert can_read(snapshot, bob)
    shop.readers.remove(people["bob"])
    assert not can_read(snapshot, bob)
    assert can_read(snapshot, people["alice"].pk)


def test_a_snapshot_of_a_repository_that_its_host_closed_reads_nothing(shop):
    snapshot = taken(shop)
    Repository.objects.update(closed_at=timezone.now(), current_index=None)
    assert not can_read(snapshot)


@pytest.mark.parametrize("removal", [Repository.delete, drop_indexes])
def test_a_deleted_repository_is_gone_for_its_snapshots(shop, removal):
    snapshot = taken(shop)
    removal(shop)
    assert not can_read(snapshot)
    assert find_files(snapshot, "shop") == []
    assert not Document.objects.exists()
    purge_all()


def test_a_snapshot_of_one_repository_does_not_read_another(shop, root, index_folder, tmp_path):
    write_files(tmp_path / "second", {"shop/bill.py": "def discounted():\n    return 'second'\n"})
    second = index_folder(tmp_path / "second")
    mixed = replace(taken(shop), index_id=second.current_index_id)
    found = search([mixed], "discounted", user_id=OPERATOR_ID).passages
    assert {p.repository_id for p in found} <= {second.pk}


def test_an_update_without_changes_makes_no_generation(shop):
    snapshot = taken(shop)
    assert update(shop).current_index.generation == snapshot.generation


def test_a_build_that_was_interrupted_is_deleted_and_what_is_kept_stays(shop, root, monkeypatch):
    snapshot = taken(shop)
    change(root)
    update(shop)
    write_files(root, {"shop/bill.py": "bill = 3\n"})

    def killed(*args, **kwargs):
        raise SystemExit

    monkeypatch.setattr(writer, "switch", killed)
    with pytest.raises(SystemExit):
        update(shop)
    monkeypatch.undo()
    assert Document.objects.filter(is_live=False).exists()
    writer._delete_leftovers(Repository.objects.get(pk=shop.pk))
    assert not Document.objects.filter(is_live=False).exists()
    assert retired() == {"shop/prices.py", *REMOVED} and can_read(snapshot)
