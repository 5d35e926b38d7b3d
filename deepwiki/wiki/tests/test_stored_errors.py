"""Errors of builds are stored in English and read in the reader's language."""

import pytest
from django.utils import translation

from chat.core.messages import format_message
from deepwiki.wiki.builds import runner
from deepwiki.wiki.models import BuildPage, WikiBuild
from deepwiki.wiki.tests.wikis import make_wiki
from deepwiki.wiki.web.stored_errors import translated_error


@pytest.fixture(autouse=True)
def in_french():
    with translation.override("fr"):
        yield


def test_a_sentence_is_translated():
    assert translated_error(runner.CRASHED).startswith("La création de ce wiki")


def test_one_that_was_filled_in_keeps_its_values():
    said = translated_error(runner.INTERNAL.format(incident="ab12"))
    assert "ab12" in said and "Something" not in said and "{" not in said


def test_an_error_within_another_is_translated_too():
    error = format_message("provider_auth", {})
    said = translated_error(
        runner.SOME_FROM_CODE.format(count=1, total=12, title="Cart: a {b}", error=error)
    )
    assert "Cart: a {b}" in said and "12" in said
    assert error not in said and translated_error(error) in said


@pytest.mark.parametrize("text", ["", "What a service said.", "{incident}", "a" * 50_000])
def test_other_texts_stay_as_they_are(text):
    assert translated_error(text) == text[:2_000]


@pytest.mark.django_db
def test_why_a_page_is_not_by_the_model_is_told_in_the_readers_language(client, repository, carol):
    wiki = make_wiki(repository)
    build = WikiBuild.objects.create(wiki=wiki, model="m", provider="p", state="done")
    error = format_message("provider_auth", {})
    BuildPage.objects.create(
        build=build, page=wiki.pages.first(), state="done", is_fallback=True, error=error
    )
    client.force_login(carol)
    page = client.get(f"/r/{repository.pk}/wiki/", headers={"Accept-Language": "fr"})
    text = page.content.decode().split('class="build-end"')[1].split("</details>")[0]
    assert translated_error(error) in text.replace("&#x27;", "'") and error not in text
