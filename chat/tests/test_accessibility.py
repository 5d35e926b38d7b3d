"""axe-core over every page and state, in light, dark and on a phone; and what its rules cannot see."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group

from chat.models import Message
from deepwiki.testing.page import ask, begin, finished, sign_in
from repos.models import Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # nodes that pass are not described one by one
}
LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
]


def check(page, where):
    # At the end nothing lies half below the question box, which would count as too small to be hit.
    page.evaluate("document.getElementById('main')?.scrollTo(0, 1e6)")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [
        (where, rule["id"], node["html"][:120]) for rule in found for node in rule["nodes"]
    ] == []


@pytest.fixture
def private(people, repository):
    Group.objects.create(name="team").user_set.add(people["alice"])
    mine = Repository.objects.create(
        kind="github",
        url="https://github.com/team/secret",
        name="team/secret",
        is_private=True,
        added_by=people["alice"],
    )
    mine.readers.add(people["bob"])
    return mine


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_every_page_and_state_follows_the_rules(start, open_page, repository, private, look):
    live = start("fake?tokens=30", DEEPWIKI_DEBUG="true", DEEPWIKI_SIGN_UP="true")
    page = open_page(live, **look)
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        page.goto(live.url + path)
        check(page, path)
    sign_in(page, live)
    for path in (
        "/",
        "/accounts/profile/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/appearance/",
        "/accounts/models/",
        "/accounts/usage/",
        "/accounts/tokens/",
        "/accounts/2fa/",
        "/styleguide/",
        f"/r/{private.pk}/about",
        f"/r/{private.pk}/people",
        f"/r/{private.pk}/",
    ):
        page.goto(live.url + path)
        page.wait_for_selector(
            "#status[hx-trigger=load]", state="detached"
        )  # what the page asks for by itself
        check(page, path)
    page.goto(f"{live.url}/r/{repository.pk}/")
    page.wait_for_selector("text=Ready")
    check(page, "a new question")
    ask(page, "How is the discount computed?")
    finished(page)
    page.wait_for_selector(".rating")
    page.click(".sources summary")
    page.click(".facts summary")
    check(page, "an answer")
    page.click(".sources a.cite >> nth=0")
    page.wait_for_selector("#pane .code-lines")
    check(page, "the source pane")
    page.keyboard.press("Escape")
    page.click("[aria-label='This helped']")
    page.wait_for_selector(".reason")
    check(page, "a rating")
    page.hover(".question")
    page.click("[data-action=edit]")
    check(page, "a question being edited")
    page.keyboard.press("Escape")
    page.click("#share")
    page.click("text=Make a link")
    page.wait_for_selector("[data-part=share-link]")
    check(page, "sharing")
    link = page.inner_text("[data-part=share-link]")
    page.keyboard.press("Escape")
    page.click("[data-action=help]")
    check(page, "the keyboard's help")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#switch-list a")
    check(page, "the switcher")
    page.goto(link)
    check(page, "a shared conversation")


def test_an_answer_is_not_read_out_piece_by_piece_but_announced_when_done(
    start, open_page, repository, model
):
    live = start("fake?tokens=40&hold=20")
    page = begin(open_page(live), live, repository)
    ask(page, "How is the discount computed?")
    page.wait_for_selector(".answer[data-state=running] [data-part=body][aria-busy=true]")
    assert (
        page.locator(".answer [aria-live], .answer [role=status], .answer[aria-live]").count() == 0
    )
    assert page.inner_text("#announce") == ""
    model.release()
    finished(page)
    assert page.text_content("#announce") == "The answer is complete."
    assert page.get_attribute(".answer [data-part=body]", "aria-busy") is None
    assert Message.objects.get(role="assistant").state == "complete"


def test_it_holds_together_from_right_to_left(start, open_page, repository):
    live = start()
    page = begin(open_page(live), live, repository)
    page.evaluate("document.documentElement.dir = 'rtl'")
    rail, column = (
        page.locator("#rail-panel").bounding_box(),
        page.locator(".column").bounding_box(),
    )
    assert rail["x"] > column["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
