"""The page on which a private repository is shared with people and groups."""

from __future__ import annotations

import uuid

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from deepwiki.foundation.parsing import parse_number
from repos.models import Repository, may_share_of_others

MAX_NAME_CHARS = 150  # of Django's user names


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def people(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """The people and groups with access to a private repository.

    For its owner, and who may decide about other people's repositories.
    """
    repository = get_object_or_404(Repository, pk=repository_id, is_private=True)
    if not repository.shared_by(request.user):
        raise Http404
    error = ""
    if request.method == "POST":
        error = _change(request, repository)
        if not error:
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
    """Apply the form; returns an error message, or an empty string."""
    form = request.POST
    if name := _username(form.get("add_person", "")):
        return _add_person(repository, name)
    if (person_id := parse_number(form.get("remove_person"))) is not None:
        repository.readers.remove(person_id)
    elif (group_id := parse_number(form.get("add_group"))) is not None:
        repository.reader_groups.add(get_object_or_404(_groups_of(request), pk=group_id))
    elif (group_id := parse_number(form.get("remove_group"))) is not None:
        repository.reader_groups.remove(group_id)
    elif form.get("allow") in ("0", "1"):
        _allow_shares(repository, allowed=form["allow"] == "1")
    return ""


def _username(text: str) -> str:
    return text.strip()[:MAX_NAME_CHARS].replace("\x00", "")


def _allow_shares(repository: Repository, *, allowed: bool) -> None:
    Repository.objects.filter(pk=repository.pk).update(shares_allowed=allowed)


def _add_person(repository: Repository, name: str) -> str:
    person = get_user_model()._default_manager.filter(username=name, is_active=True).first()
    if person is None:
        return _("There is nobody of this name here. Check how it is written.")
    repository.readers.add(person.pk)
    return ""


def _groups_of(request: HttpRequest) -> QuerySet[Group]:
    """The groups that the person may name: their own; any for who may share of others."""
    if may_share_of_others(request.user):
        return Group.objects.all()
    return Group.objects.filter(user=request.user.pk)
