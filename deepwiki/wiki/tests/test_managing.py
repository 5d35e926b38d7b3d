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


@pytest.fixture
def with_service(settings, model, tmp_path):
    from chat import services

    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    settings.MODELS_FILE = tmp_path / "models.toml"
    settings.MODELS_FILE.write_text(
        '[openai]\nlabel = "O"\nadapter = "openai"\nkey = "OPENAI_API_KEY"\n'
        'address = ["OPENAI_BASE_URL", ""]\n'
        '[[openai.models]]\nid = "writer"\nlabel = "Writer"\ncontext = 64000\noutput = 4000\n'
        "price = [1, 2]\n"
    )
    services.providers.cache_clear()


def test_a_build_by_a_model_is_estimated_and_confirmed_with_caps(
    act, client, repository, with_service
):
    make_wiki(repository)
    page = f"/r/{repository.pk}/wiki-build"
    shown = client.get(page).content.decode()
    assert "About 3 pages by the model" in shown and "about $0." in shown
    assert client.get(f"{page}?model=openai|other").status_code == 404
    form = {"model": "openai|writer", "max_tokens": "5000", "max_cost": "0.25"}
    assert client.post(page, form).status_code == 302
    build = WikiBuild.objects.get()
    assert (build.provider, build.model) == ("openai", "writer")
    assert (build.max_tokens, build.max_cost, build.state) == (5_000, 0.25, "queued")


def test_the_language_of_the_pages_is_chosen_with_the_model(act, client, repository, with_service):
    page = f"/r/{repository.pk}/wiki-build"
    client.cookies["language"] = "ru"
    assert '<option value="ru" selected>' in client.get(page).content.decode()
    form = {"model": "openai|writer", "max_tokens": "5000"}
    assert client.post(page, {**form, "language": "tlh"}).status_code == 404
    assert client.post(page, {**form, "language": "zh-tw"}).status_code == 302
    assert WikiBuild.objects.get().language == "zh-tw"
    assert '<option value="zh-tw" selected>' in client.get(page).content.decode()


def test_without_a_model_the_page_says_what_to_do(act, client, repository, settings):
    from chat import services

    settings.PROVIDER_ENVIRONMENT = {}
    services.providers.cache_clear()
    shown = client.get(f"/r/{repository.pk}/wiki-build").content.decode()
    assert "No language model is set up." in shown


def test_one_page_is_requested_again_with_the_last_model(act, client, repository):
    wiki = make_wiki(repository)
    WikiBuild.objects.create(wiki=wiki, state="done", provider="openai", model="writer")
    address = f"/r/{repository.pk}/wiki/prices/again"
    assert "/wiki/prices/again" in client.get(f"/r/{repository.pk}/wiki/prices").content.decode()
    assert client.post(address).status_code == 302
    build = WikiBuild.objects.get(state="queued")
    assert (build.only_slug, build.model) == ("prices", "writer") and build.max_tokens


def test_pages_that_the_model_could_not_write_are_listed_with_the_reason(act, client, repository):
    wiki = make_wiki(repository)
    build = WikiBuild.objects.create(wiki=wiki, state="done", model="writer")
    BuildPage.objects.create(
        build=build, page=wiki.pages.last(), state="done", is_fallback=True, error="It said no."
    )
    shown = client.get(f"/r/{repository.pk}/wiki/").content.decode()
    assert "It said no." in shown and "could not be written by the model" in shown
    assert "Try again" in shown
    act("retry")
    assert build.pages.get().state == "waiting"
