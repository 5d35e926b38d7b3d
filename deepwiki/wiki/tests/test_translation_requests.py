"""A page is translated by a model when a manager asks for it, in the background."""

from urllib.parse import quote

import pytest
from django.utils import timezone

from chat import services
from deepwiki.wiki.models import PageVersion, TranslationRequest, WikiPage
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write
from deepwiki.wiki.translation import page_requests
from deepwiki.wiki.translation.page_requests import RUN_TIMEOUT, run_request
from repos.jobs import stopping

pytestmark = pytest.mark.django_db
State = TranslationRequest.State

# The texts of the sample page `mail`, translated; in their order.
PARTS = (
    "Courrier",
    "Ce dont parle `Mail`.",
    "## Ce qu'elle contient",
    "`shop/mail.js:L1-L3` envoie un reçu.",
)
WRONG = (*PARTS[:3], "`shop/mail.js:L1-L2` envoie un reçu.")


@pytest.fixture
def answering(model, settings):
    """What the default model answers."""

    def answering(answer):
        settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        settings.PROVIDER = "openai"
        services.providers.cache_clear()
        model.default = f"fake?{answer}"
        return model

    yield answering
    services.providers.cache_clear()


def parts(texts):
    answer = "\n\n".join(f"[[{at}]]\n{text}" for at, text in enumerate(texts, 1))
    return f"text={quote(answer, safe='')}"


@pytest.fixture
def page(repository):
    return make_wiki(repository).pages.get(slug="mail")


@pytest.fixture
def manager(client, admin_user):
    client.force_login(admin_user)
    return client


def address(page, end=""):
    return f"/r/{page.wiki.repository_id}/wiki/mail{end}?language=fr"


def requested(page, manager):
    assert manager.post(address(page, "/translate")).status_code == 302
    return TranslationRequest.objects.get(page=page, language="fr")


def text(reply):
    assert reply.status_code == 200
    return reply.content.decode()


def test_a_page_is_translated_and_read(page, manager, answering):
    server = answering(parts(PARTS))
    before = text(manager.get(address(page)))
    assert "Translate it into Français" in before and "tokens." in before
    request = requested(page, manager)
    assert "A translation is being made." in text(manager.get(address(page)))
    assert not server.requests
    done = run_request(request.pk)
    assert (done.state, done.error) == (State.DONE, "")
    assert done.input_tokens and done.output_tokens and done.model
    version = current_version(page, "fr")
    assert version.made_by == PageVersion.Author.MODEL
    assert version.translated_from == current_version(page, "en")
    assert version.content["untranslated"] == 0
    shown = text(manager.get(address(page)))
    assert "envoie un reçu." in shown and 'lang="fr">Courrier</h2>' in shown
    assert "being made" not in shown and "shown as it was written" not in shown
    assert "French" in server.requests[0]["messages"][0]["content"]


def test_a_paragraph_with_another_citation_stays_and_is_told(page, manager, answering):
    answering(parts(WRONG))
    run_request(requested(page, manager).pk)
    shown = text(manager.get(address(page)))
    assert "sends a receipt." in shown and "elle contient" in shown
    assert "1 paragraph could not be translated and stays as it was written." in shown


@pytest.mark.parametrize("answer", ["text=No.", "fault=500", "fault=cut", "fault=empty"])
def test_a_model_that_does_not_translate_leaves_the_page_and_says_why(
    page, manager, answering, answer
):
    answering(answer)
    request = run_request(requested(page, manager).pk)
    assert request.state == State.FAILED and request.error
    assert not page.versions.filter(language="fr").exists()
    shown = text(manager.get(address(page)))
    assert "It could not be translated:" in shown and "127.0.0.1" not in shown
    assert "Translate it into Français" in shown


def test_without_a_model_nothing_is_offered(page, manager):
    services.providers.cache_clear()
    assert "Translate it into" not in text(manager.get(address(page)))
    request = run_request(requested(page, manager).pk)
    assert request.error == "No language model is set up."


def test_only_who_manages_a_repository_asks_for_translations(page, client, alice, answering):
    answering(parts(PARTS))
    client.force_login(alice)
    assert "Translate it into" not in text(client.get(address(page)))
    assert client.post(address(page, "/translate")).status_code == 404
    assert not TranslationRequest.objects.exists()


def test_a_page_is_translated_once_at_a_time(page, manager, answering):
    server = answering(parts(PARTS))
    first = requested(page, manager)
    assert requested(page, manager).pk == first.pk
    run_request(first.pk)
    assert run_request(first.pk) is None
    assert len(server.requests) == 1


def test_a_request_whose_worker_died_can_be_made_again(page, manager, answering):
    answering(parts(PARTS))
    request = requested(page, manager)
    rows = TranslationRequest.objects.filter(pk=request.pk)
    rows.update(state=State.RUNNING, changed_at=timezone.now() - RUN_TIMEOUT * 2)
    requested(page, manager)
    assert run_request(request.pk).state == State.DONE


def test_what_a_translation_may_take_is_bounded(page, manager, answering, monkeypatch):
    monkeypatch.setattr(page_requests, "CAP", 1)
    monkeypatch.setattr(page_requests, "CAP_TOKENS", 0)
    server = answering(parts(PARTS))
    assert run_request(requested(page, manager).pk).state == State.FAILED
    assert not server.requests


def test_a_page_that_has_changed_is_translated_again(page, manager, answering):
    answering(parts(PARTS))
    run_request(requested(page, manager).pk)
    write(page, SamplePage("mail", "Mail", "Newer."), page.wiki.commit)
    assert "has changed since it was translated" in text(manager.get(address(page)))
    answering(parts(["Courrier", "Ce dont parle `Mail`.", "Plus récent."]))
    run_request(requested(page, manager).pk)
    assert "Plus récent." in text(manager.get(address(page)))
    assert WikiPage.objects.get(pk=page.pk).versions.filter(language="fr").count() == 2


def test_a_worker_that_ends_puts_the_request_back(page, manager, answering):
    answering("hold=1")
    request = requested(page, manager)
    stopping.set()
    try:
        assert run_request(request.pk).state == State.WAITING
    finally:
        stopping.clear()
    answering(parts(PARTS))
    assert run_request(request.pk).state == State.DONE


def test_a_page_that_a_model_wrote_in_another_language_is_translated_from_it(
    page, manager, answering
):
    PageVersion.objects.filter(page=page).update(language="ja")
    server = answering(parts(PARTS))
    run_request(requested(page, manager).pk)
    version = current_version(page, "fr")
    assert (version.title, version.translated_from.language) == ("Courrier", "ja")
    assert "from English" not in server.requests[-1]["messages"][0]["content"]
    assert "has changed since" not in text(manager.get(address(page)))
    manager.post(address(page, "/translate").replace("=fr", "=ja"))
    assert not TranslationRequest.objects.filter(language="ja").exists()
    manager.post(address(page, "/translate").replace("=fr", "=en"))
    assert TranslationRequest.objects.filter(language="en").exists()
