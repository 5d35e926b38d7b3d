"""axe-core over the pages on which code is read, in light, dark and on a phone."""

import pytest

from chat.tests.test_accessibility import LOOKS, check
from chat.tests.test_page_reader_names import point_at
from deepwiki.testing.page import bring_session
from repos.search import code_url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_reading_follows_the_rules(start, open_page, repository, look):
    live = start()
    page = open_page(live, **look)
    bring_session(page, live)
    page.goto(live.url + code_url(repository.pk))
    check(page, "the root")
    page.keyboard.press("t")
    page.fill("#finder-input", "pri")
    page.wait_for_selector("#finder-list mark")
    check(page, "the finder")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code-outline a", state="attached")
    check(page, "a file")
    page.mouse.click(*point_at(page, "apply_discount", 16))
    page.wait_for_selector("#code-panel >> text=References to")
    check(page, "the uses of a name")
    page.mouse.move(*point_at(page, "PriceList", 4))
    page.wait_for_selector("#name-card")
    check(page, "the card of a name")
    page.goto(live.url + code_url(repository.pk, "none.py"))
    check(page, "a path that is not in the index")
