"""Pages that a model wrote in another language than the reader's: shown, with what is made of the code."""

import pytest

from chat.services.wiki_texts import wiki_pages
from deepwiki.wiki import builds
from deepwiki.wiki.api.built_wikis import built_wiki
from deepwiki.wiki.builds.language import last_language
from deepwiki.wiki.models import PageVersion, TranslationRequest, Wiki, WikiBuild
from deepwiki.wiki.reading.current_versions import current_version
from deepwiki.wiki.services import automatic_order
from deepwiki.wiki.tests.test_builds import FILES as FILES
from deepwiki.wiki.tests.test_builds import made
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write
from deepwiki.wiki.translation.originals import original_of

pytestmark = pytest.mark.django_db
JAPANESE = SamplePage("mail", "メール", "領収書を送ります。")


def by_model(page, sample=JAPANESE, language="ja"):
    """A version that a model wrote."""
    version = write(page, sample, page.wiki.commit, language=language)
    version.made_by = PageVersion.Author.MODEL
    version.save()
    return version


@pytest.fixture
def page(public_repository):
    """A page made from the code, and after it written by a model in Japanese."""
    wiki = make_wiki(public_repository)
    by_model(wiki.pages.get(slug="mail"))
    return wiki.pages.get(slug="mail")


@pytest.fixture
def manager(client, carol):
    client.force_login(carol)
    return client


def shown(client, page, query=""):
    reply = client.get(f"/r/{page.wiki.repository_id}/wiki/mail{query}")
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_readers_of_every_language_see_what_the_model_wrote(manager, page, language):
    html = shown(manager, page, f"?language={language}")
    assert "領収書を送ります。" in html and 'lang="ja"' in html
    assert "A language model wrote this page in 日本語." in html
    assert f'href="?language={language}&amp;made=code"' in html


def test_what_was_made_from_the_code_is_there_beside_it(manager, page):
    html = shown(manager, page, "?language=en&made=code")
    assert "sends a receipt" in html and "領収書" not in html
    assert "A language model has written the page in 日本語." in html
    assert 'href="?language=en">Read what the model wrote' in html


def test_what_was_made_from_the_code_has_its_own_text_and_versions(manager, page):
    write(page, SamplePage("mail", "Mail", "It sends receipts."), page.wiki.commit)
    by_model(page, SamplePage("mail", "メール", "領収書を二度送ります。"))
    html = shown(manager, page, "?language=en&made=code")
    assert 'mail.md?language=en&amp;made=code"' in html
    assert 'mail/versions?language=en&amp;made=code"' in html
    assert "It sends receipts." in shown(manager, page, ".md?language=en&made=code")
    assert "領収書" in shown(manager, page, ".md?language=en")
    versions = shown(manager, page, "/versions?language=en&made=code")
    assert 'mail/versions/2?language=en&amp;made=code"' in versions
    assert '<input type="hidden" name="made" value="code">' in versions
    changes = shown(manager, page, "/versions/2?language=en&made=code")
    assert "It sends receipts." in changes and "領収書" not in changes
    assert "領収書を二度" in shown(manager, page, "/versions/2?language=en")


def test_from_what_changed_one_gets_back_to_what_was_made_from_the_code(manager, page):
    overview = page.wiki.pages.get(slug="overview")
    by_model(overview)
    start = f"/r/{page.wiki.repository_id}/wiki/"
    query = "?language=en&made=code"
    changes = manager.get(f"{start}overview/versions/1{query}").content.decode()
    assert f'<a href="{start}?language=en&amp;made=code">' in changes
    assert "領収書" not in manager.get(f"{start}{query}").content.decode()
    assert manager.get(f"{start}overview{query}").url == f"{start}{query}"


@pytest.mark.parametrize("query", ["?language=ja", "?language=ja&made=code"])
def test_readers_of_its_language_are_told_nothing(manager, page, query):
    html = shown(manager, page, query)
    assert "領収書を送ります。" in html and "made=code" not in html


def test_what_a_model_wrote_in_the_language_comes_first(page):
    english = by_model(page, SamplePage("mail", "Mail", "Written."), "en")
    assert current_version(page, "en") == current_version(page, "fr") == english
    assert current_version(page, "ja").language == "ja"


def test_a_page_made_from_the_code_again_is_read_again(app, alice):
    made(app)
    mail = Wiki.objects.get().pages.get(title="Mail")
    by_model(mail)
    assert current_version(mail, "en").language == "ja"
    made(app)  # nobody asked for it
    assert current_version(mail, "en").language == "ja"
    build = WikiBuild.objects.create(wiki=mail.wiki, requested_by=alice)
    builds.run(build.pk)
    assert current_version(mail, "en").made_by == current_version(mail, "ru").made_by == "code"


def test_it_is_what_is_translated_also_into_the_language_of_the_code_made_page(manager, page):
    original = original_of(page)
    assert original.language == "ja"
    for language in ("en", "fr"):
        manager.post(f"/r/{page.wiki.repository_id}/wiki/mail/translate?language={language}")
    asked = TranslationRequest.objects.order_by("language").values_list("language", flat=True)
    assert list(asked) == ["en", "fr"]
    translated = by_model(page, SamplePage("mail", "Mail", "Translated."), "en")
    PageVersion.objects.filter(pk=translated.pk).update(translated_from=original)
    assert current_version(page, "en") == translated
    assert "has changed since" not in shown(manager, page)


def test_programs_read_what_people_read(page, alice):
    texts = {each.slug: each.text for each in wiki_pages(alice, page.wiki.repository_id)}
    assert "領収書を送ります。" in texts["mail"] and "ten percent" in texts["prices"]


def test_the_other_front_end_has_a_wiki_for_each_language(page, settings):
    settings.ALLOW_ANONYMOUS = True
    Wiki.objects.update(is_public=True)
    repository = page.wiki.repository
    english = built_wiki(repository, "en")["generated_pages"]
    assert "sends a receipt" in english["mail"]["content"] and len(english) == 3
    assert list(built_wiki(repository, "ja")["generated_pages"]) == ["mail"]


def test_builds_that_nobody_asks_for_go_on_in_the_language_of_the_last(page, settings):
    settings.WIKI_MODEL = "openai/writer"
    assert automatic_order(page.wiki.repository).language == ""
    WikiBuild.objects.create(wiki=page.wiki, state="done", model="writer", language="ja")
    WikiBuild.objects.create(wiki=page.wiki, state="done")
    assert automatic_order(page.wiki.repository).language == last_language(page.wiki.repository)
    assert last_language(page.wiki.repository) == "ja"
