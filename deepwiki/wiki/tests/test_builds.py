"""Builds of wikis: requested once, made page by page, stopped and taken over at any page."""

import pytest
from django.utils import timezone

from deepwiki.foundation.priority import LOWEST
from deepwiki.testing.fixtures import write_files
from deepwiki.wiki import builds, tasks
from deepwiki.wiki.builds import claims, runner
from deepwiki.wiki.models import BuildPage, PageVersion, Wiki, WikiBuild, WikiPage
from repos import jobs
from repos.jobs import slices
from repos.models import IndexHold

pytestmark = pytest.mark.django_db

FILES = {
    "README.md": "# Pocket\n\nA shop.\n",
    "pyproject.toml": "[project]\nname = 'pocket'\n",
    **{
        f"shop/cart/c{n}.py": f"from shop.cart import c0\n\n\ndef c{n}():\n    return c0\n"
        for n in range(6)
    },
    **{
        f"shop/mail/m{n}.py": f"from shop.mail import m0\n\n\ndef m{n}():\n    return m0\n"
        for n in range(6)
    },
}
State = WikiBuild.State


def test_words_come_before_vectors_and_vectors_before_wikis(settings):
    words = settings.WORKER_NICENESS
    vectors, wikis = (min(LOWEST, words + by) for by in (slices.LOWER_BY, tasks.LOWER_BY))
    assert words < vectors < wikis


def made(repository):
    build = builds.run(builds.request(repository, start=False)[0].pk)
    assert build.state == State.DONE, build.error
    return build


def reindexed(repository, root, files):
    write_files(root, files)
    jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()


def versions():
    """By slug of a page, the number of its newest version."""
    rows = PageVersion.objects.order_by("version_number")
    return dict(rows.values_list("page__slug", "version_number"))


def failing(monkeypatch, slug):
    """The writer of pages raises for one of them."""
    write = runner.write_page

    def write_page(page, *arguments):
        if page.slug == slug:
            raise RuntimeError("no")
        return write(page, *arguments)

    monkeypatch.setattr(runner, "write_page", write_page)


def stopping_after(count, stop):
    """Called after each page: stops the build after some of them."""
    seen = []

    def on_update(build):
        seen.append(build)
        if len(seen) == count:
            stop(build)

    return on_update


def test_a_build_writes_each_page_of_the_plan(app):
    build = made(app)
    wiki = Wiki.objects.get(repository=app)
    assert build.commit == wiki.commit == app.current_index.commit
    assert wiki.coverage["covered"] == wiki.coverage["total"] == 13 and wiki.built_at
    pages = WikiPage.objects.filter(wiki=wiki).order_by("position")
    assert pages[0].kind == "overview" and {"part", "guide", "code_map"} <= {p.kind for p in pages}
    assert versions() == dict.fromkeys(pages.values_list("slug", flat=True), 1)
    version = PageVersion.objects.get(page=pages[0])
    assert version.made_by == "code" and version.text.startswith("# Overview")
    assert not IndexHold.objects.exists()


def test_a_second_request_joins_the_first(app):
    first, is_new = builds.request(app)
    assert (builds.request(app), is_new) == ((first, False), True)
    Wiki.objects.update(is_disabled=True)
    with pytest.raises(builds.WikiDisabled):
        builds.request(app)


def test_the_same_commit_makes_no_new_versions(app):
    made(app)
    before = versions()
    made(app)
    assert versions() == before


def test_a_changed_file_changes_only_the_pages_that_say_something_else(app, tmp_path):
    made(app)
    pages = dict(WikiPage.objects.values_list("slug", "pk"))
    reindexed(app, tmp_path / "app", {"shop/mail/m3.py": "def letters():\n    return 1\n"})
    made(app)
    assert dict(WikiPage.objects.values_list("slug", "pk")) == pages
    part = WikiPage.objects.get(kind="part", title="Cart")
    numbers = versions()
    assert numbers[part.slug] == 1 and max(numbers.values()) == 2


def test_pages_of_removed_parts_stay_for_their_links_and_come_back(app, tmp_path):
    made(app)
    mail = WikiPage.objects.get(title="Mail", kind="part")
    root = tmp_path / "app"
    for path in (root / "shop/mail").iterdir():
        path.unlink()
    reindexed(app, root, {})
    made(app)
    mail.refresh_from_db()
    assert mail.is_removed and mail.versions.count() == 1
    reindexed(app, root, FILES)
    made(app)
    mail.refresh_from_db()
    assert not mail.is_removed


def test_a_page_that_fails_leaves_the_others_and_is_said_and_retried(app, monkeypatch):
    made(app)
    slug = WikiPage.objects.filter(kind="part").first().slug
    with monkeypatch.context() as patched:
        failing(patched, slug)
        build = builds.run(builds.request(app, start=False)[0].pk)
    total = build.pages.count()
    assert build.state == State.DONE
    assert build.error.startswith(f"{total - 1} of {total} pages are written; 1 failed.")
    assert "incident" in build.pages.get(state=BuildPage.State.FAILED).error
    assert builds.retry_failed(build)
    assert not builds.retry_failed(build)
    build = builds.run(build.pk)
    assert (build.state, build.error) == (State.DONE, "")
    assert set(build.pages.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("stop", [builds.pause, builds.cancel])
def test_a_stopped_build_ends_after_the_page_in_work(app, stop):
    build, _ = builds.request(app, start=False)
    build = builds.run(build.pk, stopping_after(2, stop))
    assert build.state == {"pause": "paused", "cancel": "cancelled"}[stop.__name__]
    assert build.pages.exclude(state="waiting").count() == PageVersion.objects.count() == 2


def test_a_paused_build_goes_on_with_the_pages_that_wait(app, monkeypatch):
    build, _ = builds.request(app, start=False)
    build = builds.run(build.pk, stopping_after(2, builds.pause))
    assert builds.run(build.pk).state == State.PAUSED
    assert builds.resume(build)
    first = set(PageVersion.objects.values_list("pk", flat=True))
    assert builds.run(build.pk).state == State.DONE
    assert first < set(PageVersion.objects.values_list("pk", flat=True))
    assert set(versions().values()) == {1}


def test_a_worker_that_lost_its_claim_saves_nothing_more(app):
    build, _ = builds.request(app, start=False)

    def taken_over(running):
        WikiBuild.objects.filter(pk=running.pk).update(claim_number=99)

    assert builds.run(build.pk, stopping_after(1, taken_over)).state == State.RUNNING
    assert PageVersion.objects.count() == 1


def test_the_build_of_a_dead_worker_is_queued_again_and_given_up_after_some(app):
    build, _ = builds.request(app, start=False)
    for count in range(1, runner.MAX_CRASHES + 1):
        assert claims.claim(build.pk) is not None
        assert builds.rescue() == 0
        WikiBuild.objects.update(heartbeat_at="2000-01-01T00:00Z")
        assert builds.rescue() == 1
        build.refresh_from_db()
        assert (build.state, build.crash_count) == (State.QUEUED, count)
    build = builds.run(build.pk)
    assert build.state == State.FAILED and "several times" in build.error


def test_a_build_reads_one_state_of_an_index_that_is_switched_meanwhile(app, tmp_path):
    build, _ = builds.request(app, start=False)
    before = app.current_index.commit

    def switch(running):
        reindexed(app, tmp_path / "app", {"shop/mail/m1.py": "def zebra():\n    return 1\n"})

    build = builds.run(build.pk, stopping_after(1, switch))
    assert (build.state, build.commit) == (State.DONE, before)
    assert not PageVersion.objects.filter(text__contains="zebra").exists()
    again = WikiBuild.objects.get(state=State.QUEUED)
    assert builds.run(again.pk).state == State.DONE
    assert PageVersion.objects.filter(text__contains="zebra").exists()


def test_a_build_paused_over_a_switch_begins_anew(app, tmp_path):
    build, _ = builds.request(app, start=False)
    build = builds.run(build.pk, stopping_after(3, builds.pause))
    reindexed(app, tmp_path / "app", {"shop/mail/m1.py": "def zebra():\n    return 1\n"})
    builds.resume(build)
    build = builds.run(build.pk)
    app.refresh_from_db()
    assert (build.state, build.commit) == (State.DONE, app.current_index.commit)
    assert set(build.pages.values_list("state", flat=True)) == {"done"}


def test_what_a_person_wrote_last_stays(app, tmp_path):
    made(app)
    overview = WikiPage.objects.get(kind="overview")
    PageVersion.objects.create(
        page=overview,
        version_number=2,
        title="Ours",
        commit="c",
        content={"summary": "s", "blocks": []},
        text="ours",
        made_by="person",
    )
    reindexed(app, tmp_path / "app", {"shop/new/n.py": "def new():\n    return 1\n"})
    made(app)
    assert versions()["overview"] == 2


def test_settings_in_the_repository_switch_the_wiki_off(app, tmp_path):
    reindexed(app, tmp_path / "app", {".deepwiki/wiki.toml": "enabled = false\n"})
    build = builds.run(builds.request(app, start=False)[0].pk)
    assert (build.state, build.error) == (State.CANCELLED, runner.SWITCHED_OFF)
    assert not builds.is_outdated(app)


def test_without_an_index_a_build_says_so(app):
    app.current_index = None
    app.save(update_fields=["current_index"])
    build = builds.run(builds.request(app, start=False)[0].pk)
    assert (build.state, build.error) == (State.FAILED, runner.NO_INDEX)


def test_a_repository_deleted_in_the_middle_ends_its_build(app):
    build, _ = builds.request(app, start=False)
    builds.run(build.pk, stopping_after(1, lambda build: app.delete()))
    assert not WikiBuild.objects.exists()


def test_the_wiki_follows_the_index_where_it_is_made_by_itself(app, tmp_path, settings):
    settings.WIKI_AUTOMATIC = True
    reindexed(app, tmp_path / "app", {"shop/new.py": "x = 1\n"})
    build = WikiBuild.objects.get()
    assert build.state == State.QUEUED
    assert builds.run_next().pk == build.pk
    assert builds.run_next() is None
    reindexed(app, tmp_path / "app", {})
    assert WikiBuild.objects.count() == 1
    Wiki.objects.update(is_disabled=True)
    reindexed(app, tmp_path / "app", {"shop/new.py": "x = 2\n"})
    assert WikiBuild.objects.count() == 1


def test_a_message_that_was_lost_is_sent_again(app):
    build, _ = builds.request(app, start=False)
    long_ago = timezone.now() - 2 * claims.MESSAGE_TIMEOUT
    WikiBuild.objects.filter(pk=build.pk).update(created_at=long_ago)
    builds.rescue()
    from procrastinate.contrib.django.models import ProcrastinateJob

    assert ProcrastinateJob.objects.filter(task_name="wiki.run_build").count() == 1
