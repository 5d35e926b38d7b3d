"""Adding a repository and watching it being indexed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from repos import jobs, services
from repos.models import IndexJob, Repository
from repos.sources import SourceError


@require_POST
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Find or add the repository of an address and go to it; say what is wrong with the address otherwise."""
    text = request.POST.get("repo_url", "")
    try:
        repository = services.find_or_add(
            request.user,
            text,
            kind=request.POST.get("type", ""),
            token=request.POST.get("token", "").strip(),
            revision=request.POST.get("revision", "").strip(),
        )
    except SourceError as error:
        return render(
            request,
            "repos/add_form.html",
            {"error": str(error), "repo_url": text[:1_000]},
            status=422,
        )
    target = reverse("repository", args=[repository.pk])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


@require_GET
@login_required
def status(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """How far indexing is; asked again by the page until it is over."""
    repository = _readable(request, repository_id)
    return render(request, "repos/status.html", status_context(request, repository))


@require_POST
@login_required
def refresh(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Bring the index up to date."""
    repository = _readable(request, repository_id)
    services.refresh(repository, request.user.pk)
    return render(request, "repos/status.html", status_context(request, repository))


@require_POST
@login_required
def webhook_secret(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Make the webhook's secret anew and show it, once: for whoever added the repository, and staff."""
    repository = _readable(request, repository_id)
    if not repository.managed_by(request.user):
        raise Http404
    address = settings.PUBLIC_URL + reverse("webhook", args=[repository.pk])
    context = {
        "repository": repository,
        "address": address,
        "secret": services.new_webhook_secret(repository),
    }
    return render(request, "repos/webhook.html", context)


@require_POST
@login_required
def control(request: HttpRequest, repository_id: uuid.UUID, action: str) -> HttpResponse:
    """Pause, resume or cancel the unfinished job: for whoever asked for it, or staff."""
    steps = {"pause": jobs.pause, "resume": jobs.resume, "cancel": jobs.cancel}
    if action not in steps:
        raise Http404
    repository = _readable(request, repository_id)
    job = repository.jobs.unfinished().first()
    if job is not None and (
        job.requested_by_id == request.user.pk or repository.managed_by(request.user)
    ):
        steps[action](job)
    return render(request, "repos/status.html", status_context(request, repository))


def status_context(request: HttpRequest, repository: Repository) -> dict[str, object]:
    """What the status line shows."""
    job: IndexJob | None = repository.jobs.first()
    unfinished = job is not None and job.state in IndexJob.UNFINISHED
    ahead = jobs.position(job) if job is not None and job.state == IndexJob.State.QUEUED else 0
    return {
        "repository": repository,
        "index": repository.current_index,
        "job": job,
        "unfinished": unfinished,
        "ahead": ahead,
        "managed": repository.managed_by(request.user),
    }


def _readable(request: HttpRequest, repository_id: uuid.UUID) -> Repository:
    readable = Repository.objects.readable_by(request.user).select_related("current_index")
    return get_object_or_404(readable, pk=repository_id)
