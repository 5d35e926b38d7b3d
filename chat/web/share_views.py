"""Share links: their dialog, creating and revoking them, and the page they lead to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chat.core.research_rounds import untagged
from chat.message_tree import branch
from chat.models import Conversation, Message, Share
from chat.web.answer_repositories import names_json, readable_ids
from chat.web.lookups import own_conversation, readable_repositories
from chat.web.shared_repositories import SharedRepositories
from chat.web.view_models import RenderedTurn, load_thread_until
from deepwiki.foundation.parsing import parse_uuid
from repos.models import Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

MAX_TITLE_CHARS = 80
DEFAULT_LIFETIME = timedelta(days=30)
# Value of the form's `days` -> lifetime of the link, None without an end.
LIFETIMES = {
    "1": timedelta(days=1),
    "7": timedelta(days=7),
    "30": DEFAULT_LIFETIME,
    "": None,
}
SHARED_PAGE_HEADERS = {
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",  # the URL itself is the secret
}


@require_safe
@login_required
def share_dialog(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The share links of one's own conversation, and the form for a new one."""
    return _render_dialog(request, own_conversation(request, conversation_id))


@require_POST
@login_required
def create_share(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Create a link to the branch up to the message `last`; returns the dialog.

    Without `last`, up to the newest message. No link if a repository that it shows forbids them.
    """
    conversation = own_conversation(request, conversation_id)
    last = _last_message(conversation, parse_uuid(request.POST.get("last")))
    if last is not None and SharedRepositories.of(conversation, last).may_be_shared:
        expires_at = _expiry(request.POST.get("days", "30"))
        Share.objects.create(
            conversation=conversation,
            last=last,
            expires_at=expires_at,
            with_attachments="attachments" in request.POST,
        )
    return _render_dialog(request, conversation)


@require_POST
@login_required
def revoke_share(request: HttpRequest, conversation_id: uuid.UUID, share_id: int) -> HttpResponse:
    """Revoke a link of one's own conversation at once; returns the dialog."""
    conversation = own_conversation(request, conversation_id)
    active = Share.objects.filter(conversation=conversation, revoked_at=None)
    share = get_object_or_404(active, pk=share_id)
    active.filter(pk=share.pk).update(revoked_at=timezone.now())
    return _render_dialog(request, conversation)


@require_safe
def shared_conversation(request: HttpRequest, key: str) -> HttpResponse:
    """The read-only page of a share link, for anybody; the owner is not named.

    For people with an account only, where the repository is a folder or of a private
    network and nobody has allowed links.
    """
    share, shared = open_share(key)
    repository = share.conversation.repository
    if request.user.pk is None and not shared.may_be_shown_to_strangers:
        return redirect_to_login(request.get_full_path())
    share.last.conversation = share.conversation
    repository.current_index = None  # strangers do not see the state of the index
    turns = _for_reader(request, load_thread_until(share.last))
    context = {
        "title": _title(turns),
        "repository": repository,
        "share": share,
        "turns": turns,
        "may_read": _may_open_sources(request, repository),
        "has_host_pages": bool(repository.address.blob_url("HEAD", "README", 1, 1)),
    }
    response = render(request, "chat/shared.html", context)
    for name, value in SHARED_PAGE_HEADERS.items():
        response.headers[name] = value
    return response


def open_share(key: str) -> tuple[Share, SharedRepositories]:
    """The link of a key that shows a conversation now, and the repositories that it shows.

    Who is not signed in sees it only where these may be shown to strangers. Raises Http404.
    """
    related = ("conversation__repository", "conversation__user", "last")
    share = get_object_or_404(Share.objects.open_now().select_related(*related), key=key)
    shared = SharedRepositories.of(share.conversation, share.last)
    if not shared.are_open or not _may_still_read(share.conversation.user, shared):
        raise Http404
    return share, shared


def _may_still_read(owner: AbstractBaseUser, shared: SharedRepositories) -> bool:
    """An owner who may no longer read a repository does not show it to others either."""
    readable = Repository.objects.readable_by(owner).filter(pk__in=shared.ids)
    return readable.count() == len(shared.ids)


def _for_reader(request: HttpRequest, turns: Sequence[RenderedTurn]) -> list[RenderedTurn]:
    """The turns, of whose repositories only those can be opened that the reader may read."""
    answers = [turn.message for turn in turns if turn.repositories]
    openable = readable_ids(readable_repositories(request), answers)
    return [
        replace(turn, repositories=names_json(turn.message, openable))
        if turn.repositories
        else turn
        for turn in turns
    ]


def _title(turns: Sequence[RenderedTurn]) -> str:
    """The first question that is shared: the conversation may have a name for its owner alone."""
    return " ".join(untagged(turns[0].message.content).split())[:MAX_TITLE_CHARS]


def _may_open_sources(request: HttpRequest, repository: Repository) -> bool:
    """May this reader see the repository's files here?"""
    if request.user.pk is None:
        return False
    return readable_repositories(request).filter(pk=repository.pk).exists()


def _last_message(conversation: Conversation, message_id: uuid.UUID | None) -> Message | None:
    """A message of the conversation; without an id the last of the newest branch."""
    rows = Message.objects.filter(conversation=conversation)
    if message_id is not None:
        return rows.filter(pk=message_id).first()
    return next(reversed(branch(rows)), None)


def _expiry(days: str) -> datetime | None:
    lifetime = LIFETIMES.get(days, DEFAULT_LIFETIME)
    if lifetime is None:
        return None
    return timezone.now() + lifetime


def _render_dialog(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    shares = Share.objects.unended().filter(conversation=conversation)
    context = {
        "conversation": conversation,
        "shares": shares,
        "repositories": SharedRepositories.of(conversation),
        "public_origin": settings.PUBLIC_ORIGIN,
        "has_attachments": conversation.attachments.exists(),
    }
    return render(request, "chat/shares.html", context)
