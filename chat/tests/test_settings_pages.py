"""Settings that know of models: the default model, and usage by day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Message
from chat.services.usage_by_day import usage_by_day
from deepwiki.accounts.models import Profile
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db


def ask(person, read, written, days_ago=0):
    """A question and its answer, so many days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    repository = add(parse_address("pallets/flask"), None)
    talk = Conversation.objects.create(user=person, repository=repository, title="x")
    usage = {"input_tokens": read, "output_tokens": written}
    for position, role in enumerate(("user", "assistant"), 1):
        Message.objects.create(
            conversation=talk,
            position=position,
            role=role,
            usage=usage if role == "assistant" else {},
            provider="openai" if role == "assistant" else "",
            model="gpt-5-mini" if role == "assistant" else "",
            created_at=at,
        )


def test_each_day_says_what_was_asked_and_spent(alice, bob):
    ask(alice, 1_000_000, 0)
    ask(alice, 10, 5)
    ask(alice, 7, 3, days_ago=2)
    ask(alice, 9, 9, days_ago=40)
    ask(bob, 500, 500)
    days = usage_by_day(30, alice.pk)
    assert len(days) == 30
    assert (days[-1].questions, days[-1].read, days[-1].written) == (2, 1_000_010, 5)
    assert days[-1].cost > 0
    assert (days[-3].questions, days[-3].tokens) == (1, 10)
    assert sum(day.questions for day in days) == 3
    assert usage_by_day(30)[-1].questions == 3  # of everybody


def test_the_page_has_the_figures_of_nobody_else(client, alice, bob):
    ask(bob, 123_456, 0)
    client.force_login(alice)
    page = client.get("/accounts/usage/").content.decode()
    assert "asked nothing yet" in page and "123" not in page
    ask(alice, 4_321, 0)
    page = client.get("/accounts/usage/").content.decode()
    assert "4321" in page.replace(",", "") and "<rect" in page and "style=" not in page


def test_the_days_quota_is_shown(client, alice, settings):
    settings.TOKENS_PER_DAY = 1_000
    ask(alice, 250, 0)
    client.force_login(alice)
    assert (
        '<progress id="quota" max="100" value="25">'
        in client.get("/accounts/usage/").content.decode()
    )


def test_the_default_model_is_one_that_is_offered(client, alice):
    client.force_login(alice)
    offered = client.get("/accounts/models/").content.decode()
    assert "search-only" in offered
    value = offered.split('name="model" value="')[2].split('"')[0]
    client.post("/accounts/models/", {"model": value})
    assert Profile.objects.get(user=alice).model == value
    client.post("/accounts/models/", {"model": "openai|nothing"})
    assert Profile.objects.get(user=alice).model == value


def test_a_model_that_is_gone_stays_chosen_until_another_is(client, alice):
    Profile.objects.create(user=alice, model="old|gone")
    client.force_login(alice)
    assert "old|gone" in client.get("/accounts/models/").content.decode()
    client.post("/accounts/models/", {"model": "old|gone"})
    assert Profile.objects.get(user=alice).model == "old|gone"
