"""What a host no longer lets be read is closed to everybody at once, and opens again with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Message, Share
from repos import jobs
from repos.access import OPERATOR_ID
from repos.jobs import closing, maintenance
from repos.models import Embedding, Index, IndexJob, Repository
from repos.search import read_file, search
from repos.services import add
from repos.sources import parse_address
from repos.sources.errors import AddressRefused, Moved, NoRevision, NotFound, Unreachable
from repos.testing import make_repository

pytestmark = pytest.mark.django_db


def run(repository):
    return jobs.run(jobs.request(repository, start=False)[0].pk)


@pytest.fixture
def repository(host):
    make_repository(host.root / "tool", {"a.py": "def zebra():\n    return 1\n"})
    repository = add(parse_address(f"{host.url}/tool", "git"), None)
    assert run(repository).state == IndexJob.State.DONE
    return fresh(repository)


def fresh(repository):
    return Repository.objects.select_related("current_index").get(pk=repository.pk)


def found(repository):
    hits = search([repository.pk], "zebra", user_id=OPERATOR_ID).passages
    assert bool(hits) == (read_file(repository, "a.py", OPERATOR_ID) is not None)
    return [hit.path for hit in hits]


def long_ago():
    """As if every check and job had been a month ago."""
    before = timezone.now() - timedelta(days=30)
    Repository.objects.update(checked_at=before, used_at=before)
    IndexJob.objects.update(created_at=before)


@pytest.fixture
def page(client, alice, repository):
    client.force_login(alice)
    return lambda: client.get(f"/r/{repository.pk}/status").content.decode()


@pytest.fixture
def share(alice, repository):
    Repository.objects.update(host_is_public=True)
    conversation = Conversation.objects.create(user=alice, repository=repository, title="t")
    last = Message.objects.create(conversation=conversation, position=1, role="user", content="x")
    return Share.objects.create(conversation=conversation, last=last)


def test_a_repository_made_private_is_closed_and_opens_with_the_index_it_had(
    host, repository, page, share, client
):
    index = repository.current_index_id
    host.token = "secret-1"
    assert run(repository).state == IndexJob.State.FAILED
    assert found(fresh(repository)) == []
    assert "no longer lets this repository be read" in page()
    client.logout()
    assert client.get(f"/s/{share.key}/").status_code == 404
    host.token = ""
    assert run(repository).result["unchanged"]
    assert (found(fresh(repository)), fresh(repository).current_index_id) == (["a.py"], index)
    assert fresh(repository).closed_at is None


def test_one_that_opens_with_other_contents_is_indexed_anew(host, repository):
    host.token = "secret-1"
    run(repository)
    make_repository(host.root / "tool", {"a.py": "def quagga():\n    return 1\n"})
    host.token = ""
    assert run(repository).state == IndexJob.State.DONE
    assert Index.objects.count() == 1
    assert [hit.path for hit in search([repository.pk], "quagga", user_id=0).passages] == ["a.py"]


def test_the_schedule_notices_one_that_nobody_uses(host, repository):
    host.token = "secret-1"
    assert closing.check_access() == 0  # a job has just asked
    long_ago()
    assert maintenance.refresh_due() == 0
    assert closing.check_access() == 1
    assert found(fresh(repository)) == []
    assert closing.check_access() == 0
    host.token = ""
    long_ago()
    Repository.objects.update(closed_at=timezone.now())
    assert closing.check_access() == 1
    assert jobs.run_next().state in (IndexJob.State.DONE, IndexJob.State.QUEUED)
    assert found(fresh(repository)) == ["a.py"]


def test_the_index_is_deleted_after_the_grace(host, repository):
    host.token = "secret-1"
    run(repository)
    assert closing.drop_closed() == 0
    Repository.objects.update(closed_at=timezone.now() - closing.GRACE - timedelta(minutes=1))
    assert closing.drop_closed() == 1
    assert Embedding.objects.count() == Index.objects.count() == closing.drop_closed() == 0
    host.token = ""
    assert run(repository).state == IndexJob.State.DONE
    assert found(fresh(repository)) == ["a.py"]


@pytest.mark.parametrize(
    ("error", "is_closed"),
    [
        (NotFound(), True),
        (AddressRefused(), True),
        (Moved(), True),
        (NoRevision(), False),
        (Unreachable(), False),
        (RuntimeError(), False),
    ],
)
def test_a_passing_fault_closes_nothing(repository, error, is_closed):
    closing.close(repository, error)
    assert (found(fresh(repository)) == []) == is_closed
    assert (fresh(repository).closed_at is not None) == is_closed


def test_a_folder_that_is_gone_is_closed(index_folder, folder):
    repository = index_folder(folder)
    long_ago()
    assert closing.check_access() == 1
    assert fresh(repository).current_index is not None
    folder.rename(folder.with_name("elsewhere"))
    long_ago()
    closing.check_access()
    assert fresh(repository).current_index is None
