"""Who may see a private repository: shown to and changed by its owner."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from repos.models import Repository


@require_http_methods(["GET", "POST"])
@login_required
def people(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The people and groups a private repository is shared with. Only for whoever added it, and staff."""
    repository = get_object_or_404(Repository, pk=repository_id, is_private=True)
    if not repository.managed_by(request.user):
        raise Http404
    error = _change(request, repository) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        return redirect("repository-people", repository.pk)
    context = {
        "repository": repository,
        "owner": repository.added_by,
        "readers": repository.readers.order_by("username"),
        "groups": repository.reader_groups.order_by("name"),
        "my_groups": _groups_of(request).exclude(pk__in=repository.reader_groups.values("pk")),
        "error": error,
    }
    return render(request, "repos/people.html", context, status=422 if error else 200)


def _change(request: HttpRequest, repository: Repository) -> str:
    """Do what the form says; returns what is wrong with it."""
    form = request.POST
    if name := form.get("add_person", "").strip()[:150].replace("\x00", ""):
        person = get_user_model()._default_manager.filter(username=name, is_active=True).first()
        if person is None:
            return _("There is nobody of this name here. Check how it is written.")
        repository.readers.add(person.pk)
    elif (number := _number(form.get("remove_person"))) is not None:
        repository.readers.remove(number)
    elif (number := _number(form.get("add_group"))) is not None:
        repository.reader_groups.add(get_object_or_404(_groups_of(request), pk=number))
    elif (number := _number(form.get("remove_group"))) is not None:
        repository.reader_groups.remove(number)
    elif form.get("allow") in ("0", "1"):
        Repository.objects.filter(pk=repository.pk).update(shares_allowed=form["allow"] == "1")
    return ""


def _groups_of(request: HttpRequest) -> Any:
    """Groups one belongs to; staff may name any."""
    return (
        Group.objects.all() if request.user.is_staff else Group.objects.filter(user=request.user.pk)
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
