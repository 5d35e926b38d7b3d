"""A real worker whose vectors do not come on: words go on for everybody, and nothing is lost."""

import os
import signal

import pytest

from chat.testing.openai_server import OpenAIServer
from deepwiki.testing.waiting import wait_until
from repos import jobs
from repos.access import OPERATOR_ID
from repos.models import Embedding, Index, IndexJob
from repos.search import search
from repos.services import add
from repos.sources import parse_address
from repos.testing import make_repository
from repos.tests.test_worker import worker

__all__ = ["worker"]
pytestmark = [pytest.mark.acceptance, pytest.mark.django_db(transaction=True)]
State, Phase = IndexJob.State, IndexJob.Phase
SECONDS = 90.0
FILES = 300  # of one chunk each: four calls of the embedding service at once, then one


@pytest.fixture
def service():
    """An embedding service that answers a request for each `release()`."""
    with OpenAIServer() as service:
        yield service
        service.release(1_000)


@pytest.fixture
def environment(service, host):
    return {
        "DEEPWIKI_EMBEDDER": "openai",
        "DEEPWIKI_EMBEDDER_MODEL": "fake?hold=1",
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": service.url,
        "DEEPWIKI_CLONE_ALLOW": host.netloc,
    }


def requested(host, name, files=FILES):
    made = {f"m{n}.py": f"def {name}_{n}():\n    return {n}\n" for n in range(files)}
    if files:
        make_repository(host.root / name, made)
    return jobs.request(add(parse_address(f"{host.url}/{name}", "git"), None))[0]


def fresh(job):
    return IndexJob.objects.select_related("repository__current_index").get(pk=job.pk)


def answers_by_words(job):
    return fresh(job).repository.current_index is not None


def test_a_third_repository_answers_by_words_while_two_wait_for_their_vectors(
    worker, service, host, environment
):
    first = [requested(host, "one"), requested(host, "two")]
    worker(**environment)
    wait_until(lambda: all(map(answers_by_words, first)), SECONDS)
    service.wait_for(lambda: service.embedding, SECONDS)

    third, missing = requested(host, "three", files=2), requested(host, "missing", files=0)
    wait_until(lambda: answers_by_words(third), SECONDS)
    found = search([third.repository_id], "three_1", user_id=OPERATOR_ID).passages
    assert found[0].path == "m1.py"
    wait_until(lambda: fresh(missing).state == State.FAILED)
    assert fresh(missing).error_code == "not_found"
    assert Embedding.objects.count() == 0  # not one vector was there yet
    assert {fresh(job).phase for job in [*first, third]} == {Phase.VECTORS}

    service.release(1_000)
    wait_until(lambda: all(fresh(job).state == State.DONE for job in [*first, third]), SECONDS)
    ready = Index.objects.filter(state=Index.State.READY)
    assert ready.count() == 3


def test_a_worker_killed_amid_vectors_is_taken_over_with_those_it_stored(
    worker, service, host, environment
):
    job = requested(host, "one")
    killed = worker(**environment)
    service.wait_for(lambda: service.embedding, SECONDS)
    service.release(4)
    stored = wait_until(Embedding.objects.count)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    IndexJob.objects.filter(pk=job.pk, state=State.RUNNING).update(
        heartbeat_at="2000-01-01T00:00Z"  # as if half a minute had passed
    )
    asked = len(service.requests)
    service.release(1_000)
    worker(**environment)
    wait_until(lambda: fresh(job).state == State.DONE, SECONDS)
    texts = sum(len(request["input"]) for request in service.requests[asked:])
    assert texts <= FILES - stored
    assert Embedding.objects.count() == FILES


def test_two_workers_share_the_vectors_of_two_repositories(worker, service, host, environment):
    both = [requested(host, "one"), requested(host, "two")]
    worker(**environment)
    worker(**environment)
    wait_until(
        lambda: IndexJob.objects.filter(state=State.RUNNING, phase=Phase.VECTORS).count() == 2,
        SECONDS,
    )
    service.release(1_000)
    wait_until(lambda: all(fresh(job).state == State.DONE for job in both), SECONDS)
    assert Embedding.objects.count() == 2 * FILES


def test_sigterm_amid_vectors_hands_the_job_back_with_its_vectors(
    worker, service, host, environment
):
    job = requested(host, "one")
    stopped = worker(**environment)
    service.wait_for(lambda: service.embedding, SECONDS)
    service.release(4)
    stored = wait_until(Embedding.objects.count)
    stopped.send_signal(signal.SIGTERM)
    service.release(4)
    assert stopped.wait(30) == 0
    job = fresh(job)
    assert (job.state, job.phase) == (State.QUEUED, Phase.VECTORS)
    assert Embedding.objects.count() >= stored
