"""What a page answers, and what pages are for, in a browser: axe in light, dark and on a phone."""

import pytest

from chat.tests.test_accessibility import LOOKS, check
from deepwiki.testing.page import bring_session
from deepwiki.wiki.models import PageVersion, Wiki, WikiBuild
from deepwiki.wiki.tests.wikis import make_wiki

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOK = {
    "asked": 2,
    "answered": 1,
    "questions": [
        {
            "kind": "symbol",
            "name": "PriceList",
            "is_answered": True,
            "section": "What it holds",
            "is_repaired": True,
        },
        {
            "kind": "tests",
            "name": "tests/test_prices.py",
            "is_answered": False,
            "section": "",
            "is_repaired": False,
        },
    ],
}
PURPOSES = {"prices": "How an order is summed up.", "mail": "How a receipt is sent."}


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_the_second_look_and_the_plan_follow_the_rules(start, open_page, repository, alice, look):
    make_wiki(repository)
    PageVersion.objects.update(second_look=LOOK)
    WikiBuild.objects.create(
        wiki=Wiki.objects.get(),
        state="done",
        plan={"purposes": PURPOSES, "notice": "plan_not_json"},
    )
    type(repository).objects.filter(pk=repository.pk).update(added_by=alice)
    live = start("fake?tokens=4")
    page = open_page(live, **look)
    bring_session(page, live)
    page.goto(f"{live.url}/r/{repository.pk}/wiki/prices")
    page.click(".second-look summary")
    assert page.locator(".second-look li").count() == 2
    check(page, "a page with its second look")
    page.goto(f"{live.url}/r/{repository.pk}/wiki-build")
    assert page.locator(".planned-pages dd").all_inner_texts() == list(PURPOSES.values())
    check(page, "what pages are for")
