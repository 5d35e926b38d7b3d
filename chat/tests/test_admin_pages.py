"""The admin's start page, its lists, and the page from which one repository is looked after."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Message
from deepwiki.accounts.models import ApiToken
from repos.models import IndexJob, Repository

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "What is the secret of the discount?"


@pytest.fixture
def boss(client, carol):
    cache.clear()
    carol.is_superuser = True
    carol.save()
    client.force_login(carol)
    return carol


@pytest.fixture
def talk(alice, repository):
    talk = Conversation.objects.create(user=alice, repository=repository, title=TITLE)
    question = Message.objects.create(
        conversation=talk, position=1, role="user", content=TITLE, asked_by=alice
    )
    for position, error in ((2, ""), (3, "The provider is down.")):
        Message.objects.create(
            conversation=talk,
            parent=question,
            position=position,
            role="assistant",
            error=error,
            usage={"input_tokens": 1_200, "output_tokens": 34},
        )
    return talk


def job(repository, **fields):
    now = timezone.now()
    times = {"started_at": now - timedelta(seconds=75), "finished_at": now}
    return IndexJob.objects.create(repository=repository, **{**times, **fields})


def page_of(repository, rest="change"):
    return f"/admin/repos/repository/{repository.pk}/{rest}/"


def test_the_start_page_shows_use_jobs_and_failures(client, boss, talk, repository):
    job(repository, state="done")
    job(repository, state="failed", error="The host is away.")
    page = client.get("/admin/").content.decode()
    assert page.count("<svg") >= 6
    for words in ("Tokens: ", "Failed answers: ", "Failed jobs: "):
        assert words in page
    assert "2,468" in page  # tokens of both answers
    assert "style=" not in page.split('class="charts"')[1].split("</div>")[0]


def test_its_figures_are_counted_once_a_minute(client, boss, talk):
    client.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")
    assert not [query for query in queries if "chat_message" in query["sql"]]


@pytest.fixture
def helper(carol):
    """Staff with no permission yet."""
    carol.is_superuser = False
    carol.save()
    return carol


def test_charts_are_for_who_may_see_what_they_count(client, helper, repository, talk):
    job(repository, state="failed", error="The host is away.")
    cache.clear()
    client.force_login(helper)
    assert "<rect" not in client.get("/admin/").content.decode()
    helper.user_permissions.add(Permission.objects.get(codename="view_indexjob"))
    page = client.get("/admin/").content.decode()
    assert "Failed jobs" in page and "Failed answers" not in page


def test_accounts_are_one_section_and_the_queue_comes_last(client, boss):
    sections = client.get("/admin/").context["app_list"]
    names = [section["name"] for section in sections]
    assert names[:3] == ["Repositories", "Conversations", "Accounts"]
    assert names[-1] == "Internals: the work queue"
    lists = {model["object_name"] for model in sections[2]["models"]}
    assert {"User", "Group", "ApiToken", "EmailAddress"} <= lists
    assert not lists & {"UserSession", "Authenticator", "SocialToken"}


def test_a_finished_job_is_done_and_a_failed_one_says_why(client, boss, repository):
    job(repository, state="done", stage="finished")
    page = client.get("/admin/repos/indexjob/").content.decode()
    assert "Done" in page and "1 min 15 s" in page and "0 %" not in page
    job(repository, state="failed", error="The host is away.")
    assert "Failed: The host is away." in client.get("/admin/repos/indexjob/").content.decode()


def test_the_list_says_who_reads_a_repository_in_words(client, boss, repository, alice):
    Repository.objects.filter(pk=repository.pk).update(is_private=True, added_by=alice)
    page = client.get("/admin/repos/repository/").content.decode()
    assert "its owner and chosen people" in page and "icon-no" not in page


def test_conversations_are_called_by_their_title_where_text_may_be_read(client, boss, carol, talk):
    assert TITLE in client.get("/admin/chat/conversation/").content.decode()
    carol.is_superuser = False
    carol.save()
    carol.user_permissions.add(Permission.objects.get(codename="view_conversation"))
    page = client.get("/admin/chat/conversation/").content.decode()
    assert TITLE not in page
    assert f"alice about {talk.repository.name}" in page


def test_one_page_has_all_of_a_repository(client, boss, repository, talk):
    job(repository, state="failed", error="The host is away.")
    page = client.get(page_of(repository)).content.decode()
    for heading in ("Index", "Host", "People", "Use", "Wiki", "Latest jobs"):
        assert f"<h2>{heading}</h2>" in page
    for label in ("Bring the index up to date", "Build it anew", "Check the host"):
        assert label in page
    assert "The host is away." in page and "2,468" in page


def test_its_buttons_follow_the_job(client, boss, repository):
    waiting = job(repository, state="queued", started_at=None, finished_at=None)
    assert "Pause indexing" in client.get(page_of(repository)).content.decode()
    client.post(page_of(repository, "do/pause"))
    waiting.refresh_from_db()
    assert waiting.state == "paused"
    assert "Go on indexing" in client.get(page_of(repository)).content.decode()
    client.post(page_of(repository, "do/cancel"))
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    client.post(page_of(repository, "do/reindex"))
    assert repository.jobs.unfinished().exists()


def test_a_button_needs_the_permission_and_a_post(client, helper, repository):
    client.force_login(helper)
    helper.user_permissions.add(Permission.objects.get(codename="view_repository"))
    assert "Check the host" not in client.get(page_of(repository)).content.decode()
    assert client.post(page_of(repository, "do/reindex")).status_code == 403
    assert not repository.jobs.unfinished().exists()
    helper.user_permissions.add(Permission.objects.get(codename="change_repository"))
    assert client.get(page_of(repository, "do/reindex")).status_code == 403
    assert client.post(page_of(repository, "do/delete_model")).status_code == 302
    assert Repository.objects.filter(pk=repository.pk).exists()


def test_removal_says_first_what_goes_along(client, boss, repository, talk):
    asked = client.get(page_of(repository, "delete")).content.decode()
    assert "1 conversations" in asked and "3 messages" in asked
    client.post(page_of(repository, "delete"), {"post": "yes"})
    repository.refresh_from_db()  # it can be taken back for some days
    assert (repository.removed_at is None, repository.removed_by) == (False, boss)


def test_lists_cost_the_same_however_long_they_are(client, boss, talk, alice, repository):
    ApiToken.issue(alice)

    def queries(path):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    paths = ["/admin/chat/conversation/", "/admin/chat/message/", "/admin/chat/share/"]
    few = [[queries(path) for path in paths] for _ in range(2)][1]  # content types are kept
    for number in range(20):
        other = Conversation.objects.create(user=alice, repository=repository, title=str(number))
        Message.objects.create(conversation=other, position=1, role="user", asked_by=alice)
    assert [queries(path) for path in paths] == few
