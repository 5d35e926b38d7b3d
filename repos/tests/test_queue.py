"""The queue of index jobs: the place of each, at a cost that does not grow with the polls."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from deepwiki.testing.growth import LINEAR, growth
from deepwiki.testing.waiting import wait_until
from repos import jobs
from repos.jobs import claims, queue
from repos.models import IndexJob, Repository
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db
QUEUED = 2_000


def a_job():
    return jobs.request(add(parse_address("https://x.example.org/a/b"), None), start=False)[0]


@pytest.fixture
def queued(alice, bob):
    """Many waiting jobs of two people, in the order of their requests."""

    def make(count):
        IndexJob.objects.all().delete()
        Repository.objects.all().delete()
        repositories = Repository.objects.bulk_create(
            Repository(kind="git", url=f"https://x.example.org/{n}", name=str(n))
            for n in range(count)
        )
        return IndexJob.objects.bulk_create(
            IndexJob(repository=repository, requested_by=(alice, bob)[n % 4 == 0])
            for n, repository in enumerate(repositories)
        )

    return make


def test_a_poll_asks_for_its_place_by_one_statement_and_reads_one_row(queued):
    made = queued(QUEUED)
    with CaptureQueriesContext(connection) as captured:
        place = jobs.position(made[-1])
    assert len(captured) == 1
    assert place == [job.pk for job in jobs.waiting()].index(made[-1].pk)


def test_the_whole_order_costs_no_more_than_linearly(queued):
    queued(QUEUED)
    assert growth(lambda size: queue.next_waiting(size), QUEUED) < LINEAR


def test_the_order_is_that_of_taking_one_after_the_other(queued):
    """Each next is the oldest of the person with the fewest before it."""
    made = queued(24)
    counts, expected, left = {}, [], list(made)
    while left:
        job = min(left, key=lambda job: (counts.get(job.requested_by_id, 0), made.index(job)))
        left.remove(job)
        counts[job.requested_by_id] = counts.get(job.requested_by_id, 0) + 1
        expected.append(job.pk)
    assert [job.pk for job in jobs.waiting()] == expected
    assert [jobs.position(job) for job in made] == [expected.index(job.pk) for job in made]


@pytest.mark.django_db(transaction=True)
def test_a_request_for_a_person_or_repository_that_is_deleted_is_refused():
    repository = add(parse_address("https://x.example.org/a/b"), None)
    with pytest.raises(IntegrityError):
        jobs.request(repository, 987_654, start=False)
    Repository.objects.filter(pk=repository.pk).delete()
    with pytest.raises(IntegrityError):
        jobs.request(repository, start=False)
    assert not get_user_model().objects.filter(pk=987_654).exists()


def test_a_cancelled_job_says_when_it_ended():
    job = a_job()
    jobs.cancel(job)
    assert IndexJob.objects.get(pk=job.pk).finished_at


def test_a_job_that_is_stuck_loses_its_claim_and_others_take_it_over(monkeypatch):
    monkeypatch.setattr(claims, "HEARTBEAT_SECONDS", 0.01)
    job = claims.claim(a_job().pk)
    progress = jobs.JobProgress(job)
    assert not progress.is_stuck()
    progress._moved -= 10_000.0
    renewed = []
    monkeypatch.setattr(claims, "renew", renewed.append)
    with claims.heartbeat(job, progress.is_stuck):
        wait_until(lambda: not any("renew_until_ended" in t.name for t in threading.enumerate()))
    assert renewed == []
    progress.is_cancelled()
    assert not progress.is_stuck()
