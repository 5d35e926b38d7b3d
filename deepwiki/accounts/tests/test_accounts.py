"""Signing in, API tokens, and who may open what."""

import io

import pytest
from django.core.management import call_command

from deepwiki.accounts.models import ApiToken

pytestmark = pytest.mark.django_db


def test_a_token_is_printed_once_and_only_its_hash_kept(alice):
    out = io.StringIO()
    call_command("create_token", "alice", stdout=out)
    clear = out.getvalue().strip()
    assert clear.startswith("dw_")
    assert clear not in str(ApiToken.objects.values().get())
    assert ApiToken.find(clear).user == alice


def test_a_token_from_the_command_is_for_reading_and_asking_unless_it_says_otherwise(alice):
    call_command("create_token", "alice", stdout=io.StringIO())
    call_command(
        "create_token", "alice", "--scopes", "read", "manage", "--days", "7", stdout=io.StringIO()
    )
    newest, first = ApiToken.objects.order_by("-pk")
    assert (first.scopes, first.expires_at) == (["read", "ask"], None)
    assert newest.scopes == ["read", "manage"]
    assert newest.expires_at is not None


def test_revoked_unknown_and_locked_out_give_nobody(alice):
    token, clear = ApiToken.issue(alice)
    alice.is_active = False
    alice.save()
    assert ApiToken.find(clear) is None
    alice.is_active = True
    alice.save()
    assert ApiToken.find(clear).user == alice
    token.revoked_at = token.created_at
    token.save()
    assert ApiToken.find(clear) is None
    assert ApiToken.find("dw_x\udcff") is None


def test_a_token_for_nobody_is_refused():
    with pytest.raises(SystemExit):
        call_command("create_token", "nobody", stderr=io.StringIO())


@pytest.mark.parametrize(
    ("password", "told", "not_told"),
    [("", "This field is required", "do not match"), ("wrong", "do not match", "is required")],
)
def test_a_sign_in_tells_what_is_missing_or_that_nothing_matches(
    client, alice, password, told, not_told
):
    page = client.post("/accounts/login/", {"login": "alice", "password": password})
    assert told in page.content.decode() and not_told not in page.content.decode()


def test_signing_in_changes_the_session_and_never_redirects_elsewhere(client, alice):
    client.get("/accounts/login/")
    response = client.post(
        "/accounts/login/?next=https://evil.example/",
        {"login": "alice", "password": "alice-pass-1", "next": "https://evil.example/"},
    )
    assert response.url == "/"
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_foreign_host_is_refused(client):
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_every_page_carries_the_policies(client, alice):
    for path in ("/accounts/login/", "/nowhere", "/admin/login/"):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_the_admin_is_closed_to_ordinary_people(client, alice):
    client.force_login(alice)
    assert client.get("/admin/").status_code == 302


def test_message_text_is_shown_to_those_allowed_only(client, alice, people, repository):
    from django.contrib.auth.models import Permission

    from chat.models import Conversation, Message

    conversation = Conversation.objects.create(
        user=alice, repository=repository, title="my secret title"
    )
    message = Message.objects.create(
        conversation=conversation, position=1, role="user", content="my secret question"
    )
    staff = people["bob"]
    staff.is_staff = True
    staff.save()
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=["view_message", "view_conversation"])
    )
    client.force_login(staff)
    pages = [
        "/admin/chat/message/",
        f"/admin/chat/message/{message.pk}/change/",
        "/admin/chat/conversation/",
        f"/admin/chat/conversation/{conversation.pk}/change/",
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert b"my secret" not in response.content
    client.force_login(people["carol"])
    assert b"my secret question" in client.get(pages[1]).content


def test_the_source_viewer_shows_only_what_one_may_read(client, people, index_folder, folder):
    private = index_folder(folder, owner_id=people["alice"].pk, private=True)
    url = f"/r/{private.pk}/source?path=shop/prices.py&start=10&end=12"
    client.force_login(people["alice"])
    assert b"apply_discount" in client.get(url).content.replace(b"</span>", b"").replace(
        b'<span class="n">', b""
    ).replace(b'<span class="nf">', b"")
    client.force_login(people["bob"])
    assert client.get(url).status_code == 404
    for page in (f"/r/{private.pk}/", f"/r/{private.pk}/status"):
        assert client.get(page).status_code == 404
    assert client.post(f"/r/{private.pk}/refresh").status_code == 404
    assert b"pocket" not in client.get("/parts/choices?q=pocket").content


def attempt(client, name, password, address="203.0.113.7", **headers):
    return client.post(
        "/accounts/login/",
        {"login": name, "password": password},
        REMOTE_ADDR=address,
        headers=headers,
    )


def test_five_wrong_passwords_lock_the_name_at_this_address_and_nobody_else(client, alice, bob):
    for number in range(5):
        forged = {"X-Forwarded-For": f"198.51.100.{number}"}
        answer = attempt(client, "alice", "wrong", **forged)
    assert answer.status_code == 429
    assert "15 minutes" in answer.content.decode()
    assert answer.headers["Retry-After"] == "900"
    assert attempt(client, "alice", "alice-pass-1").status_code == 429
    assert attempt(client, "bob", "bob-pass-1").status_code == 302
    client.logout()
    assert attempt(client, "alice", "alice-pass-1", "198.51.100.9").status_code == 302


@pytest.mark.parametrize(("name", "address"), [("alice", "198.51.100.9"), ("bob", "203.0.113.7")])
def test_many_failures_of_one_name_or_from_one_address_are_slowed_too(
    client, alice, bob, name, address
):
    from axes.models import AccessAttempt

    for number in range(100):
        tried = "alice" if name == "alice" else f"name{number}"
        at = f"192.0.2.{number}" if name == "alice" else "203.0.113.7"
        AccessAttempt.objects.create(
            username=tried, ip_address=at, user_agent="", path_info="/", failures_since_start=1
        )
    assert attempt(client, name, f"{name}-pass-1", address).status_code == 429
    AccessAttempt.objects.all().delete()
    assert attempt(client, name, f"{name}-pass-1", address).status_code == 302


def test_a_few_mistakes_are_forgiven_by_signing_in(client, alice):
    for _ in range(4):
        assert attempt(client, "alice", "wrong").status_code == 200
    assert attempt(client, "alice", "alice-pass-1").status_code == 302
    client.logout()
    for _ in range(4):
        assert attempt(client, "alice", "wrong").status_code == 200


def test_the_admin_is_entered_by_the_sign_in_page_of_everybody(client, alice, carol):
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    assert client.post("/admin/login/", {"username": "carol", "password": "x"}).status_code == 302
    client.force_login(alice)
    assert client.get("/admin/", follow=True).status_code == 403
    client.force_login(carol)
    assert client.get("/admin/").status_code == 200


def test_owner_and_name_open_a_repository_or_offer_to_add_it(client, alice):
    from repos.models import Repository
    from repos.services import add
    from repos.sources import parse_address

    client.force_login(alice)
    offered = client.get("/pallets/flask")
    assert 'value="pallets/flask"' in offered.content.decode()
    assert Repository.objects.count() == 0
    known = add(parse_address("pallets/flask"), None)
    assert client.get("/Pallets/Flask/").headers["Location"] == f"/r/{known.pk}/"
    assert client.get("/pallets/-x").status_code == 404


def test_signing_in_forgives_nothing_that_was_tried_on_another_name(client, alice, bob):
    for _ in range(4):
        attempt(client, "alice", "wrong", "203.0.113.7")
    assert attempt(client, "bob", "bob-pass-1", "203.0.113.7").status_code == 302
    client.logout()
    assert attempt(client, "alice", "wrong", "203.0.113.7").status_code == 429


@pytest.mark.parametrize("path", ["/accounts/login", "/c/7c1f2d0e-0000-4000-8000-000000000000"])
def test_a_path_of_ours_without_its_slash_is_no_repository(client, alice, path):
    client.force_login(alice)
    assert client.get(path).status_code == 301


@pytest.mark.parametrize("path", ["/?q=%00", "/parts/rail?q=a%00b", "/parts/choices?q=%00"])
def test_what_the_database_cannot_hold_is_a_bad_request(client, alice, path):
    client.force_login(alice)
    assert client.get(path).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_tokens_of_the_release_before_go_on_reading_and_asking(alice):
    clear = ApiToken.issue(alice, scopes=["manage"], days=1)[1]
    try:
        call_command("migrate", "accounts", "0003", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    token = ApiToken.find(clear)
    assert (token.scopes, token.expires_at) == (["read", "ask"], None)
