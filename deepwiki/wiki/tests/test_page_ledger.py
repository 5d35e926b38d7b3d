"""What a reader sees of the claims of a page: how many stand, which citations do not."""

import io
import json
import zipfile

import pytest

from deepwiki.wiki.exports.program_texts import ProgramTexts
from deepwiki.wiki.models import PageClaim, PageVersion, RenderedPage, Wiki
from deepwiki.wiki.tests.test_recheck import FILES as CLAIM_FILES
from deepwiki.wiki.tests.test_recheck import MAIL, PRICES, add_claims, reindexed, with_claims
from deepwiki.wiki.tests.wikis import SamplePage, make_wiki

pytestmark = pytest.mark.django_db
FILES = CLAIM_FILES
PAGE = SamplePage(
    "prices",
    "Prices",
    "Sums up `shop/prices.py:L4-L5`. Sends at `shop/mail.py:L4-L5`.\n\n"
    "- Never `shop/none.py:L9`. It is small `shop/none.py:L1`.\n",
)


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def page(app, tmp_path):
    """A page with a moved, a changed, an unsupported and a verified claim."""
    with_claims(app, [PAGE])
    changes = {"shop/prices.py": "# new\n" + PRICES, "shop/mail.py": MAIL.replace("SMTP()", "S()")}
    reindexed(app, tmp_path, changes)
    return app


def shown(reader, repository, suffix="prices"):
    reply = reader.get(f"/r/{repository.pk}/wiki/{suffix}")
    assert reply.status_code == 200
    return reply.content.decode()


def prose(reader, repository):
    """The HTML of the text of the page."""
    html = shown(reader, repository)
    return html.split('<div class="prose" data-part="body">')[1].split('<nav class="neighbours"')[0]


def test_the_head_says_how_many_claims_stand(reader, page):
    html = shown(reader, page)
    commit = page.current_index.commit[:8]
    stand = f"1 of 4 claims stand at {commit}; 1 moved; 1 changed; 1 not verified"
    assert f'<span class="claims-stand">{stand}</span>' in html


def test_a_moved_citation_opens_the_lines_where_they_stand_now(reader, page):
    html = shown(reader, page)
    assert 'data-path="shop/prices.py" data-start="5" data-end="6"' in html
    assert 'data-path="shop/prices.py" data-start="4" data-end="5"' not in html
    assert "prices.py 5–6</a>" in html


def test_changed_and_unsupported_citations_say_so_in_words(reader, page):
    html = prose(reader, page)
    changed = html.split('<a class="cite changed"')[1].split("</a>")[0]
    assert 'data-path="shop/mail.py"' in changed and "changed since this was written" in changed
    assert html.count('class="cite changed"') == 1
    assert "not found in this commit" in html  # line 9 of a file with one


def test_a_citation_that_exists_and_was_not_given_is_never_shown_as_verified(reader, app):
    make_wiki(app, [PAGE])
    PageVersion.objects.update(made_by=PageVersion.Author.MODEL)  # and nobody stored a claim
    html = prose(reader, app)
    assert html.count('<a class="cite unsupported"') == 3
    assert "not verified" in html and '<a class="cite" href' not in html


def test_a_translation_shows_the_claims_of_its_original(reader, page):
    original = PageVersion.objects.get()
    translated = PageVersion.objects.get()
    translated.pk, translated.language, translated.checked_commit = None, "es", ""
    translated.made_by, translated.translated_from = PageVersion.Author.MODEL, original
    translated.save()
    html = shown(reader, page, "prices?language=es")
    assert "1 moved; 1 changed" in html or "desplazada" in html
    assert 'data-path="shop/prices.py" data-start="5" data-end="6"' in html


def test_a_page_made_from_the_code_has_no_marks(reader, app):
    make_wiki(app, [PAGE])
    assert "claims-stand" not in shown(reader, app)
    assert "unsupported" not in prose(reader, app)


def test_sentences_without_support_are_left_out_where_that_is_set(reader, page):
    assert "Never" in prose(reader, page)
    Wiki.objects.update(leave_out_unsupported=True)
    html = prose(reader, page)
    assert "Never" not in html and "<li>It is small" in html and "Sums up" in html


@pytest.fixture
def compared(page):
    """The path of a comparison of two versions, each with a sentence that is not verified."""
    newest = PageVersion.objects.get()
    newest.pk, newest.version_number = None, 2
    newest.made_by, newest.text = PageVersion.Author.MODEL, "Stays.\n\nAnew `shop/none.py:L2`."
    newest.save()
    return "prices/versions/compare?old=1&new=2"


def test_readers_compare_versions_without_the_sentences_that_are_left_out(reader, page, compared):
    html = shown(reader, page, compared)
    assert "Never `shop/none.py:L9`" in html and "Anew `shop/none.py:L2`" in html
    Wiki.objects.update(leave_out_unsupported=True)
    html = shown(reader, page, compared)
    assert "shop/none.py:L9" not in html and "shop/none.py:L2" not in html
    assert "Stays." in html and "It is small" in html and "`shop/prices.py:L4-L5`" in html
    assert "shop/none.py:L9" not in shown(reader, page, "prices/versions/1")


def test_editors_compare_versions_as_they_were_written(reader, page, compared, alice):
    Wiki.objects.update(leave_out_unsupported=True)
    type(page).objects.filter(pk=page.pk).update(added_by=alice)
    html = shown(reader, page, compared)
    assert "Never `shop/none.py:L9`" in html and "Anew `shop/none.py:L2`" in html


def test_programs_are_given_the_text_that_people_read(reader, page, alice):
    [text] = [each.text for each in ProgramTexts().pages(alice, page.pk)]
    assert "`shop/mail.py:L4-L5` (changed since this was written)" in text and "Never" in text
    Wiki.objects.update(leave_out_unsupported=True)
    assert "Never" not in ProgramTexts().pages(alice, page.pk)[0].text


def test_a_page_is_rendered_anew_only_when_its_claims_stand_otherwise(reader, page, tmp_path):
    shown(reader, page)
    first = RenderedPage.objects.get()
    shown(reader, page)
    assert RenderedPage.objects.get().key == first.key
    reindexed(page, tmp_path, {"shop/mail.py": MAIL})
    assert "changed since" not in prose(reader, page)
    assert RenderedPage.objects.get().key != first.key


def test_exports_have_the_present_places_and_the_marks_in_words(reader, page):
    markdown = shown(reader, page, "prices.md")
    assert "`shop/prices.py:L5-L6`. Sends" in markdown
    assert "`shop/mail.py:L4-L5` (changed since this was written)." in markdown
    assert "`shop/none.py:L9` (not verified). It is small `shop/none.py:L1`." in markdown
    base = f"/r/{page.pk}/wiki-export"
    with zipfile.ZipFile(io.BytesIO(reader.get(f"{base}.zip").content)) as file:
        assert "(not verified)" in file.read("prices.md").decode()
    exported = json.loads(reader.get(f"{base}.json").content)["pages"][0]
    assert exported["claims_checked_at"] == page.current_index.commit
    states = [claim["state"] for claim in exported["claims"]]
    assert states == ["moved", "changed", "unsupported", "verified"]
    assert exported["claims"][0]["moved_to"] == ["shop/prices.py", 5, 6]
    assert "changed since this was written" in reader.get(f"{base}.html").content.decode()


def test_who_may_edit_the_wiki_sees_the_list_of_its_claims(client, page, alice, bob):
    address = f"/r/{page.pk}/wiki/prices/claims"
    client.force_login(bob)
    assert client.get(address).status_code == 404
    type(page).objects.filter(pk=page.pk).update(added_by=alice)
    client.force_login(alice)
    html = client.get(address).content.decode()
    assert 'data-start="5" data-end="6"' in html and "(was shop/prices.py 4)" in html
    assert '<span class="claim-state changed">changed</span>' in html
    assert f'href="{address}"' in shown(client, page)
    assert "no claims" in _without_claims(client, page, address)


def _without_claims(client, page, address):
    PageClaim.objects.all().delete()
    return client.get(address).content.decode()


def test_claims_of_another_version_do_not_count(reader, app):
    wiki = with_claims(app, [PAGE])
    newest = PageVersion.objects.get()
    newest.pk, newest.version_number = None, 2
    newest.text = newest.content["blocks"][0]["markdown"] = "Small `shop/none.py:L1`."
    newest.save()
    add_claims(newest)
    assert "1 of 1 claim stands at" in shown(reader, wiki.repository)
