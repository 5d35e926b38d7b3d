"""How long a job still takes: true across pauses, and beside other jobs."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.embedders.fake import FakeEmbedder
from repos.jobs import progress, slices
from repos.models import Embedding, IndexJob, Repository
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db
State, Phase = IndexJob.State, IndexJob.Phase
CALL_SECONDS = 10.0
BEFORE = "0024_code_graph"


class Clock:
    """A clock that stands still but for calls of the embedder and `pass_`."""

    def __init__(self):
        self.now = 1_000.0

    def monotonic(self):
        return self.now

    def pass_(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    embed = FakeEmbedder.embed

    def slowly(self, texts):
        clock.pass_(CALL_SECONDS)
        return embed(self, texts)

    monkeypatch.setattr(progress, "time", clock)
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(FakeEmbedder, "batch", 1)
    monkeypatch.setattr(FakeEmbedder, "embed", slowly)
    return clock


@pytest.fixture
def words_of(tmp_path):
    """Index the words of a folder of so many files of one chunk each; returns its job."""

    def request(name, files, person=None):
        folder = tmp_path / name
        write_files(
            folder, {f"m{n}.py": f"def {name}_{n}():\n    return {n}\n" for n in range(files)}
        )
        repository = add(parse_address(str(folder), "local"), person)
        job, _ = jobs.request(repository, person and person.pk)
        jobs.run_next()
        return job

    return request


def fresh(job):
    return IndexJob.objects.select_related("repository__current_index").get(pk=job.pk)


def left(job):
    return jobs.seconds_left(fresh(job))


def run_slices(count):
    for _ in range(count):
        assert jobs.run_next_slice()


def test_a_job_alone_takes_what_it_took_so_far_for_each_vector(clock, words_of):
    job = words_of("one", 5)
    assert left(job) is None  # no pace is known
    run_slices(2)
    assert left(job) == 3 * CALL_SECONDS
    run_slices(1)
    assert left(job) == 2 * CALL_SECONDS


def test_neither_a_pause_nor_a_wait_counts(clock, words_of):
    job = words_of("one", 5)
    run_slices(2)
    jobs.pause(job)
    clock.pass_(3_600)
    assert left(job) is None
    jobs.resume(job)
    clock.pass_(60)  # until a worker comes
    assert (fresh(job).progress, left(job)) == (2, 3 * CALL_SECONDS)
    run_slices(1)
    assert (fresh(job).progress, left(job)) == (3, 2 * CALL_SECONDS)


def test_a_job_paused_while_it_runs_tells_how_far_it_came(clock, words_of, monkeypatch):
    """Its row is written once a second: what came since is not lost."""
    monkeypatch.setattr(slices, "SLICE_SECONDS", 1_000.0)
    monkeypatch.setattr(progress, "UPDATE_SECONDS", 1_000_000.0)
    job = words_of("one", 5)
    may_go_on, calls = slices.Slice.may_go_on, []

    def pausing(self):
        calls.append(self)
        if len(calls) == 4:
            jobs.pause(job)
        return may_go_on(self)

    monkeypatch.setattr(slices.Slice, "may_go_on", pausing)
    run_slices(1)
    job = fresh(job)
    assert (job.state, job.progress, job.total) == (State.PAUSED, 3, 5)
    assert Embedding.objects.count() == 3
    assert job.worked_seconds == 4 * CALL_SECONDS


def test_jobs_of_one_person_take_turns(clock, words_of, alice):
    long, short = words_of("long", 10, alice), words_of("short", 4, alice)
    run_slices(4)  # two each: 8 and 2 are left
    assert left(short) == 2 * 2 * CALL_SECONDS
    assert left(long) == (8 + 2) * CALL_SECONDS


def test_a_person_with_many_jobs_delays_others_by_no_more_than_one_with_a_long_one(
    clock, words_of, alice, bob
):
    his = words_of("his", 4, bob)
    for name in "abc":
        words_of(name, 5, alice)
    run_slices(2)  # one each: of his job 3 vectors are left
    assert fresh(his).progress == 1
    assert left(his) == 2 * 3 * CALL_SECONDS


def test_the_pace_of_others_is_that_of_a_job_that_has_none_yet(clock, words_of):
    first = words_of("first", 6)
    run_slices(2)
    second = words_of("second", 3)
    assert left(second) == 2 * 3 * CALL_SECONDS
    assert left(first) == (4 + 3) * CALL_SECONDS


def test_two_workers_halve_the_wait_for_others(clock, words_of):
    first, second = words_of("first", 6), words_of("second", 6)
    run_slices(4)
    assert left(first) == (4 + 4) * CALL_SECONDS
    IndexJob.objects.update(state=State.RUNNING, heartbeat_at=timezone.now())
    assert left(first) == left(second) == 4 * CALL_SECONDS


def test_a_job_that_reads_files_takes_what_it_took_for_each(db):
    job = IndexJob(
        state=State.RUNNING, phase=Phase.WORDS, total=100, progress=20, worked_seconds=5.0
    )
    assert jobs.seconds_left(job) == 20
    job.worked_seconds = 0.5
    assert jobs.seconds_left(job) is None


def test_the_page_says_it(clock, words_of, alice, client):
    job = words_of("one", 40, alice)
    run_slices(2)
    client.force_login(alice)
    page = client.get(reverse("repository-status", args=[job.repository_id])).content.decode()
    assert "about 6 min" in page


@pytest.mark.django_db(transaction=True)
def test_a_job_of_the_release_before_keeps_its_estimate():
    repository = Repository.objects.create(kind="git", url="https://x.example/a/b", name="a/b")
    job = IndexJob.objects.create(
        repository=repository, state=State.PAUSED, phase=Phase.VECTORS, worked_seconds=100.0
    )
    try:
        call_command("migrate", "repos", BEFORE, verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert fresh(job).worked_seconds >= 100
