"""What a reader gets of a wiki's pages."""

import re

import pytest

from deepwiki.wiki.models import BuildPage, RenderedPage, WikiBuild, WikiPage
from deepwiki.wiki.reading.page_html import with_heading_ids
from deepwiki.wiki.tests.wikis import PAGES, SamplePage, make_wiki, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def wiki(repository):
    return make_wiki(repository)


def address(repository, slug=""):
    return f"/r/{repository.pk}/wiki/{slug}"


def text(reply):
    assert reply.status_code == 200
    return reply.content.decode()


def test_the_wiki_begins_with_its_overview(reader, wiki, repository):
    page = text(reader.get(address(repository)))
    assert "What <code>Pocket</code> is about." in page
    assert "made from the code; no language model" in page
    assert repository.current_index.commit[:8] in page
    assert "the index stands at" not in page


def test_the_tree_lists_all_pages_and_marks_the_one_that_is_read(reader, wiki, repository):
    page = text(reader.get(address(repository, "prices")))
    assert re.search(r'<a href="[^"]*/wiki/prices" aria-current="page">Prices</a>', page)
    assert f'<a href="{address(repository, "mail")}">Mail</a>' in page


def test_links_to_pages_lead_there_and_those_to_none_are_text(reader, wiki, repository):
    page = text(reader.get(address(repository, "prices")))
    assert f'<a href="{address(repository, "mail")}">Mail</a> and\nnothing.' in page
    assert "wiki.invalid" not in page


def test_a_citation_leads_to_the_lines_in_the_reader(reader, wiki, repository):
    page = text(reader.get(address(repository)))
    assert 'data-path="shop/prices.py" data-start="4" data-end="13"' in page
    assert f'href="/r/{repository.pk}/code/shop/prices.py' in page


def test_a_path_alone_leads_to_the_file(reader, wiki, repository):
    page = text(reader.get(address(repository)))
    assert (
        f'<a class="cite" href="/r/{repository.pk}/code/shop/prices.py"'
        ' data-path="shop/prices.py" data-start="1" data-end="1" title="shop/prices.py">'
        "shop/prices.py</a>"
    ) in page


def test_lines_that_are_not_there_are_struck(reader, repository):
    make_wiki(repository, [SamplePage("a", "A", "See `shop/none.py:L1-L2`.")])
    assert "cite unverified" in text(reader.get(address(repository, "a")))


def test_headings_stand_below_the_title_and_in_the_contents(reader, wiki, repository):
    page = text(reader.get(address(repository, "prices")))
    assert '<h3 id="s-what-it-holds" tabindex="-1" data-turn>What it holds</h3>' in page
    assert '<h4 id="s-discounts"' in page
    assert '<a href="#s-discounts">Discounts</a>' in page


def test_headings_of_one_name_have_ids_of_their_own():
    headings = []
    with_heading_ids("<h4>A</h4><h4>A</h4>", headings)
    assert [heading.id for heading in headings] == ["s-a", "s-a-2"]


def test_one_goes_on_in_reading_order(reader, wiki, repository):
    page = text(reader.get(address(repository, "prices")))
    assert re.search(rf'rel="prev" href="{address(repository)}"', page)
    assert re.search(rf'rel="next" href="{address(repository, "mail")}"', page)


def test_the_overview_has_one_address(reader, wiki, repository):
    reply = reader.get(address(repository, "overview"))
    assert reply.status_code == 302
    assert reply.url == address(repository)


def test_a_page_is_rendered_once(reader, wiki, repository, django_assert_max_num_queries):
    first = text(reader.get(address(repository, "prices")))
    stored = RenderedPage.objects.get()
    with django_assert_max_num_queries(10):
        again = text(reader.get(address(repository, "prices")))
    assert RenderedPage.objects.get().pk == stored.pk
    token = re.compile(r"csrf\w+\"?[^>]*value=\"\w+\"|X-CSRFToken\": \"\w+\"")
    assert token.sub("", first) == token.sub("", again)


def test_a_stored_page_is_what_is_shown(reader, wiki, repository):
    text(reader.get(address(repository, "prices")))
    row = RenderedPage.objects.get()
    row.page["html"] = "<p>Kept.</p>"
    row.save()
    assert "<p>Kept.</p>" in text(reader.get(address(repository, "prices")))
    row.key = "another renderer"
    row.save()
    assert "<p>Kept.</p>" not in text(reader.get(address(repository, "prices")))


def test_the_newest_version_in_the_readers_language_is_shown(reader, wiki, repository):
    page = WikiPage.objects.get(slug="mail")
    write(page, SamplePage("mail", "Mail", "Newer."), "c0ffee")
    assert "Newer." in text(reader.get(address(repository, "mail")))
    write(page, SamplePage("mail", "Courrier", "En français."), "c0ffee", language="fr")
    reader.cookies["language"] = "fr"
    assert "En français." in text(reader.get(address(repository, "mail")))


def test_a_page_of_an_earlier_state_says_so(reader, repository):
    make_wiki(repository, commit="0ddba11" * 5)
    page = text(reader.get(address(repository)))
    assert "the index stands at" in page
    assert repository.current_index.commit[:8] in page


def test_a_page_that_is_no_longer_planned_keeps_its_address(reader, wiki, repository):
    WikiPage.objects.filter(slug="mail").update(is_removed=True)
    assert "no longer a page of this wiki" in text(reader.get(address(repository, "mail")))
    assert f'href="{address(repository, "mail")}"' not in text(reader.get(address(repository)))


def test_without_a_wiki_the_page_says_so(reader, repository):
    assert "Not built yet." in text(reader.get(address(repository)))
    assert reader.get(address(repository, "prices")).status_code == 404


def test_while_it_is_built_the_page_says_how_far_it_is(reader, repository):
    wiki = make_wiki(repository, ())
    build = WikiBuild.objects.create(wiki=wiki, state=WikiBuild.State.RUNNING)
    for number in range(12):
        page = WikiPage.objects.create(
            wiki=wiki, slug=f"p{number}", kind="part", title=f"P{number}"
        )
        state = BuildPage.State.DONE if number < 3 else BuildPage.State.WAITING
        BuildPage.objects.create(build=build, page=page, state=state)
    page = text(reader.get(address(repository)))
    assert "Being built: 3 of 12 pages are written." in page
    assert f'hx-get="/r/{repository.pk}/wiki-progress?empty=1"' in page
    assert "3 of 12" in text(reader.get(f"/r/{repository.pk}/wiki-progress"))


@pytest.mark.parametrize("slug", ["", "prices"])
def test_a_wiki_that_is_switched_off_is_not_there(reader, repository, slug):
    make_wiki(repository, PAGES, is_disabled=True)
    reply = reader.get(address(repository, slug))
    assert reply.status_code == 404
    assert "What <code>" not in reply.content.decode()
    if not slug:
        assert "This repository has no wiki" in reply.content.decode()


def test_the_overview_says_what_the_wiki_covers(reader, repository):
    groups = [{"reason": "excluded", "count": 60, "paths": ["shop/old.py"]}]
    coverage = {"covered": 3, "total": 63, "uncovered_count": 60, "groups": groups}
    make_wiki(repository, coverage=coverage)
    page = text(reader.get(address(repository)))
    assert "3 of 63 source files have a page." in page
    assert "60 files without a page" in page
    assert "shop/old.py" in page
    assert "of 63 source files" not in text(reader.get(address(repository, "prices")))


def test_hostile_text_stays_text(reader, repository):
    hostile = (
        '## <script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](wiki:"onclick=) <img src=x>'
    )
    make_wiki(repository, [SamplePage("a", "<b>A</b>", hostile)])
    page = text(reader.get(address(repository, "a")))
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "<img src=x" not in page
    assert "<b>A</b>" not in page


def test_the_page_of_a_repository_shows_its_wiki_first(reader, repository):
    page = f"/r/{repository.pk}/"
    assert address(repository) in text(reader.get(page))
    make_wiki(repository)
    shown = text(reader.get(page))
    assert f'href="{address(repository, "prices")}"' in shown
