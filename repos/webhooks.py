"""Webhooks: a push at a git host updates the index. Headers and signatures: sources/hosts.py."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from deepwiki.foundation.encryption import WrongKey
from deepwiki.foundation.parsing import is_length_above
from repos import services
from repos.models import Repository
from repos.sources import HOSTS
from repos.sources.revisions import candidate_refs

Headers = Mapping[str, str]


@csrf_exempt  # the signature takes its place
@require_POST
def webhook(request: HttpRequest, repository_id: uuid.UUID) -> JsonResponse:
    """`POST /webhooks/<repository>`: 202 if a refresh was queued, 200 if none is needed.

    An unknown repository, one without a secret and a wrong signature give the same 404.
    """
    if is_length_above(request.headers.get("content-length"), settings.WEBHOOK_BYTES):
        return JsonResponse({"detail": "This is too large."}, status=413)
    repository = Repository.objects.filter(pk=repository_id, removed_at=None).first()
    if repository is None or not _is_authentic(request, repository):
        return JsonResponse(
            {"detail": "There is no such webhook, or its signature is wrong."}, status=404
        )
    if not _is_relevant_push(request, repository):
        return JsonResponse({"queued": False})
    services.refresh(repository)
    return JsonResponse({"queued": True}, status=202)


def _is_authentic(request: HttpRequest, repository: Repository) -> bool:
    """Whether the request contains the repository's webhook secret or a signature by it."""
    secret = _secret(repository)
    if not secret:
        return False
    value = _secret_in(request.headers)
    if value is not None:
        return constant_time_compare(value, secret)
    digest = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    return _is_signed(request.headers, digest)


def _secret(repository: Repository) -> str:
    """The repository's webhook secret, empty if it has none or it cannot be decrypted."""
    try:
        return repository.webhook_secret
    except WrongKey:
        return ""


def _secret_in(headers: Headers) -> str | None:
    """The secret a host sends as it is, None if the headers contain none."""
    for host in HOSTS:
        header = host.webhook.secret_header
        if header and header in headers:
            return headers[header]
    return None


def _is_signed(headers: Headers, digest: str) -> bool:
    return any(
        _is_signature(headers.get(header, ""), prefix, digest)
        for host in HOSTS
        for header, prefix in host.webhook.signatures
    )


def _is_signature(value: str, prefix: str, digest: str) -> bool:
    return value.startswith(prefix) and constant_time_compare(value.removeprefix(prefix), digest)


def _is_relevant_push(request: HttpRequest, repository: Repository) -> bool:
    """Whether it is a push to the repository's revision; true if the payload names none."""
    if "push" not in _event(request.headers):
        return False
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        return True
    ref = _pushed_ref(payload)
    if ref is None:
        return True
    revision = repository.revision or _default_branch(payload)
    return not revision or ref == revision or ref in candidate_refs(revision)


def _pushed_ref(payload: object) -> str | None:
    """The full name of the pushed branch or tag, None if the payload names none."""
    if not isinstance(payload, dict):
        return None
    ref = payload.get("ref")
    if not isinstance(ref, str):
        return None
    return ref


def _event(headers: Headers) -> str:
    """The event's name in lower case; without a header it counts as a push."""
    for host in HOSTS:
        for header in host.webhook.event_headers:
            if header in headers:
                return headers[header].lower()
    return "push"


def _default_branch(payload: dict[str, object]) -> str:
    for key in ("repository", "project"):
        description = payload.get(key)
        if isinstance(description, dict):
            branch = description.get("default_branch")
            if isinstance(branch, str):
                return branch
    return ""
