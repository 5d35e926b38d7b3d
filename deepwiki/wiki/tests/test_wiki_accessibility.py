"""axe-core over the pages of a wiki, in light, dark and on a phone; keys, pane and questions."""

import pytest

from chat.tests.test_accessibility import LOOKS, check
from deepwiki.testing.page import bring_session, finished
from deepwiki.wiki.models import BuildPage, Wiki, WikiBuild
from deepwiki.wiki.tests.test_drawings import diagram
from deepwiki.wiki.tests.wikis import PAGES, SamplePage, make_wiki

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWN = SamplePage("drawn", "Drawn", "## A picture\n\nOf it.\n\n## More", blocks=(diagram(),))


@pytest.fixture
def page_of(start, open_page, repository):
    """Opens the wiki as alice, in a look."""

    def page_of(**look):
        live = start()
        page = open_page(live, **look)
        bring_session(page, live)
        page.root = f"{live.url}/r/{repository.pk}"
        return page

    return page_of


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_a_wiki_follows_the_rules(page_of, repository, look):
    page = page_of(**look)
    page.goto(f"{page.root}/wiki/")
    check(page, "not built yet")
    wiki = make_wiki(repository, (*PAGES, DRAWN))
    for slug in ("", "prices", "drawn"):
        page.goto(f"{page.root}/wiki/{slug}")
        check(page, slug or "the overview")
    page.click("[data-action=enlarge]")
    page.wait_for_selector("#drawing-dialog[open] img:visible")
    check(page, "a drawing, enlarged")
    assert page.locator("#drawing-dialog img").count() == 1  # that of the theme
    page.keyboard.press("Escape")
    page.goto(f"{page.root}/wiki-search?q=discount")
    check(page, "the search")
    page.goto(f"{page.root}/")
    check(page, "the page of the repository")
    build = WikiBuild.objects.create(wiki=wiki, state=WikiBuild.State.RUNNING)
    for row in wiki.pages.all():
        BuildPage.objects.create(build=build, page=row)
    page.goto(f"{page.root}/wiki/prices")
    check(page, "being built")
    Wiki.objects.update(is_disabled=True)
    page.goto(f"{page.root}/wiki/")
    check(page, "switched off")


def test_a_citation_and_a_node_open_the_lines_beside_the_page(page_of, repository):
    make_wiki(repository, (*PAGES, DRAWN))
    page = page_of(viewport={"width": 1280, "height": 900})
    page.goto(f"{page.root}/wiki/prices")
    page.click("[data-part=body] a.cite >> nth=0")
    page.wait_for_selector("#pane .marked")
    assert "shop/prices.py" in page.inner_text("#pane-path")
    page.keyboard.press("Escape")
    page.wait_for_selector("#pane", state="hidden")
    page.goto(f"{page.root}/wiki/drawn")
    page.click(".drawing svg a.cite")
    page.wait_for_selector("#pane .marked")


def test_a_question_is_asked_on_the_page_of_the_repository(page_of, repository):
    make_wiki(repository)
    page = page_of(viewport={"width": 1280, "height": 900})
    page.goto(f"{page.root}/wiki/prices")
    page.fill("#page-question", "Why ten percent?")
    page.press("#page-question", "Enter")
    finished(page)
    question = page.inner_text(".question")
    assert "Why ten percent?" in question
    assert "Prices" in question
    page.goto(f"{page.root}/")
    page.wait_for_selector("#question")
    assert page.locator(".question").count() == 0


def test_keys_search_and_turn_pages(page_of, repository):
    make_wiki(repository)
    page = page_of(viewport={"width": 1280, "height": 900})
    page.goto(f"{page.root}/wiki/")
    page.keyboard.press("]")
    page.wait_for_url("**/wiki/prices")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "s-what-it-holds"
    page.keyboard.press("/")
    page.keyboard.type("receipt")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits mark")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wiki/mail")
