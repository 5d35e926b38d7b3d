"""Headers of proxies count from trusted ones; links in mails lead to the public address."""

import os
import stat

import pytest
from django.core import mail
from django.urls import reverse

from chat.models import Conversation, Message, Share
from deepwiki.foundation import untrusted_proxies
from deepwiki.foundation.key_files import make_private


@pytest.mark.parametrize(("peer", "is_secure"), [("10.0.0.1", True), ("203.0.113.9", False)])
def test_the_scheme_of_a_proxy_counts_from_a_trusted_one_only(rf, settings, peer, is_secure):
    from deepwiki.foundation.middleware import forwarded_headers_middleware

    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-Proto": "https"})
    forwarded_headers_middleware(lambda request: None)(request)
    assert request.is_secure() == is_secure
    assert ("X-Forwarded-Proto" in request.headers) == is_secure


@pytest.fixture
def no_peers():
    untrusted_proxies.forget()
    yield
    untrusted_proxies.forget()


def forwarded(client, peer):
    client.get("/healthz", REMOTE_ADDR=peer, headers={"X-Forwarded-For": "203.0.113.7"})


def test_a_proxy_that_nobody_named_is_told_once_and_in_the_admin(
    client, admin_client, settings, caplog, no_peers
):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    for peer in ["10.0.0.1", "8.8.8.8", "10.0.0.2", "10.0.0.2", "nonsense"]:
        forwarded(client, peer)
    (line,) = [record.getMessage() for record in caplog.records if "PROXIES" in record.message]
    assert line.startswith("10.0.0.2 sends X-Forwarded-For.")
    page = admin_client.get("/admin/").content.decode()
    assert "DEEPWIKI_TRUSTED_PROXIES=10.0.0.2" in page
    assert "8.8.8.8" not in page


def test_what_is_told_of_such_peers_is_bounded(client, caplog, no_peers):
    for number in range(1, 30):
        forwarded(client, f"10.0.1.{number}")
    assert len(untrusted_proxies.noted()) == untrusted_proxies.MAX_PEERS
    told = [record for record in caplog.records if "PROXIES" in record.message]
    assert len(told) == untrusted_proxies.MAX_PEERS


@pytest.mark.django_db
def test_a_reset_link_leads_to_the_public_address(client, alice, settings):
    settings.PUBLIC_ORIGIN = "https://wiki.example.org"
    settings.ALLOWED_HOSTS = ["other.example.org"]
    alice.email = "alice@example.org"
    alice.save()
    client.post(
        "/accounts/password/reset/",
        {"email": alice.email},
        headers={"host": "other.example.org"},
    )
    (message,) = mail.outbox
    assert "https://wiki.example.org/accounts/password/reset/key/" in message.body
    assert "//other.example.org" not in message.body


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_mails_name_no_other_host(client, alice, settings, known):
    settings.PUBLIC_ORIGIN = "https://wiki.example.org"
    settings.ALLOWED_HOSTS = ["other.example.org"]
    alice.email = "alice@example.org"
    alice.save()
    address = alice.email if known else "nobody@example.org"
    client.post(
        "/accounts/password/reset/", {"email": address}, headers={"host": "other.example.org"}
    )
    (message,) = mail.outbox
    assert "wiki.example.org" in message.subject and "wiki.example.org" in message.body
    assert "other.example.org" not in message.subject + message.body


@pytest.mark.django_db
def test_a_share_link_leads_to_the_public_address(client, alice, settings, public_repository):
    settings.PUBLIC_ORIGIN = "https://wiki.example.org"
    settings.ALLOWED_HOSTS = ["other.example.org"]
    conversation = Conversation.objects.create(user=alice, repository=public_repository)
    last = Message.objects.create(conversation=conversation, position=1, role="user")
    share = Share.objects.create(conversation=conversation, last=last)
    client.force_login(alice)
    page = client.get(
        reverse("shares", args=[conversation.pk]), headers={"host": "other.example.org"}
    )
    path = reverse("shared", args=[share.key])
    assert f'data-text="https://wiki.example.org{path}"' in page.content.decode()
    assert "other.example.org" not in page.content.decode()


@pytest.mark.parametrize("exists", [False, True])
def test_the_data_folder_is_closed_to_other_users(tmp_path, exists):
    folder = tmp_path / "data"
    if exists:
        folder.mkdir()
        folder.chmod(0o777)
    make_private(folder)
    allowed = 0o711 if os.geteuid() == 0 else 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == allowed
