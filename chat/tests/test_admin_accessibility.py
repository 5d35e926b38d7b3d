"""axe-core over the admin, which is Django's in our colours, in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from chat.models import Conversation, Message
from chat.tests.test_accessibility import RULES
from deepwiki.testing.page import bring_session
from repos.models import IndexJob

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The sheets that Django's import others are not read again: each would stand in the page as a style of its own.
OPTIONS = {"preload": False}
ALL_RULES = {**RULES, **OPTIONS}
COLOUR_RULES = {
    **OPTIONS,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}


@pytest.fixture
def boss(carol):
    carol.is_superuser = True
    carol.save()
    return carol


@pytest.fixture
def addresses(boss, alice, repository):
    """The start page, a list with filters and dates, a form with every kind of field, and pages of our own."""
    talk = Conversation.objects.create(user=alice, repository=repository, title="How?")
    asked = Message.objects.create(conversation=talk, position=1, role="user", content="How?")
    Message.objects.create(conversation=talk, position=2, role="assistant", parent=asked)
    IndexJob.objects.create(repository=repository, state="failed", error="The host is away.")
    return [
        "",
        "chat/asked/",
        "repos/repository/add/",
        f"repos/repository/{repository.pk}/change/",
        f"auth/user/{alice.pk}/change/",
        f"auth/user/{alice.pk}/delete/",
        "providers/",
    ]


def violations(page, rules):
    found = Axe().run(page, options=rules).response["violations"]
    return [
        (rule["id"], node["target"], node["html"][:160]) for rule in found for node in rule["nodes"]
    ]


def test_every_kind_of_admin_page_follows_the_rules_in_both_themes(
    start, open_page, addresses, boss
):
    live = start()
    page = open_page(live, viewport={"width": 1280, "height": 900})
    bring_session(page, live, boss.username)
    found = []
    for address in addresses:
        page.emulate_media(color_scheme="light")
        assert page.goto(f"{live.url}/admin/{address}").status == 200, address
        found += [(address, "light", *one) for one in violations(page, ALL_RULES)]
        page.emulate_media(color_scheme="dark")
        found += [(address, "dark", *one) for one in violations(page, COLOUR_RULES)]
    assert found == []
