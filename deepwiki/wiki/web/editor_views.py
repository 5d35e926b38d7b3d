"""The page on which managers of a repository choose the groups that may edit its wiki."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from deepwiki.foundation.parsing import parse_number
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.web.manage_views import managed_repository
from deepwiki.wiki.web.unlisted_pages import render_unlisted, wiki_context
from repos.models import may_share_of_others


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def wiki_editors(request: HttpRequest, repository_id: uuid.UUID) -> HttpResponse:
    """Who may edit the wiki: `add` and `remove` hold the id of a group.

    For the repository's owner and who may change repositories; 404 for others.
    """
    repository = managed_repository(request, repository_id)
    wiki = get_object_or_404(Wiki.objects.select_related("repository"), repository=repository)
    nameable = _nameable_groups(request, wiki)
    if request.method == "POST":
        _change(request, wiki, nameable)
        return redirect("wiki-editors", repository_id)
    chosen = wiki.editor_groups.order_by("name")
    context = {
        "owner": repository.added_by,
        "chosen": chosen,
        "others": nameable.exclude(pk__in=chosen.values("pk")),
    }
    return render_unlisted(request, "wiki/editors.html", {**wiki_context(wiki), **context})


def _change(request: HttpRequest, wiki: Wiki, nameable: QuerySet[Group]) -> None:
    """Raises Http404 for a group that the person may not name."""
    if (group_id := parse_number(request.POST.get("add"))) is not None:
        wiki.editor_groups.add(get_object_or_404(nameable, pk=group_id))
    elif (group_id := parse_number(request.POST.get("remove"))) is not None:
        wiki.editor_groups.remove(group_id)


def _nameable_groups(request: HttpRequest, wiki: Wiki) -> QuerySet[Group]:
    """The person's own, and those that the repository is shared with; any for who may share."""
    groups = Group.objects.order_by("name")
    if may_share_of_others(request.user):
        return groups
    shared_with = wiki.repository.reader_groups.values("pk")
    own = Group.objects.filter(user=request.user.pk).values("pk")
    return groups.filter(Q(pk__in=own) | Q(pk__in=shared_with))
