"""Events for the receivers of outgoing webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from repos.models import OutgoingWebhook, Repository, WebhookDelivery, WebhookEvent
from repos.outgoing.delivery import enqueue

Facts = Mapping[str, Any]


def announce(event: WebhookEvent, repository: Repository, facts: Facts, *, key: str = "") -> None:
    """Have those told that listen for an event about a repository.

    `facts` are added to what is told; they hold no text of people or files. An event with a
    `key` is told once, however often it is announced.
    """
    receivers = OutgoingWebhook.objects.filter(is_active=True, events__contains=[event])
    payload = _payload(event, repository, facts)
    for receiver in receivers:
        _add(receiver, event, payload, key)


def announce_index(repository: Repository) -> None:
    """A repository has an index of another commit: for `jobs.after_indexing`."""
    repository.refresh_from_db()
    index = repository.current_index
    if index is not None:
        facts = {"commit": index.commit, "passages": index.chunks}
        key = f"{repository.pk}:{index.commit}"
        announce(WebhookEvent.INDEX_READY, repository, facts, key=f"index:{key}")


def _add(receiver: OutgoingWebhook, event: WebhookEvent, payload: Facts, key: str) -> None:
    with transaction.atomic():
        values = {"event": event, "payload": payload}
        if key:
            found = WebhookDelivery.objects.get_or_create(
                webhook=receiver, key=key, defaults=values
            )
            delivery, is_new = found
        else:
            delivery, is_new = WebhookDelivery.objects.create(webhook=receiver, **values), True
        if is_new:
            enqueue(delivery)


def _payload(event: WebhookEvent, repository: Repository, facts: Facts) -> dict[str, Any]:
    """What is told. Of a private repository its id alone."""
    told = {"id": str(repository.pk), "is_private": repository.is_private}
    if not repository.is_private:
        told |= {
            "name": repository.name,
            "address": repository.url,
            "revision": repository.revision,
        }
    at = timezone.now().isoformat()
    return {"event": event.value, "at": at, "repository": told, **facts}
