"""A disk that is almost full: indexing stops with words, and what is indexed stays."""

import errno

import psycopg
import pytest
from django.db import OperationalError

from deepwiki.foundation import disk_space
from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.embedders.fake import FakeEmbedder
from repos.index import writer
from repos.models import IndexJob
from repos.search import search

pytestmark = pytest.mark.django_db
MORE_THAN_ANY_DISK = 10**12  # megabytes


def run(repository, **options):
    return jobs.run(jobs.request(repository, start=False, **options)[0].pk)


def test_the_reserve_is_compared_with_what_is_free(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "is/not/there/yet"
    settings.DISK_RESERVE_MEGABYTES = 0
    assert not disk_space.is_low()
    settings.DISK_RESERVE_MEGABYTES = 1
    assert not disk_space.is_low()
    settings.DISK_RESERVE_MEGABYTES = MORE_THAN_ANY_DISK
    assert disk_space.is_low()


def test_indexing_stops_below_the_reserve_and_the_old_index_answers(repository, folder, settings):
    write_files(folder, {"new.py": "zebra = 1\n"})
    settings.DISK_RESERVE_MEGABYTES = MORE_THAN_ANY_DISK
    job = run(repository)
    assert (job.state, job.error_code) == (IndexJob.State.FAILED, "disk_full")
    assert "almost full" in job.error
    assert search([repository.pk], "discount", user_id=OPERATOR_ID).passages
    settings.DISK_RESERVE_MEGABYTES = 1
    assert run(repository).state == IndexJob.State.DONE


def test_it_stops_in_the_middle_of_the_vectors_too(repository, settings, monkeypatch):
    real = FakeEmbedder.embed

    def filling(self, texts):
        settings.DISK_RESERVE_MEGABYTES = MORE_THAN_ANY_DISK
        return real(self, texts)

    monkeypatch.setattr(FakeEmbedder, "embed", filling)
    monkeypatch.setattr("repos.jobs.progress.UPDATE_SECONDS", 0.0)
    settings.EMBEDDER_MODEL = "other"
    assert run(repository).error_code == "disk_full"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OperationalError("could not extend file"),
    ],
)
def test_a_disk_that_fills_faster_than_it_is_looked_at_has_the_same_words(
    repository, monkeypatch, error
):
    if isinstance(error, OperationalError):
        error.__cause__ = psycopg.errors.DiskFull()

    def full(*args, **kwargs):
        raise error

    monkeypatch.setattr(writer, "begin", full)
    job = run(repository, force=True)
    assert (job.state, job.error_code) == (IndexJob.State.FAILED, "disk_full")


def test_readyz_reports_it_and_stays_ready(client, settings):
    settings.DISK_RESERVE_MEGABYTES = MORE_THAN_ANY_DISK
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["disk"]) == (200, "almost full: nothing is indexed")
    settings.DISK_RESERVE_MEGABYTES = 0
    assert client.get("/readyz").json() == {"status": "ok"}
