"""A worker that is killed in the middle of pages by a model: the pages it wrote stay."""

import os
import signal
import subprocess
import sys

import pytest

from deepwiki.testing.servers import child_environment, stop
from deepwiki.testing.waiting import wait_until
from deepwiki.wiki import builds
from deepwiki.wiki.models import PageVersion, WikiBuild
from deepwiki.wiki.tests.scripted_writer import answering, title_of
from deepwiki.wiki.tests.test_builds import FILES as FILES
from repos.tests.test_worker import held, somebody_waits


@pytest.mark.acceptance
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_costs_at_most_the_page_in_work(app, model):
    model.write = answering()
    started = []

    def worker():
        keys = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            env=child_environment(8000, keys),
            stdin=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    order = builds.BuildOrder("openai", "writer")
    build, _ = builds.request(app, order=order)
    try:
        with held("LOCK TABLE wiki_pageclaim IN EXCLUSIVE MODE"):
            first = worker()
            wait_until(somebody_waits, 60)  # a page by the model is being saved
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        kept = set(PageVersion.objects.values_list("pk", flat=True))
        WikiBuild.objects.update(heartbeat_at="2000-01-01T00:00Z")  # as if half a minute had passed
        assert builds.rescue() == 1
        worker()
        wait_until(lambda: WikiBuild.objects.get().state == "done", 90)
    finally:
        for process in started:
            stop(process)
    build.refresh_from_db()
    assert (build.error, build.crash_count) == ("", 1)
    assert set(PageVersion.objects.values_list("version_number", flat=True)) == {1}
    assert kept <= set(PageVersion.objects.values_list("pk", flat=True))
    titles = [title_of(body) for body in model.requests if title_of(body)]
    assert build.pages.count() >= 12 and len(titles) == len(set(titles)) + 1
