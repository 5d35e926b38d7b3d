"""Outgoing webhooks: a receiver on loopback is told of events, signed, and tried again."""

import hashlib
import hmac
import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from repos import jobs, outgoing
from repos.models import OutgoingWebhook, Repository, WebhookDelivery, WebhookEvent
from repos.outgoing.delivery import MAX_TRIES, WAITS, network
from repos.sources.errors import AddressRefused, BadAddress, SourceError
from repos.sources.http_post import check_target

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State
SECRET = "a secret of the tests"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.received, server.status, server.answer = [], 200, b"thanks"
        settings.CLONE_ALLOW = [f"127.0.0.1:{server.server_port}"]
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def webhook(receiver):
    made = OutgoingWebhook(
        url=f"http://127.0.0.1:{receiver.server_port}/in?x=1", events=WebhookEvent.values
    )
    made.secret = SECRET
    made.save()
    return made


def announced(repository, **facts):
    outgoing.announce(WebhookEvent.ANSWER_RATED_DOWN, repository, facts)
    return WebhookDelivery.objects.latest("created_at")


def tried(delivery):
    """As a worker tries it once its time has come."""
    WebhookDelivery.objects.filter(state=State.WAITING).update(next_at=timezone.now())
    outgoing.deliver(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_what_is_sent_is_signed(webhook, receiver, repository):
    delivery = tried(announced(repository, answer={"id": "7"}))
    assert (delivery.state, delivery.status, delivery.reply) == (State.DELIVERED, 200, "thanks")
    path, headers, body = receiver.received[0]
    signed = f"{headers['X-DeepWiki-Timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-DeepWiki-Signature"] == f"sha256={digest}"
    assert headers["X-DeepWiki-Event"] == "answer.rated_down"
    assert headers["X-DeepWiki-Delivery"] == str(delivery.pk)
    assert path == "/in?x=1"
    told = json.loads(body)
    assert told["repository"]["name"] == repository.name
    assert told["answer"] == {"id": "7"}


def test_of_a_private_repository_its_id_alone_is_told(webhook, receiver, repository, alice):
    Repository.objects.update(is_private=True, added_by=alice)
    repository.refresh_from_db()
    tried(announced(repository))
    told = json.loads(receiver.received[0][2])["repository"]
    assert told == {"id": str(repository.pk), "is_private": True}


def test_it_is_tried_five_times_ever_later_and_then_has_failed(webhook, receiver, repository):
    receiver.status = 500
    delivery = announced(repository)
    for wait in WAITS:
        before = timezone.now()
        tried(delivery)
        assert delivery.state == State.WAITING
        assert (
            timedelta(0)
            <= delivery.next_at - before - timedelta(seconds=wait)
            < timedelta(seconds=20)
        )
    tried(delivery)
    assert (delivery.state, delivery.tries, delivery.status) == (State.FAILED, MAX_TRIES, 500)
    assert "status 500" in delivery.error
    assert len(receiver.received) == MAX_TRIES
    receiver.status = 204
    outgoing.send_again(delivery)
    assert tried(delivery).state == State.DELIVERED


def test_two_workers_send_it_once_and_not_before_its_time(webhook, receiver, repository):
    delivery = announced(repository)
    outgoing.deliver(delivery.pk)
    outgoing.deliver(delivery.pk)
    assert len(receiver.received) == 1
    later = announced(repository)
    WebhookDelivery.objects.filter(pk=later.pk).update(
        next_at=timezone.now() + timedelta(minutes=1)
    )
    outgoing.deliver(later.pk)
    assert len(receiver.received) == 1


def test_redirects_are_not_followed(webhook, receiver, repository):
    receiver.status = 302
    assert tried(announced(repository)).status == 302
    assert len(receiver.received) == 1


def test_nothing_is_sent_where_the_policy_ends(webhook, receiver, repository, settings):
    settings.CLONE_ALLOW = []
    delivery = tried(announced(repository))
    assert delivery.state == State.WAITING
    assert (
        delivery.error
        == "Only https addresses are used. Give the https address of this repository."
    )
    assert not receiver.received


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nothing",
        "ftp://example.org/",
        "https://me:secret@example.org/",
        "https://example.org:port/",
        "https://exa mple.org/",
        "http://example.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://example.org:22/",
        "https://[::1]/",
        "https://localhost/",
        "https://" + "a" * 1_000,
    ],
)
def test_addresses_of_private_networks_and_wrong_ones_are_refused(url):
    with pytest.raises((BadAddress, AddressRefused, SourceError)):
        check_target(url, network())


def test_a_large_reply_is_cut_and_an_unstorable_one_kept(webhook, receiver, repository):
    receiver.answer = b"\x00" + b"a" * 1_000_000
    delivery = tried(announced(repository))
    assert delivery.state == State.DELIVERED
    assert len(delivery.reply) < 3_000


def test_an_index_is_told_of_once_a_commit_and_nobody_else_is_told(webhook, receiver, repository):
    quiet = OutgoingWebhook(url="https://example.org/", events=["wiki.changed"])
    quiet.secret = SECRET
    quiet.save()
    for _ in range(2):
        jobs.extensions.notify(repository)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.webhook, delivery.event) == (webhook, "index.ready")
    assert delivery.payload["commit"] == repository.current_index.commit


def test_what_a_dead_worker_left_is_queued_and_what_is_old_forgotten(repository, webhook):
    from procrastinate.contrib.django.models import ProcrastinateJob

    left, old = announced(repository), announced(repository)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    WebhookDelivery.objects.filter(pk=left.pk).update(next_at=an_hour_ago)
    long_ago = timezone.now() - timedelta(days=31)
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=long_ago, state=State.FAILED)
    queued = ProcrastinateJob.objects.filter(task_name="repos.deliver_webhook")
    before = queued.count()
    outgoing.queue_overdue()
    assert queued.count() == before + 1
    kept = WebhookDelivery.objects.filter(pk__in=[left.pk, old.pk])
    assert list(kept) == [left]


def test_staff_set_up_receivers_and_see_the_secret_once(client, carol, receiver, repository):
    client.force_login(carol)
    url = f"http://127.0.0.1:{receiver.server_port}/"
    form = {"url": url, "events": ["index.ready"], "is_active": "on"}
    page = client.post("/admin/repos/outgoingwebhook/add/", form, follow=True).content.decode()
    secret = OutgoingWebhook.objects.get().secret
    assert secret in page
    assert secret not in client.get("/admin/repos/outgoingwebhook/").content.decode()
    wrong = client.post("/admin/repos/outgoingwebhook/add/", {**form, "url": "https://127.0.0.1/"})
    assert "errorlist" in wrong.content.decode()
    assert OutgoingWebhook.objects.count() == 1
    outgoing.announce_index(repository)
    delivery = WebhookDelivery.objects.get()
    assert tried(delivery).state == State.DELIVERED
    log = client.get("/admin/repos/webhookdelivery/").content.decode()
    assert "index.ready" in log or "An index is ready" in log
    again = {"action": "send_again", "_selected_action": [str(delivery.pk)]}
    client.post("/admin/repos/webhookdelivery/", again)
    delivery.refresh_from_db()
    assert delivery.state == State.WAITING


def test_their_secrets_get_the_newest_key_with_the_others(webhook, settings):
    from cryptography.fernet import Fernet

    from repos.services import rotate_keys

    before = webhook.secret_encrypted
    settings.TOKEN_KEYS = [Fernet.generate_key().decode(), *settings.TOKEN_KEYS]
    rotate_keys()
    settings.TOKEN_KEYS = settings.TOKEN_KEYS[:1]
    webhook.refresh_from_db()
    assert webhook.secret_encrypted != before
    assert webhook.secret == SECRET


def test_a_rating_that_turns_down_is_told_of(repository, webhook, alice):
    from chat.models import Conversation, Message
    from chat.services import own_conversations

    conversation = Conversation.objects.create(user=alice, repository=repository, title="Mine")
    answer = Message.objects.create(conversation=conversation, position=1, role="assistant")
    for rating in (1, -1, -1, None):
        own_conversations.rate(answer, rating, "my own words")
    delivery = WebhookDelivery.objects.exclude(event="index.ready").get()
    assert delivery.event == "answer.rated_down"
    assert "my own words" not in json.dumps(delivery.payload)
