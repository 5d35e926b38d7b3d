"""What whoever manages a repository decides about its wiki."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.web.lookups import readable_repository
from deepwiki.wiki import builds, services
from deepwiki.wiki.day_quota import check_tokens_left, payer_of
from deepwiki.wiki.models import VisitorWiki, Wiki, WikiBuild
from deepwiki.wiki.web.refusals import tell_refusals
from repos.models import Repository

DELETE = "delete"
BUILD = "build"
REFRESH = "refresh"
BUDGET = "refresh-budget"
MAX_BUDGET = 1_000_000_000  # tokens a month
# Action of the address -> new values of the wiki's fields.
CHANGES: Mapping[str, Mapping[str, bool]] = {
    "off": {"is_disabled": True},
    "on": {"is_disabled": False},
    "public": {"is_public": True},
    "private": {"is_public": False},
    "leave-out-unsupported": {"leave_out_unsupported": True},
    "mark-unsupported": {"leave_out_unsupported": False},
}
# Action of the address -> what is done with the last build, if there is one.
BUILD_CHANGES: Mapping[str, Callable[[WikiBuild], bool]] = {
    "pause": builds.pause,
    "resume": builds.resume,
    "cancel": builds.cancel,
    "retry": builds.retry_failed,
}
SPENDING = frozenset({"resume", "retry"})


@require_POST
@login_required
@tell_refusals
def change_wiki(request: HttpRequest, repository_id: uuid.UUID, action: str) -> HttpResponse:
    """Build the wiki, switch it off or on, let strangers read it or not, show sentences
    without support or not, or delete all its rows.

    Pages whose lines have changed can be updated, once or by themselves within a budget.
    A build can be paused, resumed and cancelled, and its failed pages made once more. For the
    repository's owner and who may change repositories; 404 for others.
    """
    repository = managed_repository(request, repository_id)
    if action == DELETE:
        _delete(request, repository)
    elif action == BUILD:
        _build(repository, request.user.pk)
    elif action == REFRESH:
        services.refresh_wiki(repository, request.user.pk)
        messages.success(request, _("The pages are being updated."))
    elif action == BUDGET:
        _set_budget(repository, request.POST.get("tokens", ""))
    elif action in BUILD_CHANGES:
        _change_build(repository, action, request.user.pk)
    elif action in CHANGES:
        Wiki.objects.update_or_create(repository=repository, defaults=CHANGES[action])
    else:
        raise Http404
    return redirect("wiki", repository_id)


def managed_repository(request: HttpRequest, repository_id: uuid.UUID) -> Repository:
    """The repository. Raises Http404 for who does not manage it."""
    repository = readable_repository(request, repository_id)
    if not repository.managed_by(request.user):
        raise Http404
    return repository


def _delete(request: HttpRequest, repository: Repository) -> None:
    Wiki.objects.filter(repository=repository).delete()
    VisitorWiki.objects.filter(repository=repository).delete()
    messages.success(request, _("The wiki was deleted."))


def _build(repository: Repository, user_id: int | None) -> None:
    with contextlib.suppress(builds.WikiDisabled):
        services.build_wiki(repository, user_id)


def _set_budget(repository: Repository, tokens: str) -> None:
    """Raises Http404 for anything but a number of tokens."""
    if not (tokens.isascii() and tokens.isdigit() and len(tokens) <= len(str(MAX_BUDGET))):
        raise Http404
    budget = min(int(tokens), MAX_BUDGET)
    Wiki.objects.update_or_create(repository=repository, defaults={"refresh_tokens": budget})


def _change_build(repository: Repository, action: str, user_id: int | None) -> None:
    """Raises QuotaUsedUp where a model would go on."""
    build = WikiBuild.objects.filter(wiki__repository=repository).order_by("-created_at").first()
    if build is None:
        return
    if build.model and action in SPENDING:
        check_tokens_left(payer_of(repository, build.requested_by_id or user_id))
    BUILD_CHANGES[action](build)
