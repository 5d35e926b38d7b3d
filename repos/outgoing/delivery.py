"""Sending events: each signed, tried five times, and written down."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from deepwiki.foundation.encryption import WrongKey
from repos.models import WebhookDelivery
from repos.sources import SourceError
from repos.sources.http_post import Network, PostReply, post

State = WebhookDelivery.State
QUEUE = "webhooks"
WAITS = (30, 120, 600, 3_600)  # seconds after each try but the last
MAX_TRIES = len(WAITS) + 1
CLAIM = timedelta(minutes=5)  # after which another worker may try
OVERDUE = timedelta(minutes=1)
MAX_QUEUED = 100
KEPT = timedelta(days=30)
SUCCESS = range(200, 300)


def enqueue(delivery: WebhookDelivery, seconds: int = 0) -> None:
    """Send a message for a delivery to the workers, to be read after so many seconds."""
    # By name: the task calls this module.
    task = app.configure_task(
        "repos.deliver_webhook", queue=QUEUE, schedule_in={"seconds": seconds}
    )
    task.defer(delivery_id=str(delivery.pk))


def deliver(delivery_id: uuid.UUID | str) -> None:
    """Try to send a delivery whose time has come; the next try is queued where it fails."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    try:
        reply = _send(delivery)
    except (SourceError, WrongKey) as error:
        _failed(delivery, str(error))
        return
    _row(delivery).update(status=reply.status, reply=reply.text.replace("\x00", ""))
    if reply.status in SUCCESS:
        _row(delivery).update(state=State.DELIVERED, error="", ended_at=timezone.now())
    else:
        _failed(delivery, f"The receiver answered with status {reply.status}.")


def send_again(delivery: WebhookDelivery) -> None:
    """Begin anew with a delivery that has ended."""
    changes = {"state": State.WAITING, "tries": 0, "next_at": timezone.now(), "ended_at": None}
    if (
        WebhookDelivery.objects.filter(pk=delivery.pk)
        .exclude(state=State.WAITING)
        .update(**changes)
    ):
        enqueue(delivery)


def queue_overdue() -> None:
    """Queue what a worker that died left, and forget old deliveries."""
    overdue = timezone.now() - OVERDUE
    waiting = WebhookDelivery.objects.filter(state=State.WAITING, next_at__lt=overdue)
    for delivery in waiting.order_by("next_at")[:MAX_QUEUED]:
        enqueue(delivery)
    WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of the timestamp, a dot and the body."""
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def network() -> Network:
    """The network as clones reach it."""
    return Network(tuple(settings.CLONE_ALLOW), settings.CA_FILE, settings.GIT_PROXY)


def _claim(delivery_id: uuid.UUID | str) -> WebhookDelivery | None:
    """Nobody else tries a delivery for as long as CLAIM."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(pk=delivery_id, state=State.WAITING, next_at__lte=now)
    if not due.update(tries=F("tries") + 1, next_at=now + CLAIM):
        return None
    return WebhookDelivery.objects.select_related("webhook").filter(pk=delivery_id).first()


def _send(delivery: WebhookDelivery) -> PostReply:
    """Raises SourceError and WrongKey."""
    body = json.dumps(delivery.payload, ensure_ascii=False).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "DeepWiki",
        "X-DeepWiki-Event": delivery.event,
        "X-DeepWiki-Delivery": str(delivery.pk),
        "X-DeepWiki-Timestamp": timestamp,
        "X-DeepWiki-Signature": signature(delivery.webhook.secret, timestamp, body),
    }
    return post(delivery.webhook.url, body, headers, network())


def _failed(delivery: WebhookDelivery, error: str) -> None:
    if delivery.tries >= MAX_TRIES or not delivery.webhook.is_active:
        changes = {"state": State.FAILED, "ended_at": timezone.now()}
        _row(delivery).update(error=error[:500], **changes)
        return
    wait = WAITS[delivery.tries - 1]
    next_at = timezone.now() + timedelta(seconds=wait)
    _row(delivery).update(error=error[:500], next_at=next_at)
    enqueue(delivery, wait)


def _row(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk)
