"""A push at the host brings the index up to date: signed webhooks of GitHub, GitLab, Gitea (Forgejo) and Bitbucket."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from repos import services
from repos.encryption import WrongKey
from repos.models import Repository

# Signatures over the body: header and prefix. GitLab sends the secret itself instead.
SIGNATURES = [
    ("X-Hub-Signature-256", "sha256="),
    ("X-Hub-Signature", "sha256="),
    ("X-Gitea-Signature", ""),
    ("X-Forgejo-Signature", ""),
]
EVENTS = ("X-GitHub-Event", "X-Gitea-Event", "X-Forgejo-Event", "X-Gitlab-Event", "X-Event-Key")


@csrf_exempt  # signed instead
@require_POST
def webhook(request: HttpRequest, repository_id: uuid.UUID) -> JsonResponse:
    """`POST /webhooks/<repository>`: 202 when a refresh was queued, 200 when there is nothing to do, 404 for anybody else.

    An unknown repository, one without a secret and a wrong signature give the same answer.
    """
    if int(request.headers.get("content-length") or 0) > settings.WEBHOOK_BYTES:
        return JsonResponse({"detail": "This is too large."}, status=413)
    repository = Repository.objects.filter(pk=repository_id).first()
    if repository is None or not _signed(request, repository):
        return JsonResponse(
            {"detail": "There is no such webhook, or its signature is wrong."}, status=404
        )
    if not _concerns(request, repository):
        return JsonResponse({"queued": False})
    services.refresh(repository)
    return JsonResponse({"queued": True}, status=202)


def _signed(request: HttpRequest, repository: Repository) -> bool:
    try:
        secret = repository.webhook_secret
    except WrongKey:
        return False
    if not secret:
        return False
    if "X-Gitlab-Token" in request.headers:
        return constant_time_compare(request.headers["X-Gitlab-Token"], secret)
    expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    for header, prefix in SIGNATURES:
        given = request.headers.get(header, "")
        if given.startswith(prefix) and constant_time_compare(given.removeprefix(prefix), expected):
            return True
    return False


def _concerns(request: HttpRequest, repository: Repository) -> bool:
    """Is it a push, and to the branch or tag this row is about? When the payload does not say, yes."""
    event = next(
        (request.headers[name] for name in EVENTS if name in request.headers), "push"
    ).lower()
    if "push" not in event:
        return False
    try:
        payload = json.loads(request.body)
    except (ValueError, RecursionError):
        return True
    ref = payload.get("ref") if isinstance(payload, dict) else None
    if not isinstance(ref, str):
        return True
    name = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    wanted = repository.revision or _default_branch(payload)
    return not wanted or name == wanted


def _default_branch(payload: dict[str, object]) -> str:
    for key in ("repository", "project"):
        described = payload.get(key)
        if isinstance(described, dict) and isinstance(
            branch := described.get("default_branch"), str
        ):
            return branch
    return ""
