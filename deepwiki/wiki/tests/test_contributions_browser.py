"""Notes, comments and versions in a browser: axe in light, dark and on a phone; keys; print."""

import pytest
from django.contrib.auth.models import Group

from chat.tests.test_accessibility import LOOKS, check
from deepwiki.testing.page import bring_session
from deepwiki.wiki.models import PageNote, ReaderComment, WikiPage
from deepwiki.wiki.tests.test_drawings import diagram
from deepwiki.wiki.tests.wikis import PAGES, SamplePage, contributed, make_wiki, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWN = SamplePage("drawn", "Drawn", "## A picture\n\nOf it.\n\n## More", blocks=(diagram(),))
WIDE = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def page_of(start, open_page, repository, alice):
    """Opens a wiki that alice edits, in a look."""
    wiki = make_wiki(repository, (*PAGES, DRAWN))
    group = Group.objects.create(name="writers")
    group.user_set.add(alice)
    wiki.editor_groups.add(group)
    contributed(wiki, alice)
    write(WikiPage.objects.get(slug="prices"), PAGES[1], "c0ffee")

    def page_of(**look):
        live = start()
        page = open_page(live, **look)
        bring_session(page, live)
        page.root = f"{live.url}/r/{repository.pk}"
        return page

    return page_of


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_notes_comments_and_versions_follow_the_rules(page_of, look):
    page = page_of(**look)
    note = PageNote.objects.get()
    for path in (
        "prices",
        "prices/notes",
        f"prices/notes/{note.pk}",
        "prices/comments",
        "prices/versions",
        "prices/versions/compare?old=1&new=2",
    ):
        page.goto(f"{page.root}/wiki/{path}")
        check(page, path)
    page.goto(f"{page.root}/wiki-comments")
    check(page, "all comments")
    page.goto(f"{page.root}/wiki/prices/notes/new")
    page.fill("#note-text", "Ten percent, **not** eleven: `shop/prices.py:L16-L18`.")
    page.click("button[name=preview]")
    page.wait_for_selector(".note-preview strong")
    check(page, "a preview")
    page.goto(f"{page.root}/wiki/prices")
    page.click(".comment-here summary")
    check(page, "the form for a comment")


def test_a_note_is_written_with_the_keyboard_and_stands_at_its_place(page_of):
    page = page_of(**WIDE)
    page.goto(f"{page.root}/wiki/prices/notes/new")
    page.focus("#note-place")
    page.keyboard.type("Discounts")
    page.keyboard.press("Tab")
    page.keyboard.type("Only on Mondays.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wiki/prices#note-*")
    before = page.locator("#note-" + page.url.rpartition("-")[2]).evaluate(
        "element => element.previousElementSibling.textContent"
    )
    assert "Discounts" in before


def test_what_is_selected_is_quoted_in_a_comment(page_of):
    page = page_of(**WIDE)
    page.goto(f"{page.root}/wiki/prices")
    page.evaluate("document.getSelection().selectAllChildren(document.querySelector('.prose h3'))")
    page.click(".comment-here summary")
    page.wait_for_function("document.querySelector('[name=quote]').value === 'What it holds'")
    page.fill(".comment-here [name=text]", "It holds more.")
    page.click(".comment-here button[type=submit]")
    page.wait_for_url("**/comments")
    assert ReaderComment.objects.filter(quote="What it holds", text="It holds more.").exists()


def test_a_print_has_the_page_and_its_notes_in_light_and_no_controls(page_of, tmp_path):
    page = page_of(color_scheme="dark", **WIDE)
    page.goto(f"{page.root}/wiki/prices")
    page.emulate_media(media="print")
    for part in ("#page-title", ".page-note", ".prose h3 >> nth=0"):
        assert page.is_visible(part), part
    for chrome in (
        "#rail-panel",
        ".top",
        ".wiki-aside",
        ".ask-here",
        ".comment-here",
        ".page-actions",
        ".neighbours",
        ".note-head a",
        "[data-action]",
    ):
        assert page.locator(chrome).filter(visible=True).count() == 0, chrome
    page.goto(f"{page.root}/wiki/drawn")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.is_visible(".drawing .in-light")
    assert not page.is_visible(".drawing .in-dark")
    page.pdf(path=tmp_path / "wiki.pdf")
    assert (tmp_path / "wiki.pdf").read_bytes().startswith(b"%PDF")
