"""What whoever manages a repository decides about its wiki."""

import pytest

from deepwiki.wiki.models import BuildPage, PageVersion, RenderedPage, Wiki, WikiBuild, WikiPage
from deepwiki.wiki.tests.wikis import make_wiki

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(client, repository, carol):
    """Does something as a manager."""
    client.force_login(carol)

    def act(action):
        return client.post(f"/r/{repository.pk}/wiki-change/{action}").status_code

    return act


def test_a_repository_can_be_without_a_wiki(act, client, repository):
    assert act("off") == 302
    page = client.get(f"/r/{repository.pk}/wiki/")
    assert page.status_code == 404
    assert "Switch the wiki on" in page.content.decode()
    assert act("on") == 302
    assert client.get(f"/r/{repository.pk}/wiki/").status_code == 200


def test_strangers_may_be_let_in_and_kept_out_again(act, repository):
    make_wiki(repository)
    act("public")
    assert Wiki.objects.get().is_public
    act("private")
    assert not Wiki.objects.get().is_public


def test_a_wiki_that_is_deleted_is_gone_from_every_table(act, client, repository):
    wiki = make_wiki(repository)
    WikiBuild.objects.create(wiki=wiki)
    client.get(f"/r/{repository.pk}/wiki/prices")
    assert RenderedPage.objects.exists()
    assert act("delete") == 302
    for table in (Wiki, WikiPage, PageVersion, RenderedPage, WikiBuild):
        assert not table.objects.exists()


def test_who_does_not_manage_the_repository_decides_nothing(client, repository, alice):
    make_wiki(repository)
    client.force_login(alice)
    for action in ("off", "public", "delete", "build", "cancel"):
        assert client.post(f"/r/{repository.pk}/wiki-change/{action}").status_code == 404
    assert "Manage this wiki" not in client.get(f"/r/{repository.pk}/wiki/").content.decode()
    wiki = Wiki.objects.get()
    assert not wiki.is_disabled
    assert not wiki.is_public


def test_an_unknown_action_is_not_there(act):
    assert act("explode") == 404


def states():
    return list(WikiBuild.objects.order_by("created_at").values_list("state", flat=True))


def test_a_wiki_is_built_paused_resumed_cancelled_and_built_again(act, client, repository):
    page = f"/r/{repository.pk}/wiki/"
    assert "Build it" in client.get(page).content.decode()
    for action, expected in {
        "build": ["queued"],
        "pause": ["paused"],
        "resume": ["queued"],
        "cancel": ["cancelled"],
        "resume ": ["cancelled"],
        "build ": ["cancelled", "queued"],
    }.items():
        assert act(action.strip()) == 302
        assert states() == expected
    assert "Pause" in client.get(page).content.decode()


def test_failed_pages_are_tried_again(act, client, repository):
    wiki = make_wiki(repository)
    build = WikiBuild.objects.create(wiki=wiki, state="done")
    BuildPage.objects.create(build=build, page=wiki.pages.first(), state="failed")
    assert "Try again" in client.get(f"/r/{repository.pk}/wiki/").content.decode()
    act("retry")
    assert states() == ["queued"]


def test_a_wiki_that_is_switched_off_is_not_built(act, repository):
    act("off")
    assert act("build") == 302
    assert states() == []


def test_the_empty_page_is_loaded_anew_when_its_wiki_has_been_built(act, client, repository):
    progress = f"/r/{repository.pk}/wiki-progress?empty=1"
    act("build")
    assert "HX-Refresh" not in client.get(progress).headers
    WikiBuild.objects.update(state="done")
    assert client.get(progress).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(f"/r/{repository.pk}/wiki-progress").headers
