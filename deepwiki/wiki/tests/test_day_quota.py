"""Models that write, update and translate wikis spend from the day's tokens of who asked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import services as chat_services
from chat.models import Conversation, Message
from chat.services.quotas import day_tokens
from chat.services.usage_by_day import usage_by_day
from deepwiki.accounts.models import ApiToken, Profile
from deepwiki.wiki import builds, services
from deepwiki.wiki.day_quota import tokens_left
from deepwiki.wiki.models import PageRefresh, TranslationRequest, Wiki, WikiBuild
from deepwiki.wiki.tests.scripted_writer import answering, sound_page, title_of
from deepwiki.wiki.tests.test_builds import FILES as FILES
from deepwiki.wiki.tests.wikis import make_wiki

pytestmark = pytest.mark.django_db
USED_UP = "You have used the tokens that you may use in a day"


@pytest.fixture
def wiki(repository, carol, client, settings):
    """The wiki of a repository that carol manages; she may use a thousand tokens a day."""
    settings.TOKENS_PER_DAY = 1_000
    client.force_login(carol)
    return make_wiki(repository)


def spent_on_build(wiki, carol, **fields):
    made = {"model": "m", "state": "done", "input_tokens": 600, "output_tokens": 400, **fields}
    return WikiBuild.objects.create(wiki=wiki, requested_by=carol, provider="openai", **made)


def post(client, wiki, end, **form):
    reply = client.post(f"/r/{wiki.repository_id}/{end}", form, follow=True)
    return reply.content.decode()


def test_all_that_was_spent_today_counts_and_no_more(wiki, carol, alice, settings):
    spent_on_build(wiki, carol, input_tokens=100, output_tokens=0)
    spent_on_build(wiki, carol, created_at=timezone.now() - timedelta(days=2))
    spent_on_build(wiki, carol, model="")
    spent_on_build(wiki, alice)
    spent = {"input_tokens": 20, "output_tokens": 3, "requested_by": carol}
    PageRefresh.objects.create(wiki=wiki, commit="c", **spent)
    TranslationRequest.objects.create(page=wiki.pages.first(), language="fr", **spent)
    talk = Conversation.objects.create(user=carol, repository=wiki.repository)
    usage = {"input_tokens": 7, "output_tokens": 1}
    Message.objects.create(
        conversation=talk, position=0, role="assistant", state="complete", usage=usage
    )
    assert tokens_left(carol.pk) == 1_000 - 100 - 46 - 8
    Profile.objects.update_or_create(user=carol, defaults={"tokens_per_day": 0})
    assert tokens_left(carol.pk) is None and tokens_left(None) is None


def test_the_usage_of_each_day_has_what_wikis_took(wiki, carol, alice):
    before = timezone.now() - timedelta(days=2)
    spent_on_build(wiki, carol, input_tokens=100, output_tokens=50, cost=0.25)
    spent_on_build(wiki, carol, created_at=before, input_tokens=7, output_tokens=0)
    spent_on_build(wiki, alice, input_tokens=1_000, output_tokens=0)
    spent = {"input_tokens": 20, "output_tokens": 3, "requested_by": carol}
    PageRefresh.objects.create(wiki=wiki, commit="c", cost=0.5, **spent)
    TranslationRequest.objects.create(page=wiki.pages.first(), language="fr", **spent)
    days = usage_by_day(30, carol.pk)
    assert (days[-1].read, days[-1].written, days[-1].cost) == (140, 56, 0.75)
    assert (days[-3].tokens, sum(day.questions for day in days)) == (7, 0)
    assert usage_by_day(30)[-1].read == 1_140  # of everybody


def test_what_a_build_may_use_is_reserved_while_it_goes_on(wiki, carol):
    build = spent_on_build(wiki, carol, state="running", max_tokens=700, input_tokens=0)
    assert tokens_left(carol.pk) == 300
    WikiBuild.objects.filter(pk=build.pk).update(state="paused")
    assert tokens_left(carol.pk) == 600


@pytest.mark.parametrize(
    "end",
    [
        "wiki/prices/again",
        "wiki-change/refresh",
        "wiki-change/retry",
        "wiki/prices/translate?language=fr",
    ],
)
def test_who_has_used_up_the_day_is_refused_with_plain_words(client, wiki, carol, end):
    spent_on_build(wiki, carol)
    assert USED_UP in post(client, wiki, end)
    assert WikiBuild.objects.get().state == "done"
    assert not TranslationRequest.objects.exists()


def test_a_build_is_held_to_what_is_left_of_the_day(client, wiki, carol):
    spent_on_build(wiki, carol, output_tokens=0)
    assert USED_UP not in post(client, wiki, "wiki/prices/again")
    assert WikiBuild.objects.get(state="queued").max_tokens == 400


def test_a_wiki_made_from_the_code_costs_nothing(client, wiki, carol):
    spent_on_build(wiki, carol)
    assert USED_UP not in post(client, wiki, "wiki-change/build")
    assert WikiBuild.objects.filter(state="queued", model="").exists()


def test_updates_by_themselves_count_for_the_owner_of_the_repository(wiki, carol, alice):
    type(wiki.repository).objects.update(added_by=alice)
    PageRefresh.objects.create(wiki=wiki, commit="c", input_tokens=50, output_tokens=0)
    assert tokens_left(alice.pk) == 950 and tokens_left(carol.pk) == 1_000
    assert Wiki.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_wikis_have_used_is_no_longer_there_for_questions(
    wiki, carol, client, settings, model
):
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    chat_services.providers.cache_clear()
    settings.TOKENS_PER_DAY = 100_000
    headers = {"Authorization": f"Bearer {ApiToken.issue(carol)[1]}"}
    ask = {
        "repo_url": wiki.repository.url,
        "type": "local",
        "messages": [{"role": "user", "content": "Why?"}],
        "provider": "openai",
        "model": "fake?tokens=3",
    }
    place = "/chat/completions/stream"
    assert day_tokens(carol.pk).spent == 0
    spent_on_build(wiki, carol, input_tokens=90_000, output_tokens=10_000)
    assert day_tokens(carol.pk).spent >= 100_000
    refused = client.post(place, ask, content_type="application/json", headers=headers)
    assert refused.status_code == 429 and "in a day" in refused.content.decode()


def automatic(wiki, settings, owner):
    settings.WIKI_AUTOMATIC, settings.WIKI_MODEL, settings.WIKI_TOKENS = True, "openai/m", 5_000
    type(wiki.repository).objects.update(added_by=owner)
    services.build_when_outdated(wiki.repository)
    return WikiBuild.objects.filter(state="queued").get()


def test_wikis_made_by_themselves_are_held_to_the_day_of_the_owner(wiki, alice, settings):
    build = automatic(wiki, settings, alice)
    assert (build.model, build.max_tokens, build.requested_by) == ("m", 1_000, None)
    WikiBuild.objects.update(state="done", input_tokens=700)
    assert tokens_left(alice.pk) == 300


def test_a_wiki_made_by_itself_is_made_from_the_code_when_the_day_is_used_up(wiki, alice, settings):
    spent_on_build(wiki, alice)
    assert automatic(wiki, settings, alice).model == ""


@pytest.mark.django_db(transaction=True)
def test_what_is_used_by_questions_meanwhile_pauses_a_build_with_words(app, carol, settings, model):
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    chat_services.providers.cache_clear()
    settings.TOKENS_PER_DAY = 1_000_000
    order = builds.BuildOrder("openai", "writer", 900_000)
    build, _ = builds.request(app, carol.pk, start=False, order=order)
    talk = Conversation.objects.create(user=carol, repository=app)

    def write(body):
        if not title_of(body):
            return answering()(body)
        usage = {"input_tokens": 999_000, "output_tokens": 999}
        Message.objects.create(
            conversation=talk, position=0, role="assistant", state="complete", usage=usage
        )
        model.write = answering()
        return sound_page(body)

    model.write = write
    build = builds.run(build.pk)
    assert build.state == "paused" and "used up" in build.error
    assert build.pages.filter(state="done").exists()
    Message.objects.all().delete()
    assert builds.resume(build)
    assert builds.run(build.pk).state == "done"
