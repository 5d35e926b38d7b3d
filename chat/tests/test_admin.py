"""The admin: providers tried, repositories checked, people with what they spent, an audit without words."""

import pytest
from django.contrib.auth.models import Permission

from chat.models import Conversation, Message, Share
from deepwiki.accounts.models import Profile

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "What is the secret of the discount?"


@pytest.fixture
def asked(people, repository):
    conversation = Conversation.objects.create(
        user=people["alice"], repository=repository, title=SECRET
    )
    question = Message.objects.create(
        conversation=conversation, position=1, role="user", content=SECRET, asked_by=people["alice"]
    )
    return Message.objects.create(
        conversation=conversation,
        position=2,
        parent=question,
        role="assistant",
        content="Nothing.",
        provider="openai",
        model="gpt-x",
        usage={"input_tokens": 900, "output_tokens": 77, "first_token_ms": 120},
    )


@pytest.fixture
def boss(client, people):
    boss = people["bob"]
    boss.is_staff = boss.is_superuser = True
    boss.save()
    client.force_login(boss)
    return boss


def test_providers_are_shown_with_their_use_and_tried(
    client, boss, asked, model, fresh_providers, settings, tmp_path
):
    file = tmp_path / "models.toml"
    file.write_text(
        """[openai]
label = "Test"
adapter = "openai"
key = "OPENAI_API_KEY"
address = ["OPENAI_BASE_URL", ""]
models = [{ id = "fake?tokens=1", context = 32000, output = 1000 }, { id = "fake?fault=401", context = 32000, output = 1000 }]
[azure]
label = "Azure"
adapter = "azure"
key = "AZURE_OPENAI_API_KEY"
"""
    )
    settings.MODELS_FILE = file
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    page = client.get("/admin/providers/").content.decode()
    assert "answers 1, failed 0, tokens 977." in page
    assert "The first word came after 120 ms (median)." in page
    assert "Not set up: it needs AZURE_OPENAI_API_KEY" in page and "sk-test" not in page
    good = client.post(
        "/admin/providers/", {"model": "openai|fake?tokens=1"}, follow=True
    ).content.decode()
    assert "answers; first word after" in good
    bad = client.post(
        "/admin/providers/", {"model": "openai|fake?fault=401"}, follow=True
    ).content.decode()
    assert "refused the server" in bad and "sk-test" not in bad


def test_providers_are_for_superusers_only(client, people):
    staff = people["bob"]
    staff.is_staff = True
    staff.save()
    client.force_login(staff)
    assert client.get("/admin/providers/").status_code == 403


def test_the_audit_tells_who_asked_about_what_and_never_the_words(
    client, people, asked, repository
):
    staff = people["bob"]
    staff.is_staff = True
    staff.save()
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_asked"]))
    client.force_login(staff)
    page = client.get("/admin/chat/asked/").content.decode()
    assert "alice" in page and repository.name in page and "gpt-x" in page and "977" in page
    assert "secret" not in page
    assert (
        "secret" not in client.get(f"/admin/chat/asked/{asked.parent_id}/change/").content.decode()
    )


def test_people_are_shown_with_what_they_spent_and_their_quota(client, boss, asked, people):
    Profile.objects.create(user=people["alice"], tokens_per_day=5_000)
    page = client.get("/admin/auth/user/").content.decode()
    assert "977" in page and "5,000" in page
    assert client.get(f"/admin/auth/user/{people['alice'].pk}/change/").status_code == 200


def test_a_repositorys_host_is_asked_and_its_size_shown(client, boss, asked, repository):
    listed = client.get("/admin/repos/repository/").content.decode()
    assert "977" in listed
    assert "KB" in client.get(
        f"/admin/repos/repository/{repository.pk}/change/"
    ).content.decode().replace("\xa0", " ")
    done = client.post(
        "/admin/repos/repository/",
        {"action": "check_connection", "_selected_action": [repository.pk]},
        follow=True,
    )
    assert "the folder is there" in done.content.decode()


def test_links_can_be_taken_back_by_an_administrator(client, boss, asked):
    share = Share.objects.create(conversation=asked.conversation, last=asked)
    assert client.get(f"/s/{share.key}/").status_code == 200
    client.post("/admin/chat/share/", {"action": "revoke", "_selected_action": [share.pk]})
    assert client.get(f"/s/{share.key}/").status_code == 404
