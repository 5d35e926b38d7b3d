"""axe-core over the admin, which is Django's but for our parts, in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from chat.models import Conversation, Message
from chat.tests.test_accessibility import RULES
from deepwiki.accounts.models import ApiToken
from deepwiki.testing.page import bring_session
from repos.models import IndexJob

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What Django's own markup does and a stylesheet cannot mend: the rule, where, and why.
UPSTREAM: list[tuple[str, str, str]] = []


@pytest.fixture
def boss(carol):
    carol.is_superuser = True
    carol.save()
    return carol


@pytest.fixture
def addresses(boss, alice, repository):
    """Of the start page, our own pages, and a list and a form of each kind."""
    talk = Conversation.objects.create(user=alice, repository=repository, title="How?")
    Message.objects.create(conversation=talk, position=1, role="user", content="How?")
    ApiToken.issue(alice)
    IndexJob.objects.create(repository=repository, state="failed", error="The host is away.")
    one = f"repos/repository/{repository.pk}"
    lists = ("repos/repository", "repos/indexjob", "chat/conversation", "auth/user")
    return [
        "",
        *(f"{name}/" for name in (*lists, "accounts/apitoken", "auth/group")),
        f"{one}/change/",
        f"{one}/history/",
        f"{one}/delete/",
        f"auth/user/{alice.pk}/change/",
        "auth/user/add/",
        "auth/group/add/",
        "password_change/",
        "doctor/",
        "providers/",
    ]


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
    for rule in found:
        for node in rule["nodes"]:
            if not any(rule["id"] == name and part in node["html"] for name, part, _ in UPSTREAM):
                yield rule["id"], node["target"], node["html"][:160]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_admin_page_follows_the_rules(start, open_page, addresses, boss, scheme):
    live = start()
    page = open_page(live, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    bring_session(page, live, boss.username)
    found = []
    for address in addresses:
        reply = page.goto(f"{live.url}/admin/{address}")
        assert reply.status == 200, address
        found += [(address, *one) for one in violations(page)]
    assert found == []
