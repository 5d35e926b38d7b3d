"""Vectors in slices: in turn among people and repositories, resumable, never in the way of words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.embedders.fake import FakeEmbedder
from repos.jobs import claims, slices
from repos.models import Embedding, Index, IndexJob, Repository
from repos.search import search
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db
State, Phase = IndexJob.State, IndexJob.Phase


@pytest.fixture(autouse=True)
def one_call_a_slice(monkeypatch):
    """A slice is one call of the embedder, and that is of one text."""
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(FakeEmbedder, "batch", 1)


@pytest.fixture
def requested(tmp_path):
    """Request a folder of so many files of one chunk each; returns its job."""

    def request(name, files=3, person=None):
        folder = tmp_path / name
        write_files(
            folder, {f"m{n}.py": f"def {name}_{n}():\n    return {n}\n" for n in range(files)}
        )
        repository = add(parse_address(str(folder), "local"), None)
        return jobs.request(repository, person and person.pk)[0]

    return request


def fresh(job):
    return IndexJob.objects.select_related("repository__current_index").get(pk=job.pk)


def served():
    """Run one slice; returns the name of the repository that it computed vectors for."""
    before = dict(Index.objects.values_list("pk", "repository__name"))
    had = {pk: Embedding.objects.filter(index=pk).count() for pk in before}
    assert jobs.run_next_slice()
    grown = [n for pk, n in before.items() if Embedding.objects.filter(index=pk).count() > had[pk]]
    assert len(grown) == 1
    return grown[0]


def words_of(*requests):
    for _ in requests:
        jobs.run_next()


def found(repository, question):
    return [hit.path for hit in search([repository.pk], question, user_id=OPERATOR_ID).passages]


def test_a_slot_for_words_ends_when_words_answer_and_the_job_goes_on_waiting_for_vectors(requested):
    job = requested("one")
    assert jobs.run_next().pk == job.pk
    job = fresh(job)
    assert (job.state, job.phase, job.stage) == (State.QUEUED, Phase.VECTORS, "embedding")
    assert (job.progress, job.total, job.awaits_slice) == (0, 3, True)
    assert job.repository.current_index.state == Index.State.LEXICAL
    assert found(job.repository, "one_1")[0] == "m1.py"
    assert jobs.run_next() is None
    assert jobs.position(job) == 0


def test_progress_grows_from_slice_to_slice_and_the_last_one_ends_the_job(requested):
    job = requested("one")
    words_of(job)
    seen = []
    while jobs.run_next_slice():
        seen.append((fresh(job).progress, fresh(job).state))
    assert seen[:2] == [(1, State.QUEUED), (2, State.QUEUED)]
    assert seen[-1][1] == State.DONE
    job = fresh(job)
    assert job.result["files"] == 3
    assert job.repository.current_index.state == Index.State.READY


def test_repositories_are_served_in_turn(requested):
    words_of(requested("one"), requested("two"))
    assert [served() for _ in range(4)] == ["one", "two", "one", "two"]


def test_people_are_served_in_turn_however_many_repositories_one_has(requested, alice, bob):
    hers = [requested(f"a{n}", person=alice) for n in range(3)]
    words_of(*hers, requested("b", person=bob))
    turns = [served() for _ in range(6)]
    assert turns.count("b") == 3
    assert {"a0", "a1", "a2"} <= set(turns)


def test_a_new_repository_is_served_before_the_second_slice_of_another(requested, alice, bob):
    words_of(requested("one", person=alice))
    served()
    words_of(requested("two", person=bob))
    assert served() == "two"


def test_a_person_whose_other_job_is_being_served_elsewhere_comes_last(requested, alice, bob):
    first, second = requested("a0", person=alice), requested("a1", person=alice)
    third = requested("b", person=bob)
    words_of(first, second, third)
    assert claims.claim(first.pk)
    assert jobs.next_slices() == [third.pk, second.pk]


def test_a_worker_killed_between_two_slices_costs_nothing(requested):
    job = requested("one")
    words_of(job)
    served()
    assert claims.claim(job.pk)
    IndexJob.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert jobs.rescue() == 1
    job = fresh(job)
    assert (job.state, job.phase, job.crash_count) == (State.QUEUED, Phase.VECTORS, 1)
    assert served() == "one"
    assert fresh(job).crash_count == 0
    assert Embedding.objects.count() == 2


def test_vectors_that_kill_every_worker_are_given_up_and_words_stay(requested):
    job = requested("one")
    words_of(job)
    IndexJob.objects.update(crash_count=9)
    jobs.run_next_slice()
    job = fresh(job)
    assert (job.state, job.error_code) == (State.FAILED, "worker_crashed")
    assert found(job.repository, "one_1")[0] == "m1.py"


@pytest.mark.parametrize("stop", [jobs.pause, jobs.cancel])
def test_a_job_between_two_slices_can_be_paused_and_cancelled(requested, stop):
    job = requested("one")
    words_of(job)
    served()
    stop(job)
    assert not jobs.run_next_slice()
    assert Embedding.objects.count() == 1


def test_a_paused_job_goes_on_with_the_vectors_it_has(requested):
    job = requested("one")
    words_of(job)
    served()
    jobs.pause(job)
    jobs.resume(job)
    assert served() == "one"
    assert (fresh(job).progress, fresh(job).total) == (2, 3)


def test_a_request_between_two_slices_brings_the_new_words_at_once(requested, tmp_path):
    job = requested("one")
    words_of(job)
    served()
    write_files(tmp_path / "one", {"new.py": "def zebra():\n    return 1\n"})
    assert jobs.request(job.repository) == (job, False)
    assert fresh(job).phase == Phase.WORDS
    assert jobs.run_next().pk == job.pk
    assert found(fresh(job).repository, "zebra")[0] == "new.py"
    assert (fresh(job).phase, fresh(job).rerun_requested) == (Phase.VECTORS, False)
    assert Embedding.objects.count() == 1  # the first one's stays


def test_another_claim_ends_the_slice_of_a_worker_that_was_given_up(requested, monkeypatch):
    job = requested("one")
    words_of(job)

    def taken_over_meanwhile(self):
        IndexJob.objects.update(claim_number=99)
        return True

    monkeypatch.setattr(slices.Slice, "may_go_on", taken_over_meanwhile)
    assert jobs.run_next_slice()
    assert Embedding.objects.count() == 0
    assert fresh(job).state == State.RUNNING  # the other's


def test_a_slice_waits_while_questions_run_hot_but_not_for_ever(requested, monkeypatch, settings):
    settings.QUESTIONS_RUNNING = f"{__name__}.always"
    monkeypatch.setattr(slices, "FIRST_PAUSE_SECONDS", 0.5)
    waited = []
    monkeypatch.setattr(slices.stopping, "wait", waited.append)
    words_of(requested("one"))
    assert served() == "one"
    assert waited


def always():
    return True


# --- a refresh never takes vectors away ---------------------------------------------------------


@pytest.fixture
def refreshed(requested, tmp_path):
    """Index a folder whole, change it as told and index its words anew; returns its job."""

    def refresh(change, **options):
        job = requested("one", files=6)
        jobs.run(job.pk)
        write_files(tmp_path / "one", change)
        again, _ = jobs.request(job.repository, **options)
        jobs.run_next()
        return again

    return refresh


CHANGES = {"m1.py": "def zebra():\n    return 1\n", "n.py": "def quagga():\n    return 1\n"}


@pytest.mark.parametrize("force", [False, True])
def test_a_refresh_waits_for_its_vectors_while_the_old_index_answers(refreshed, force):
    job = fresh(refreshed(CHANGES, force=force))
    old = job.repository.current_index
    assert (job.state, job.phase, bool(job.staged_build)) == (State.QUEUED, Phase.VECTORS, True)
    assert old.state == Index.State.READY
    assert "m1.py" in found(job.repository, "one_1")
    assert "n.py" not in found(job.repository, "quagga")
    while jobs.run_next_slice():
        pass
    job = fresh(job)
    index = job.repository.current_index
    assert (job.state, job.staged_build, index.state) == (State.DONE, {}, Index.State.READY)
    assert found(job.repository, "quagga")[0] == "n.py"
    assert (index.files, job.result["files"], job.result["written"]) == (7, 7, 7 if force else 2)
    assert Index.objects.count() == 1
    assert Embedding.objects.count() == 7


def test_a_request_meanwhile_lets_the_refresh_end_and_runs_again(refreshed):
    job = refreshed(CHANGES)
    jobs.request(job.repository)
    assert fresh(job).phase == Phase.VECTORS
    while jobs.run_next_slice():
        pass
    assert fresh(job).state == State.DONE
    assert job.repository.jobs.unfinished().count() == 1


def test_other_options_or_a_dropped_index_meanwhile_begin_with_the_words_again(refreshed, settings):
    job = refreshed(CHANGES)
    settings.EMBEDDER_MODEL = "other"
    assert jobs.run_next_slice()
    assert (fresh(job).phase, fresh(job).state) == (Phase.WORDS, State.QUEUED)
    settings.EMBEDDER_MODEL = ""
    jobs.run_next()
    Index.objects.all().delete()
    Repository.objects.update(current_index=None)
    assert jobs.run_next_slice()
    assert fresh(job).phase == Phase.WORDS
    assert jobs.run(job.pk).state == State.DONE
    assert found(job.repository, "quagga")[0] == "n.py"


def test_an_unfinished_job_of_the_release_before_begins_anew_and_keeps_its_vectors(requested):
    """Such a job has no phase of its own, and may stand in the middle of its vectors."""
    job = requested("one")
    words_of(job)
    served()
    IndexJob.objects.update(
        state=State.RUNNING,
        phase=Phase.WORDS,
        heartbeat_at=timezone.now() - timedelta(minutes=1),
    )
    assert jobs.rescue() == 1
    jobs.run_next()
    assert fresh(job).phase == Phase.VECTORS
    assert Embedding.objects.count() == 1
    while jobs.run_next_slice():
        pass
    assert fresh(job).state == State.DONE
