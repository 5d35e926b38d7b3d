"""Who manages a wiki sees what an update of its pages costs, and asks for it."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from chat import services
from deepwiki.wiki.models import PageVersion, Wiki
from deepwiki.wiki.tests.test_recheck import FILES as CLAIM_FILES
from deepwiki.wiki.tests.test_recheck import reindexed, with_claims
from deepwiki.wiki.tests.test_refresh import NEW_PRICES, OVERVIEW, PRICES_PAGE

pytestmark = pytest.mark.django_db
FILES = CLAIM_FILES
OFFER = "Update 1 page whose lines have changed: about "


@pytest.fixture
def stale(app, tmp_path, client, alice, settings):
    """A wiki with one page to be updated, which alice manages; a model is set up."""
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test"}
    services.providers.cache_clear()
    type(app).objects.filter(pk=app.pk).update(added_by=alice)
    client.force_login(alice)
    with_claims(app, [OVERVIEW, PRICES_PAGE])
    PageVersion.objects.update(made_by=PageVersion.Author.MODEL)
    yield reindexed(app, tmp_path, {"shop/prices.py": NEW_PRICES})
    services.providers.cache_clear()


def overview(client, wiki):
    return client.get(f"/r/{wiki.repository_id}/wiki/").content.decode()


def change(client, wiki, action, **form):
    return client.post(f"/r/{wiki.repository_id}/wiki-change/{action}", form).status_code


def test_the_button_says_the_cost_and_asks_a_worker(client, stale):
    assert OFFER in overview(client, stale)
    assert change(client, stale, "refresh") == 302
    job = ProcrastinateJob.objects.get(task_name="wiki.refresh", args__is_requested=True)
    assert job.args["wiki_id"] == stale.pk
    PageVersion.objects.update(made_by=PageVersion.Author.CODE)
    assert OFFER not in overview(client, stale)


def test_nothing_is_offered_without_a_model_or_to_others(client, stale, settings, bob):
    settings.PROVIDER_ENVIRONMENT = {}
    services.providers.cache_clear()
    assert OFFER not in overview(client, stale)
    client.force_login(bob)
    assert change(client, stale, "refresh") == 404


@pytest.mark.parametrize(
    ("tokens", "status", "budget"),
    [("5000", 302, 5000), ("", 404, 0), ("-1", 404, 0), ("1" * 40, 404, 0), ("\u0663", 404, 0)],
)
def test_the_monthly_budget_is_a_number(client, stale, tokens, status, budget):
    assert change(client, stale, "refresh-budget", tokens=tokens) == status
    assert Wiki.objects.get().refresh_tokens == budget
