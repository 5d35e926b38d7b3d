"""Errors of models and indexes lead staff to their line of the doctor, and nobody else."""

import pytest

from deepwiki.testing.page import ask, begin
from repos.models import IndexJob

pytestmark = pytest.mark.django_db(transaction=True)
LINK = "/admin/doctor/#"


def page_for(client, person, path):
    client.force_login(person)
    return client.get(path).content.decode()


@pytest.mark.parametrize(
    ("reason", "check"), [("provider_auth", "provider-openai"), ("internal", "database")]
)
def test_an_answer_that_failed_leads_to_its_service(client, store_answer, alice, reason, check):
    answer = store_answer(
        content="", state="partial", provider="openai", error="No.", error_reason=reason
    )
    path = f"/c/{answer.conversation_id}/"
    assert LINK not in page_for(client, alice, path)
    alice.is_staff = alice.is_superuser = True
    alice.save()
    assert f'href="{LINK}{check}"' in page_for(client, alice, path)


@pytest.mark.parametrize(
    ("code", "check"),
    [("not_found", "clone"), ("bad_key", "embedder"), ("disk_full", "disk"), ("timeout", "clone")],
)
def test_an_index_that_failed_leads_to_what_it_needs(client, failed, alice, carol, code, check):
    IndexJob.objects.filter(repository=failed).update(error_code=code)
    path = f"/r/{failed.pk}/status"
    assert LINK not in page_for(client, alice, path)
    assert f'href="{LINK}{check}"' in page_for(client, carol, path)


@pytest.mark.browser
@pytest.mark.parametrize(("name", "links"), [("carol", 1), ("alice", 0)])
def test_an_answer_that_fails_on_the_page_leads_there_at_once(
    start, open_page, repository, name, links
):
    live = start("fake?fault=401")
    page = begin(open_page(live), live, repository, name)
    ask(page, "How is the discount computed?")
    page.wait_for_selector("[data-part=ending] .problem")
    found = page.locator("[data-part=ending] .problem a")
    assert found.count() == links
    if links:
        assert "/admin/doctor/#" in found.get_attribute("href")
