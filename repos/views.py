"""Adding a repository, and its indexing status."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deepwiki.foundation.text import clean
from repos import jobs, services
from repos.index import size_of_repository
from repos.jobs import removals
from repos.models import IndexJob, Repository
from repos.sources import SourceError, parse_address
from repos.sources.errors import MESSAGES, TooManyAdded
from repos.sources.locations import may_hold_password

MAX_SHOWN_CHARS = 1_000  # of a refused address
MAX_NAME_CHARS = 200
CREDENTIALS = "credentials_in_address"
NO_ADDRESS = "bad_address"
ACTIONS = {"pause": jobs.pause, "resume": jobs.resume, "cancel": jobs.cancel}


@require_POST
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Find or add the repository at an address and redirect to its page.

    Words that are no address open the one repository whose name has them.
    """
    text = request.POST.get("repo_url", "")
    kind = request.POST.get("type", "")
    try:
        repository = services.find_or_add(
            request.user,
            text,
            kind=kind,
            token=request.POST.get("token", "").strip(),
            revision=request.POST.get("revision", "").strip(),
        )
    except TooManyAdded as error:
        response = _refused_form(request, text, error)
        response.status_code, response["Retry-After"] = 429, str(error.retry_after)
        return response
    except SourceError as error:
        match = _only_match(request, text, error)
        if match is None:
            return _refused_form(request, text, error)
        return _redirect(request, reverse("repository", args=[match.pk]))
    path = parse_address(text, kind).named_revision.path_behind(repository.revision)
    if path:
        told = _("The address names “%(path)s”; the whole repository is added, with all its files.")
        messages.info(request, told % {"path": path})
    return _redirect(request, reverse("repository", args=[repository.pk]))


@require_safe
@login_required
def status(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The state of indexing, which the page polls until the job is over."""
    return _status(request, _readable(request, repository_id))


@require_POST
@login_required
def refresh(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Bring the index up to date."""
    repository = _readable(request, repository_id)
    services.refresh(repository, request.user.pk)
    return _status(request, repository)


@require_POST
@login_required
def webhook_secret(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Replace the webhook's secret and show it, once.

    For the repository's owner and who may change repositories.
    """
    repository = _readable(request, repository_id)
    if not repository.managed_by(request.user):
        raise Http404
    context = {
        "repository": repository,
        "address": settings.PUBLIC_ORIGIN + reverse("webhook", args=[repository.pk]),
        "secret": services.new_webhook_secret(repository),
    }
    return render(request, "repos/webhook.html", context)


@require_POST
@login_required
def control(request: HttpRequest, repository_id: uuid.UUID, action: str) -> HttpResponse:
    """Pause, resume or cancel the unfinished job.

    For who requested it, the owner and who may change repositories.
    """
    if action not in ACTIONS:
        raise Http404
    repository = _readable(request, repository_id)
    job = repository.jobs.unfinished().first()
    if job is not None and services.may_control(request.user, job):
        ACTIONS[action](job)
    return _status(request, repository)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The dialog that asks before a repository is removed for everybody; POST removes it."""
    repository = _readable(request, repository_id)
    if not services.may_remove(request.user, repository):
        raise Http404
    if request.method == "POST":
        text = _("Removed “%(name)s”.")
        if services.remove(repository, request.user):
            text = _("Removed “%(name)s”. For 7 days it can be taken back, below.")
        messages.success(request, text % {"name": repository.name})
        return _redirect(request, reverse("home"))
    others = services.conversations_of_others(repository, request.user)
    context = {"repository": repository, "conversations_of_others": others}
    return render(request, "repos/remove.html", context)


@require_POST
@login_required
def take_back(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Undo the removal of a repository and show it.

    For who removed it, its owner and who may delete repositories.
    """
    removed = Repository.objects.filter(removed_at__isnull=False)
    repository = get_object_or_404(removed, pk=repository_id)
    if not services.may_take_back(request.user, repository):
        raise Http404
    removals.take_back(repository)
    return _redirect(request, reverse("repository-about", args=[repository.pk]))


@require_POST
@login_required
def rename(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Give a repository another name, that of its address for an empty one.

    For its owner and who may change repositories.
    """
    repository = _readable(request, repository_id)
    if not repository.managed_by(request.user):
        raise Http404
    typed = " ".join(clean(request.POST.get("name", "")).split())
    repository.name = typed[:MAX_NAME_CHARS] or repository.address.name
    repository.save(update_fields=["name"])
    return _redirect(request, reverse("repository-about", args=[repository.pk]))


@require_safe
@login_required
def size(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """How much its indexes take: asked for apart, since it is counted row by row."""
    repository = _readable(request, repository_id)
    return HttpResponse(filesizeformat(size_of_repository(repository)))


def _only_match(request: HttpRequest, text: str, error: SourceError) -> Repository | None:
    """The readable repository whose name has these words, if there is only one.

    None where they are an address that was refused for something else.
    """
    words = clean(text).strip()[:MAX_SHOWN_CHARS]
    if not words or error.code != NO_ADDRESS:
        return None
    rows = Repository.objects.readable_by(request.user).worth_listing(request.user)
    found = list(rows.filter(name__icontains=words)[:2])
    if len(found) != 1:
        return None
    return found[0]


def _refused_form(request: HttpRequest, text: str, error: SourceError) -> HttpResponse:
    """The form with the address again, unless that contains a password."""
    shown = text[:MAX_SHOWN_CHARS]
    if error.code == CREDENTIALS or may_hold_password(text):
        shown = ""
    context = {"error": _(MESSAGES[error.code]).format(**error.parameters), "repo_url": shown}
    return render(request, "repos/add_form.html", context, status=422)


def _redirect(request: HttpRequest, target: str) -> HttpResponse:
    """A redirect that HTMX follows, too."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _status(request: HttpRequest, repository: Repository) -> HttpResponse:
    job: IndexJob | None = repository.jobs.first()
    context = {
        "repository": repository,
        "index": repository.current_index,
        "job": job,
        "unfinished": job is not None and job.state in IndexJob.UNFINISHED,
        "ahead": _jobs_ahead(job),
        "seconds_left": job and jobs.seconds_left(job),
        "managed": repository.managed_by(request.user),
        "shared_by_user": repository.is_private and repository.shared_by(request.user),
        "may_control": job is not None and services.may_control(request.user, job),
        "may_remove": services.may_remove(request.user, repository),
        "brief": "brief" in request.GET or "brief" in request.POST,
    }
    return render(request, "repos/status.html", context)


def _jobs_ahead(job: IndexJob | None) -> int:
    if job is None or job.state != IndexJob.State.QUEUED:
        return 0
    return jobs.position(job)


def _readable(request: HttpRequest, repository_id: uuid.UUID) -> Repository:
    readable = Repository.objects.readable_by(request.user).select_related("current_index")
    return get_object_or_404(readable, pk=repository_id)
