"""`manage.py build_wiki`, and a worker that is killed while it makes one."""

import os
import signal
import subprocess
import sys

import pytest
from django.core.management import call_command

from chat import services as chat_services
from deepwiki.testing.servers import child_environment, stop
from deepwiki.testing.waiting import wait_until
from deepwiki.wiki import builds
from deepwiki.wiki.models import PageVersion, Wiki, WikiBuild
from repos.tests.test_worker import held, somebody_waits

FILES = {
    f"shop/{part}/{part}{n}.py": f"def f{n}():\n    return {n}\n"
    for part in ("a", "b")
    for n in range(9)
}


def command(*arguments):
    with pytest.raises(SystemExit) as ended:
        call_command("build_wiki", *arguments)
    return ended.value.code


@pytest.mark.django_db
def test_the_command_makes_a_wiki_and_says_so(app, capsys):
    call_command("build_wiki", app.name, "--wait")
    assert "pages at" in capsys.readouterr().out
    assert WikiBuild.objects.get().state == "done"


@pytest.mark.django_db
def test_without_waiting_it_is_requested(app, capsys):
    call_command("build_wiki", str(app.pk))
    assert "requested" in capsys.readouterr().out
    assert WikiBuild.objects.get().state == "queued"


@pytest.mark.django_db
def test_bad_input_and_failures_have_codes(app, capsys):
    assert command("nowhere") == 2
    Wiki.objects.create(repository=app, is_disabled=True)
    assert command(app.name, "--wait") == 2
    Wiki.objects.update(is_disabled=False)
    build, _ = builds.request(app, start=False)
    WikiBuild.objects.filter(pk=build.pk).update(crash_count=9)
    assert command(app.name, "--wait") == 1
    app.current_index = None
    app.save(update_fields=["current_index"])
    assert command(app.name) == 2


@pytest.mark.django_db
def test_a_model_is_held_to_the_day_of_who_added_the_repository(app, carol, capsys, settings):
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test"}
    chat_services.providers.cache_clear()
    settings.TOKENS_PER_DAY = 5_000
    with_model = ("build_wiki", app.name, "--model", "openai/writer")
    call_command(*with_model)
    assert "count in nobody's day" in capsys.readouterr().err
    WikiBuild.objects.all().delete()
    type(app).objects.update(added_by=carol)
    call_command(*with_model)
    assert "the day of carol: 5,000 are left" in capsys.readouterr().err
    assert WikiBuild.objects.get().max_tokens == 5_000
    WikiBuild.objects.update(state="done", input_tokens=5_000)
    assert command(*with_model[1:]) == 2
    assert "has used the tokens of the day" in capsys.readouterr().err


@pytest.mark.acceptance
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_costs_at_most_the_page_in_work(app):
    started = []

    def worker():
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            env=child_environment(8000, {}),
            stdin=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    build = builds.run(
        builds.request(app, start=False)[0].pk,
        lambda running: PageVersion.objects.count() == 3 and builds.pause(running),
    )
    kept = set(PageVersion.objects.values_list("pk", flat=True))
    assert len(kept) == 3
    builds.resume(build)
    try:
        with held("LOCK TABLE wiki_pageversion IN EXCLUSIVE MODE"):
            first = worker()
            wait_until(somebody_waits)
            assert WikiBuild.objects.get().state == "running"
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        assert set(PageVersion.objects.values_list("pk", flat=True)) == kept
        WikiBuild.objects.update(heartbeat_at="2000-01-01T00:00Z")  # as if half a minute had passed
        assert builds.rescue() == 1
        worker()
        wait_until(lambda: WikiBuild.objects.get().state == "done", 90)
    finally:
        for process in started:
            stop(process)
    numbers = PageVersion.objects.values_list("version_number", flat=True)
    assert set(numbers) == {1} and len(numbers) == build.pages.count()
    assert kept < set(PageVersion.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_with_a_model_the_command_says_what_it_costs(app, model, settings, capsys):
    from chat import services
    from deepwiki.wiki.tests.scripted_writer import answering

    assert command(app.name, "--model", "openai/writer") == 2
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    services.providers.cache_clear()
    model.write = answering()
    call_command("build_wiki", app.name, "--model", "openai/writer", "--wait", "--max-cost", "5")
    said = capsys.readouterr().err
    assert "pages, at most" in said and "tokens used" in said
    assert WikiBuild.objects.get().max_cost == 5
    call_command("build_wiki", app.name, "--model", "openai/writer", "--wait")
    again = WikiBuild.objects.latest("created_at")
    assert again.tokens > 0  # what is ordered is written again
