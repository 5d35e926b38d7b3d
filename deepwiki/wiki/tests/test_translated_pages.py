"""Pages made from the code in other languages: made at the first reading, kept up to date."""

import pytest

from deepwiki.wiki.models import PageVersion, RecordedPage, Wiki, WikiPage
from deepwiki.wiki.reading.current_versions import current_version, current_versions
from deepwiki.wiki.tests.test_builds import FILES as FILES
from deepwiki.wiki.tests.test_builds import made, reindexed
from deepwiki.wiki.tests.wikis import SamplePage, write
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
