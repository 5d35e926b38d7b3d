"""Asking about a repository without an index: its job's progress, or at once why there is none."""

import pytest

from chat.core.errors import NoSuchRepository, RetrieverFailed
from chat.services.index_progress import index_progress
from chat.services.retrieval import RepositoryRetriever
from repos import jobs, services
from repos.models import IndexJob, Repository
from repos.sources import parse_address
from repos.sources.errors import MESSAGES, NOT_FOUND_CODES, NotFound

pytestmark = pytest.mark.django_db
State = IndexJob.State


@pytest.fixture
def unindexed(folder):
    return services.add(parse_address(str(folder), "local"), None)


def job_of(repository, **changes):
    job, _ = jobs.request(repository, start=False)
    IndexJob.objects.filter(pk=job.pk).update(**changes)
    return job


@pytest.mark.parametrize("code", sorted(NOT_FOUND_CODES))
def test_whatever_was_not_found_is_no_such_repository_by_its_code(unindexed, code):
    job_of(unindexed, state=State.FAILED, error="Worte in einer anderen Sprache", error_code=code)
    with pytest.raises(NoSuchRepository, match="Worte"):
        index_progress(unindexed)


def test_the_codes_are_all_those_of_not_found():
    assert set(MESSAGES) >= NOT_FOUND_CODES
    assert NotFound().code in NOT_FOUND_CODES


@pytest.mark.parametrize("code", ["host_failed", "timeout", "no_revision", "internal", ""])
def test_another_failure_is_told_as_one_whatever_its_words(unindexed, code):
    error = "There is no such repository in this sentence"
    job_of(unindexed, state=State.FAILED, error=error, error_code=code)
    with pytest.raises(RetrieverFailed, match="no such repository in this"):
        index_progress(unindexed)


def test_a_job_that_ended_meanwhile_is_not_run_a_second_time(unindexed):
    read_before = Repository.objects.get(pk=unindexed.pk)
    assert jobs.run(job_of(unindexed).pk).state == State.DONE
    index_progress(read_before)
    assert unindexed.jobs.count() == 1


def test_an_index_that_was_dropped_is_built_again(unindexed):
    job_of(unindexed, state=State.DONE)
    index_progress(unindexed)
    assert unindexed.jobs.unfinished().count() == 1


def test_asking_after_a_failure_says_that_it_tries_again(unindexed, alice):
    job_of(unindexed, state=State.FAILED, error="x", error_code="timeout")
    services.touch(unindexed, alice.pk)
    assert unindexed.jobs.unfinished().count() == 1
    assert index_progress(unindexed).message == "Trying again: the last attempt failed"


@pytest.mark.django_db(transaction=True)
async def test_the_refusal_comes_at_once_and_not_after_the_time_to_wait(unindexed, settings):
    settings.INDEX_WAIT_SECONDS = 1_000_000
    from deepwiki.foundation.threads import in_thread

    await in_thread(job_of, unindexed, state=State.FAILED, error="x", error_code="not_found")
    retriever = RepositoryRetriever(unindexed.pk, None, loaded=unindexed)
    with pytest.raises(NoSuchRepository):
        await anext(retriever.retrieve("zebra", 5))
