"""What a refresh has cost is stored as it is spent, whatever becomes of the page."""

import pytest

from chat import services
from deepwiki.wiki.models import PageRefresh, WikiPage
from deepwiki.wiki.refresh.refresher import MAX_OUTPUT_TOKENS, spent_this_month
from deepwiki.wiki.tests import test_refresh
from deepwiki.wiki.tests.test_recheck import FILES as CLAIM_FILES
from deepwiki.wiki.tests.test_refresh import asked_of, refreshed, rewriting
from deepwiki.wiki.writing.call_budget import Budget
from deepwiki.wiki.writing.model_calls import ModelCaller

pytestmark = pytest.mark.django_db
FILES = CLAIM_FILES
stale = test_refresh.stale


@pytest.fixture
def caller_of(model, settings):
    """The caller of a scripted model, with a budget."""
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    services.providers.cache_clear()
    yield lambda name, budget: ModelCaller("openai", name, budget)
    services.providers.cache_clear()


def test_both_attempts_of_a_call_that_failed_are_counted(stale, caller_of):
    budget = Budget()
    with caller_of("fake?tokens=8&fault=cut", budget) as model:
        done = asked_of(stale, model)
    row = PageRefresh.objects.get()
    assert done == [row] and row.error
    assert row.output_tokens == budget.spent.output_tokens >= 2
    assert spent_this_month(stale) == budget.spent.tokens > 2 * 100


def test_what_was_spent_is_kept_where_the_page_cannot_be_stored(stale):
    def answer(prompt):
        WikiPage.objects.filter(slug="prices").delete()
        return rewriting("New `shop/prices.py:L5-L6`.")(prompt)

    with pytest.raises(WikiPage.DoesNotExist):
        refreshed(stale, answer)
    assert spent_this_month(stale) > 100


def test_the_most_that_may_come_is_reserved(stale):
    model, done = refreshed(stale, rewriting("x"), budget=MAX_OUTPUT_TOKENS + 50)
    assert not model.asked and not done and not PageRefresh.objects.exists()
