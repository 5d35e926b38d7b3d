"""Being staff gives no rights by itself: each is a permission, in the admin and beside it."""

import pytest
from django.contrib.auth.models import Group, Permission

from chat.models import Conversation, Message, Share
from deepwiki.accounts.models import ApiToken
from repos.models import Document, IndexJob, Repository
from repos.services import add
from repos.sources import parse_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(people, client):
    """bob, who may enter the admin and nothing else; signed in."""
    people["bob"].is_staff = True
    people["bob"].save()
    client.force_login(people["bob"])
    return people["bob"]


def allow(person, *names):
    person.user_permissions.set(Permission.objects.filter(codename__in=names))


@pytest.fixture
def secret(people):
    return add(parse_address("team/secret"), people["alice"].pk, token="tok-1")


def test_staff_alone_gives_nobody_a_private_repository(client, staff, secret):
    page = f"/r/{secret.pk}/people"
    for permissions in ([], ["change_repository", "view_repository"]):
        allow(staff, *permissions)
        assert client.get(page).status_code == 404
        assert client.post(page, {"add_person": "bob"}).status_code == 404
        assert client.post(f"/r/{secret.pk}/webhook").status_code == 404
    assert not Repository.objects.readable_by(staff).exists()
    allow(staff, "share_repository")
    assert client.post(page, {"add_person": "bob"}).status_code == 302
    assert Repository.objects.readable_by(staff).get() == secret


def test_groups_of_others_are_named_with_that_permission_only(client, staff, people):
    own = add(parse_address("team/own"), staff.pk, token="tok-1")
    team = Group.objects.create(name="team")
    assert client.post(f"/r/{own.pk}/people", {"add_group": team.pk}).status_code == 404
    allow(staff, "share_repository")
    assert client.post(f"/r/{own.pk}/people", {"add_group": team.pk}).status_code == 302


def test_who_changes_repositories_in_the_admin_does_not_change_who_reads_them(
    client, staff, secret, people
):
    allow(staff, "change_repository", "view_repository")
    page = f"/admin/repos/repository/{secret.pk}/change/"
    form = {"url": secret.url, "kind": "github", "revision": ""}
    reading = {"readers": [staff.pk], "added_by": staff.pk, "is_private": ""}
    assert client.post(page, {**form, **reading}).status_code == 302
    stored = Repository.objects.get(pk=secret.pk)
    assert (stored.is_private, stored.added_by, stored.readers.count()) == (
        True,
        people["alice"],
        0,
    )
    allow(staff, "change_repository", "view_repository", "share_repository")
    assert client.post(page, {**form, "readers": [staff.pk], "is_private": "on"}).status_code == 200
    reading = {"readers": [staff.pk], "added_by": people["alice"].pk, "is_private": "on"}
    assert client.post(page, {**form, **reading}).status_code == 302
    assert Repository.objects.readable_by(staff).get() == secret


def test_a_token_is_forgotten_when_the_admin_names_another_host(client, staff, secret):
    allow(staff, "change_repository", "view_repository")
    page = f"/admin/repos/repository/{secret.pk}/change/"
    for url, token in (
        ("https://github.com/team/other", "tok-1"),
        ("https://git.example.org/a/b", ""),
    ):
        client.post(page, {"url": url, "kind": "", "revision": ""})
        client.post(page, {"url": url, "kind": "git", "revision": ""})
        stored = Repository.objects.get(pk=secret.pk)
        assert (stored.url, stored.token) == (url, token)


def test_actions_need_the_right_to_change(client, staff, people, repository):
    allow(staff, "view_repository", "view_indexjob", "view_share", "view_apitoken")
    conversation = Conversation.objects.create(user=people["alice"], repository=repository)
    last = Message.objects.create(conversation=conversation, position=1, role="user", content="x")
    share = Share.objects.create(conversation=conversation, last=last)
    token, _ = ApiToken.issue(people["alice"])
    for page, action, row in (
        ("repos/repository", "rebuild", repository),
        ("repos/indexjob", "retry", IndexJob.objects.get()),
        ("chat/share", "revoke", share),
        ("accounts/apitoken", "revoke", token),
    ):
        form = {"action": action, "_selected_action": [row.pk]}
        client.post(f"/admin/{page}/", form)
    assert IndexJob.objects.count() == 1
    assert Share.objects.get().revoked_at is None
    assert ApiToken.objects.get().revoked_at is None


def test_a_list_is_not_filtered_by_columns_it_does_not_show(client, staff, people, repository):
    conversation = Conversation.objects.create(
        user=people["alice"], repository=repository, title="Secret"
    )
    last = Message.objects.create(conversation=conversation, position=1, role="user", content="x")
    Share.objects.create(conversation=conversation, last=last)
    ApiToken.issue(people["alice"])
    names = ("repository", "document", "conversation", "message", "asked", "share", "apitoken")
    allow(staff, *(f"view_{name}" for name in names))
    for page, column in (
        ("repos/repository", "token_encrypted"),
        ("repos/repository", "current_index__documents__text"),
        ("repos/document", "text"),
        ("chat/conversation", "title"),
        ("chat/conversation", "messages__content"),
        ("chat/message", "content"),
        ("chat/message", "sources"),
        ("chat/asked", "content"),
        ("chat/share", "key"),
        ("chat/share", "last__content"),
        ("accounts/apitoken", "digest"),
    ):
        reply = client.get(f"/admin/{page}/", {f"{column}__startswith": "S"})
        assert reply.status_code == 400, (page, column)
    assert client.get("/admin/repos/document/", {"role__exact": "code"}).status_code == 200
    assert client.get("/admin/chat/asked/", {"children__provider": "openai"}).status_code == 200
    assert Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_metrics_need_their_permission(client, staff):
    assert client.get("/metrics").status_code == 404
    allow(staff, "view_metrics")
    assert client.get("/metrics").status_code == 200


def test_models_are_tried_with_their_permission(client, staff):
    assert client.get("/admin/providers/").status_code == 403
    allow(staff, "try_models")
    assert client.get("/admin/providers/").status_code == 200
    assert "Providers and models" in client.get("/admin/").content.decode()


def test_who_changes_people_makes_no_superuser(client, staff, people):
    allow(staff, "change_user", "view_user", "delete_user")
    form = {
        "username": "bob",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
        "profile-TOTAL_FORMS": "0",
        "profile-INITIAL_FORMS": "0",
        "user_permissions": [Permission.objects.get(codename="share_repository").pk],
    }
    assert client.post(f"/admin/auth/user/{staff.pk}/change/", form).status_code == 302
    staff.refresh_from_db()
    assert not staff.is_superuser
    assert not staff.user_permissions.filter(codename="share_repository").exists()
    boss = people["carol"].pk
    for page in (f"{boss}/password/", f"{boss}/delete/"):
        reply = client.post(f"/admin/auth/user/{page}", {"password1": "n", "password2": "n"})
        assert reply.status_code == 403
    client.post(f"/admin/auth/user/{boss}/change/", {**form, "username": "carla"})
    people["carol"].refresh_from_db()
    assert people["carol"].username == "carol"
