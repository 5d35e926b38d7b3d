"""Pages made from the code in other languages: made at the first reading, kept up to date."""

import pytest
from django.core.management import call_command

from deepwiki.wiki.models import PageVersion, RecordedPage, Wiki, WikiPage
from deepwiki.wiki.reading.current_versions import current_version, current_versions
from deepwiki.wiki.tests.test_builds import FILES as FILES
from deepwiki.wiki.tests.test_builds import made, reindexed
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write
from deepwiki.wiki.translation.languages import html_language

pytestmark = pytest.mark.django_db


@pytest.fixture
def wiki(app):
    made(app)
    return Wiki.objects.get(repository=app)


def page(wiki, slug="overview"):
    return WikiPage.objects.get(wiki=wiki, slug=slug)


def test_a_page_is_made_in_the_language_at_its_first_reading(wiki):
    version = current_version(page(wiki), "ru")
    assert version.language == "ru"
    assert version.title == "Обзор"
    assert version.made_by == PageVersion.Author.CODE
    assert version.translated_from == current_version(page(wiki), "en")
    assert "## С чего начать чтение" in version.text
    assert "`shop/cart/c0.py`" in version.text
    assert PageVersion.objects.filter(language="ru").count() == 1
    assert current_version(page(wiki), "ru") == version


def test_all_pages_of_a_wiki_are_had_in_a_language(wiki):
    versions = list(current_versions(wiki, "zh"))
    assert len(versions) == wiki.pages.count()
    assert {version.language for version in versions} == {"zh"}
    text = next(version.text for version in versions if version.page.slug == "overview")
    assert "[代码地图](wiki:code-map)" in text


def test_the_titles_of_parts_are_names_and_stay(wiki):
    part = wiki.pages.filter(kind="part").first()
    assert current_version(part, "ja").title == part.title


def test_a_newer_page_is_made_in_the_language_again(wiki, app, tmp_path):
    first = current_version(page(wiki), "fr")
    reindexed(app, tmp_path / "app", {"shop/mail/m9.py": "def m9():\n    return 9\n"})
    made(app)
    again = current_version(page(wiki), "fr")
    assert again.version_number == first.version_number + 1
    assert "12 fichiers" in first.text and "13 fichiers" in again.text


def test_what_a_person_wrote_in_the_language_stays(wiki):
    sample = SamplePage("overview", "Le magasin", "Ce que c'est.")
    own = write(page(wiki), sample, wiki.commit, language="fr")
    assert current_version(page(wiki), "fr") == own
    list(current_versions(wiki, "fr"))
    assert page(wiki).versions.filter(language="fr").count() == 1


def test_a_page_of_an_earlier_release_is_shown_as_it_is_until_it_is_built_anew(wiki, app):
    RecordedPage.objects.all().delete()
    assert current_version(page(wiki), "es").language == "en"
    made(app)
    assert current_version(page(wiki), "es").language == "es"
    assert page(wiki).versions.filter(language="en").count() == 1


def test_a_page_that_a_person_has_changed_is_not_made_from_the_code(wiki):
    write(page(wiki), SamplePage("overview", "Mine", "Mine."), wiki.commit)
    assert current_version(page(wiki), "es").title == "Mine"


def test_english_costs_nothing(wiki, django_assert_num_queries):
    overview = WikiPage.objects.select_related("wiki").get(wiki=wiki, slug="overview")
    with django_assert_num_queries(1):
        current_version(overview, "en")


def test_a_deleted_version_takes_its_translations_along(wiki):
    current_version(page(wiki), "ko")
    page(wiki).versions.filter(language="en").delete()
    assert not page(wiki).versions.exists()


@pytest.mark.parametrize(
    ("code", "expected"),
    [("kr", "ko"), ("zh-tw", "zh-Hant"), ("zh", "zh-Hans"), ("pt-br", "pt-BR")],
)
def test_the_language_of_a_page_is_stated_as_html_names_it(code, expected):
    assert html_language(code) == expected


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client


def text(reply):
    assert reply.status_code == 200
    return reply.content.decode()


def test_the_page_is_read_in_the_language_of_the_interface(reader, wiki, app):
    reader.cookies["language"] = "ru"
    shown = text(reader.get(f"/r/{app.pk}/wiki/"))
    assert "С чего начать чтение" in shown and "Карта кода" in shown
    assert '<h2 id="page-title">Обзор</h2>' in shown
    assert "?language=" not in shown.replace('href="?language=', "")


def test_another_language_is_asked_for_and_kept_from_page_to_page(reader, wiki, app):
    shown = text(reader.get(f"/r/{app.pk}/wiki/?language=zh-tw"))
    assert '<h2 id="page-title" lang="zh-Hant">概覽</h2>' in shown
    assert '<div class="prose" data-part="body" lang="zh-Hant">' in shown
    assert f'href="/r/{app.pk}/wiki/code-map?language=zh-tw"' in shown
    assert 'aria-current="true">繁體中文</a>' in shown
    assert "從哪裡開始閱讀" in shown
    assert 'name="language" value="zh-tw"' in shown


def test_an_unknown_language_is_that_of_the_interface(reader, wiki, app):
    assert '<h2 id="page-title">Overview</h2>' in text(
        reader.get(f"/r/{app.pk}/wiki/?language=<b>")
    )


def test_a_page_that_is_not_there_in_the_language_says_so(reader, repository):
    make_wiki(repository)
    shown = text(reader.get(f"/r/{repository.pk}/wiki/?language=ja"))
    assert "This page is not there in 日本語 yet" in shown
    assert "A tiny shop." in shown
    assert "is not there in" not in text(reader.get(f"/r/{repository.pk}/wiki/"))


def test_a_translation_says_that_its_page_has_changed(reader, repository):
    wiki = make_wiki(repository)
    overview = page(wiki)
    original = overview.versions.get()
    sample = SamplePage("overview", "Bolsillo", "Una tienda.")
    write(overview, sample, wiki.commit, language="es", translated_from=original)
    address = f"/r/{repository.pk}/wiki/?language=es"
    assert "has changed since" not in text(reader.get(address))
    write(overview, SamplePage("overview", "Pocket", "Newer."), wiki.commit)
    shown = text(reader.get(address))
    assert "The page has changed since it was translated." in shown and "Una tienda." in shown


def test_the_search_finds_the_words_of_the_language(reader, wiki, app):
    shown = text(reader.get(f"/r/{app.pk}/wiki-search?q=начать&language=ru"))
    assert f'href="/r/{app.pk}/wiki/overview?language=ru"' in shown
    assert "wiki/overview" not in text(reader.get(f"/r/{app.pk}/wiki-search?q=начать"))


@pytest.mark.parametrize("name", ["wiki/overview.md", "wiki-export.json", "wiki-export.html"])
def test_a_wiki_is_taken_along_in_a_language(reader, wiki, app, name):
    shown = text(reader.get(f"/r/{app.pk}/{name}?language=kr"))
    assert "어디서부터 읽을까" in shown
    if name.endswith("html"):
        assert '<html lang="ko">' in shown and "코드로 작성됨" in shown


def test_the_command_exports_a_language(wiki, app, tmp_path):
    path = tmp_path / "wiki.json"
    options = {"file_format": "json", "language": "vi", "output": str(path)}
    call_command("export_wiki", str(app.pk), **options)
    assert "Bắt đầu đọc từ đâu" in path.read_text("utf-8")
