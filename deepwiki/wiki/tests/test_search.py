"""The search over the pages of a wiki."""

import pytest
from django.db import connection
from django.utils import translation

from deepwiki.wiki.models import Wiki, WikiPage
from deepwiki.wiki.reading.page_search import search_pages
from deepwiki.wiki.tests.test_recheck import FILES as CLAIM_FILES
from deepwiki.wiki.tests.test_recheck import with_claims
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki, write

pytestmark = pytest.mark.django_db
FILES = CLAIM_FILES


@pytest.fixture
def wiki(repository):
    return make_wiki(repository)


def slugs(wiki, query):
    return [hit.version.page.slug for hit in search_pages(wiki, query)]


@pytest.mark.parametrize("query", ["apply_discount", "ten percent", "discou", "APPLY discount"])
def test_a_page_is_found_by_its_words_and_their_beginnings(wiki, query):
    assert slugs(wiki, query) == ["prices"]


def test_a_title_comes_first(wiki):
    assert slugs(wiki, "mail")[0] == "mail"


def test_a_text_without_spaces_is_found_by_any_part_of_it(wiki):
    page = WikiPage.objects.get(slug="mail")
    write(page, SamplePage("mail", "Mail", "領収書を送信します"), "c0ffee")
    assert slugs(wiki, "書を送") == ["mail"]


def test_what_a_page_said_before_is_not_found(wiki):
    write(WikiPage.objects.get(slug="mail"), SamplePage("mail", "Mail", "Newer."), "c0ffee")
    assert slugs(wiki, "receipt") == []


def test_a_removed_page_is_not_found(wiki):
    WikiPage.objects.filter(slug="mail").update(is_removed=True)
    assert slugs(wiki, "receipt") == []


@pytest.mark.parametrize("query", ["", "***", "'); --", "& | !", "\\", ":* <->"])
def test_marks_find_nothing_and_break_nothing(wiki, query):
    assert slugs(wiki, query) == []


def test_the_excerpt_marks_what_matches(wiki):
    [hit] = search_pages(wiki, "ten percent")
    assert hit.excerpt[1] == "ten percent"
    assert "`" not in "".join(hit.excerpt)


def test_the_page_of_the_search_leads_to_what_is_found(client, wiki, repository, alice):
    client.force_login(alice)
    page = client.get(f"/r/{repository.pk}/wiki-search?q=discount").content.decode()
    assert f'href="/r/{repository.pk}/wiki/prices"' in page
    assert "<mark>discount</mark>" in page.lower()
    assert "No page holds all these words" in (
        client.get(f"/r/{repository.pk}/wiki-search?q=zebra").content.decode()
    )


def test_a_translation_is_found_by_its_own_words_in_its_language(wiki):
    page = WikiPage.objects.get(slug="mail")
    write(page, SamplePage("mail", "Courrier", "Envoie un reçu."), "c0ffee", language="fr")
    with translation.override("fr"):
        assert slugs(wiki, "reçu") == ["mail"]
        assert slugs(wiki, "reçu envoie") == ["mail"]
        assert slugs(wiki, "receipt") == []
    assert slugs(wiki, "reçu") == []
    assert slugs(wiki, "receipt") == ["mail"]


def test_words_that_stand_together_come_first(wiki):
    for slug, words in (("mail", "price, then the list"), ("prices", "a price list of all")):
        page = WikiPage.objects.get(slug=slug)
        write(page, SamplePage(slug, slug.title(), words), "c0ffee")
    assert slugs(wiki, "price list") == ["prices", "mail"]


def test_the_words_of_a_version_are_indexed_as_it_is_stored(wiki):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'words_of_versions'")
        assert "USING gin (words)" in cursor.fetchone()[0]
        cursor.execute("SELECT words::text FROM wiki_pageversion WHERE title = 'Mail'")
        assert "'receipt'" in cursor.fetchone()[0]


@pytest.fixture
def checked(app):
    """A wiki whose page `prices` has a sentence with support and one without."""
    page = SamplePage(
        "prices",
        "Prices",
        "Sums up all orders `shop/prices.py:L4-L5`. Never any zebra `shop/none.py:L9`.",
    )
    return with_claims(app, [page])


def test_sentences_that_are_left_out_are_neither_found_nor_excerpted(checked):
    [hit] = search_pages(checked, "orders")
    assert "zebra" in "".join(hit.excerpt)
    assert slugs(checked, "zebra") == ["prices"]
    Wiki.objects.update(leave_out_unsupported=True)
    checked.refresh_from_db()
    [hit] = search_pages(checked, "orders")
    assert "Sums up all orders" in "".join(hit.excerpt) and "zebra" not in "".join(hit.excerpt)
    assert slugs(checked, "zebra") == []


def test_the_excerpt_shows_neither_the_source_of_drawings_nor_marks(wiki):
    text = (
        "```mermaid\nsequenceDiagram\n  n0->>n1: zeal_wsgi\n```\n\nThen `zeal` calls zeal\\_wsgi.\n"
    )
    write(WikiPage.objects.get(slug="mail"), SamplePage("mail", "Mail", text), "c0ffee")
    [hit] = search_pages(wiki, "zeal")
    shown = "".join(hit.excerpt)
    assert shown.endswith("Then zeal calls zeal_wsgi.") and "sequenceDiagram" not in shown
