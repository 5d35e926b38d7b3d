"""How many repositories a person, or a network address, may add within an hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from repos.jobs.maintenance import delete_old_additions
from repos.models import Repository, RepositoryAddition
from repos.services import add, find_or_add
from repos.sources import parse_address
from repos.sources.errors import TooManyAdded

pytestmark = pytest.mark.django_db
ADD = reverse("repository-add")


@pytest.fixture(autouse=True)
def limits(settings):
    settings.NEW_REPOSITORIES_PER_HOUR = 3
    settings.ANONYMOUS_NEW_REPOSITORIES = 2


def add_many(person, count, owner="o", **extra):
    for number in range(count):
        find_or_add(person, f"https://github.com/{owner}/r{number}", **extra)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_of_parallel_requests_exactly_as_many_add_as_may(people, known):
    person = people["alice"] if known else None
    limit = 3 if known else 2

    def try_to_add(number):
        try:
            find_or_add(person, f"https://github.com/o/r{number}", client_address="192.0.2.7")
        except TooManyAdded:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(12) as pool:
        added = list(pool.map(try_to_add, range(24)))
    assert sum(added) == limit == Repository.objects.count()


def test_each_person_and_each_address_is_counted_by_itself(alice, bob):
    add_many(alice, 3)
    with pytest.raises(TooManyAdded):
        find_or_add(alice, "https://github.com/o/another")
    add_many(bob, 3, "p")
    add_many(None, 2, "q", client_address="192.0.2.7")
    with pytest.raises(TooManyAdded):
        find_or_add(None, "https://github.com/o/another", client_address="192.0.2.7")
    add_many(None, 2, "s", client_address="192.0.2.8")


def test_addresses_of_one_ipv6_network_are_one(alice):
    add_many(None, 2, client_address="2001:db8::1")
    with pytest.raises(TooManyAdded):
        find_or_add(None, "https://github.com/o/another", client_address="2001:db8::2")


def test_known_repositories_are_not_limited_nor_counted(alice):
    add(parse_address("https://github.com/o/known"), None)
    add_many(alice, 3)
    for _ in range(5):
        add_many(alice, 3)
        find_or_add(alice, "https://github.com/o/known")
    assert RepositoryAddition.objects.count() == 3


def test_every_revision_counts_public_or_private(alice):
    find_or_add(alice, "https://github.com/o/r", token="ghp_verysecret123456")
    find_or_add(alice, "https://github.com/o/r", revision="v1")  # the person's own, too
    find_or_add(alice, "https://github.com/o/s", revision="v1")
    with pytest.raises(TooManyAdded):
        find_or_add(alice, "https://github.com/o/r", revision="v2")
    assert Repository.objects.count() == 3


def test_removing_a_repository_does_not_allow_another_one(alice):
    add_many(alice, 3)
    Repository.objects.all().delete()
    with pytest.raises(TooManyAdded):
        add_many(alice, 1)


def test_after_an_hour_more_may_be_added_and_the_counts_are_deleted(alice):
    add_many(alice, 3)
    RepositoryAddition.objects.update(added_at=timezone.now() - timedelta(minutes=50))
    with pytest.raises(TooManyAdded) as refused:
        find_or_add(alice, "https://github.com/o/another")
    assert 0 < refused.value.retry_after <= 600
    RepositoryAddition.objects.update(added_at=timezone.now() - timedelta(minutes=61))
    find_or_add(alice, "https://github.com/o/another")
    assert delete_old_additions() == 3


def test_zero_lets_nobody_add(settings):
    settings.ANONYMOUS_NEW_REPOSITORIES = 0
    with pytest.raises(TooManyAdded):
        add_many(None, 1)


def test_who_may_add_repositories_in_the_admin_is_not_limited(admin_user):
    add_many(admin_user, 5)


def test_the_form_says_it_in_words_of_the_reader(client, alice):
    client.force_login(alice)
    add_many(alice, 3)
    response = client.post(ADD, {"repo_url": "https://github.com/o/another"})
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3600
    page = response.content.decode()
    assert "You have added 3 repositories within an hour" in page
    assert "https://github.com/o/another" in page
    french = client.post(ADD, {"repo_url": "o/another"}, headers={"accept-language": "fr"})
    assert "Vous avez ajouté 3 dépôts" in french.content.decode()
