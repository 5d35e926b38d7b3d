"""Repositories whose indexing failed or was cancelled, and removing repositories."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from repos import services
from repos.jobs import maintenance, removals
from repos.models import Index, IndexJob, Repository

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
State = IndexJob.State


@pytest.fixture
def added(people):
    """Make a repository whose last job ended in a state, asked for by somebody."""

    def added(state, name="alice", **fields):
        repository = Repository.objects.create(
            kind="github",
            url=f"https://github.com/pallets/{state}",
            name=f"pallets/{state}",
            **fields,
        )
        IndexJob.objects.create(repository=repository, state=state, requested_by=people[name])
        return repository

    return added


@pytest.fixture
def client_of(client, people):
    def client_of(name):
        client.force_login(people[name])
        return client

    return client_of


def page(client, name, **query):
    return client.get(reverse(name), query).content.decode()


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
@pytest.mark.parametrize("place", ["home", "choices", "switch"])
def test_it_is_listed_with_its_state_for_who_asked_for_it_alone(added, client_of, state, place):
    added(state)
    text = page(client_of("alice"), place, q="pallets")
    assert f"pallets/{state}" in text and "try again or remove" in text
    assert f"pallets/{state}" not in page(client_of("bob"), place, q="pallets")


def test_a_repository_whose_refresh_failed_is_listed_with_that(repository, people, client_of):
    IndexJob.objects.create(repository=repository, state=State.FAILED, requested_by=people["bob"])
    assert "The last refresh failed" in page(client_of("alice"), "home")


def test_who_asked_for_it_may_remove_it_while_nobody_else_uses_it(added, client_of, people):
    repository = added(State.FAILED)
    url = reverse("repository-remove", args=[repository.pk])
    client = client_of("alice")
    assert "for everybody" in client.get(url).content.decode()
    answer = client.post(url, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, reverse("home"))
    assert not Repository.objects.filter(pk=repository.pk).exists()
    assert f"Removed “{repository.name}”" in page(client, "home")


@pytest.mark.parametrize("used_by_others", ["a conversation", "a job", "an index"])
def test_who_asked_for_it_may_not_remove_what_others_use(added, client_of, people, used_by_others):
    repository = added(State.FAILED)
    if used_by_others == "a conversation":
        Conversation.objects.create(user=people["bob"], repository=repository, title="theirs")
    elif used_by_others == "a job":
        IndexJob.objects.create(repository=repository, state="failed", requested_by=people["bob"])
    else:
        index = Index.objects.create(repository=repository)
        Repository.objects.filter(pk=repository.pk).update(current_index=index)
    url = reverse("repository-remove", args=[repository.pk])
    client = client_of("alice")
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert Repository.objects.filter(pk=repository.pk).exists()


@pytest.mark.parametrize(("name", "status"), [("alice", 302), ("bob", 404), ("carol", 302)])
def test_its_owner_and_who_has_the_permission_may_remove_a_private_one(
    added, client_of, people, name, status
):
    repository = added(State.DONE, is_private=True, added_by=people["alice"])
    repository.readers.add(people["bob"], people["carol"])
    url = reverse("repository-remove", args=[repository.pk])
    assert client_of(name).post(url).status_code == status


def test_removing_needs_a_csrf_token(added, people):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people["alice"])
    url = reverse("repository-remove", args=[added(State.FAILED).pk])
    assert client.post(url).status_code == 403


@pytest.fixture
def removed(repository, people):
    """An indexed repository with a conversation and a job, which alice has removed."""
    IndexJob.objects.create(repository=repository, requested_by=people["alice"])
    Conversation.objects.create(user=people["alice"], repository=repository, title="mine")
    assert services.remove(repository, people["alice"])
    return repository


def test_removing_stops_its_job_and_hides_it_from_everybody(removed, client_of, people):
    assert not IndexJob.objects.unfinished().exists()
    for name in people:
        client = client_of(name)
        assert client.get(reverse("repository", args=[removed.pk])).status_code == 404
        assert client.get(reverse("code", args=[removed.pk])).status_code == 404
    assert services.find(people["alice"], removed.url, removed.kind) is None
    assert services.find_for_operator(removed.name) is None
    assert maintenance.refresh_due() == 0


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 302), ("bob", 404), ("carol", 302)], ids=str
)
def test_it_is_taken_back_by_who_removed_it_or_may_delete(removed, client_of, name, status):
    client = client_of(name)
    is_offered = removed.name in client.get(reverse("home")).content.decode()
    assert is_offered == (name == "alice")
    answer = client.post(reverse("repository-take-back", args=[removed.pk]))
    assert answer.status_code == status
    is_back = client.get(reverse("repository", args=[removed.pk])).status_code == 200
    assert is_back == (status == 302)
    assert Conversation.objects.exists() and Index.objects.exists()


def test_what_is_not_removed_cannot_be_taken_back(repository, client_of):
    answer = client_of("carol").post(reverse("repository-take-back", args=[repository.pk]))
    assert answer.status_code == 404


def test_who_adds_it_anew_has_it_as_it_was(removed, people):
    address = removed.address
    added = services.add(address, people["bob"].pk, revision=removed.revision)
    assert (added.pk, added.removed_at, added.current_index_id is None) == (removed.pk, None, False)


def test_after_its_days_it_is_deleted_with_all_that_belongs_to_it(removed):
    removals.delete_removed()
    assert Repository.objects.filter(pk=removed.pk).exists()
    Repository.objects.update(removed_at=timezone.now() - removals.KEPT - timedelta(minutes=1))
    maintenance.run_hourly()
    assert not Repository.objects.filter(pk=removed.pk).exists()
    assert not Index.objects.exists()
    assert not Conversation.objects.exists()
    assert not IndexJob.objects.exists()


def test_pause_and_cancel_are_shown_to_who_may_use_them(added, client_of):
    repository = added(State.RUNNING)
    url = reverse("repository-status", args=[repository.pk])
    for name, is_shown in (("alice", True), ("bob", False), ("carol", True)):
        text = client_of(name).get(url).content.decode()
        assert ("job-pause" in text, "job-cancel" in text) == (is_shown, is_shown)
    repository.jobs.update(state=State.PAUSED)
    for name, is_shown in (("alice", True), ("bob", False)):
        text = client_of(name).get(url).content.decode()
        assert ("job-resume" in text, "job-cancel" in text) == (is_shown, is_shown)


def test_a_paused_job_of_somebody_else_is_not_changed(added, client_of):
    repository = added(State.RUNNING)
    for action in ("pause", "cancel", "resume"):
        client_of("bob").post(reverse("repository-job", args=[repository.pk, action]))
        assert repository.jobs.get().state == State.RUNNING
