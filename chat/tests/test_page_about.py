"""A repository's own page in a real Chromium: its actions, removal and its undoing, every look."""

import pytest

from chat.models import Conversation
from chat.tests.test_accessibility import LOOKS, check
from chat.tests.test_page_pane_names import ARTIFACTS
from deepwiki.testing.page import bring_session, loaded
from repos.models import Index, IndexJob, Repository

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def about(start, open_page, repository, alice):
    """The page of a repository that alice added."""
    Repository.objects.update(added_by=alice, kind="github", url="https://github.com/shop/pocket")
    IndexJob.objects.create(
        repository=repository, state=IndexJob.State.DONE, failures={"shop/odd.py": "unreadable"}
    )
    Index.objects.update(skipped={"counts": {"binary": 3}, "examples": {"binary": ["logo.png"]}})
    Conversation.objects.create(user=alice, repository=repository, title="How are prices made?")

    def about(**options):
        live = start()
        page = open_page(live, **options)
        bring_session(page, live)
        page.goto(f"{live.url}/r/{repository.pk}/about")
        page.wait_for_selector("#status .dot")
        loaded(page)
        return page

    return about


def test_it_is_removed_and_taken_back(about):
    page = about()
    page.click("text=Remove it")
    page.click("#remove-for-good")
    page.wait_for_selector("#add-form")
    assert page.locator("#choices a").count() == 0
    page.click("text=Take it back")
    page.wait_for_selector(".about-facts")
    assert page.locator("text=How are prices made?").count() >= 1


def test_it_is_renamed_and_gets_a_webhook(about):
    page = about()
    page.click("text=Set up a webhook")
    page.wait_for_selector(".webhook dd")
    page.fill("#repository-name", "our shop")
    page.click(".about-settings button:has-text('Rename')")
    page.wait_for_selector("h1 >> text=our shop")


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_the_page_follows_the_rules(about, look, request):
    page = about(**look)
    check(page, "a repository's own page")
    for summary in page.query_selector_all(".about .skipped summary"):
        summary.click()
    check(page, "what was left out")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"about-{request.node.callspec.id}.png")
