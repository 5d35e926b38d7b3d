"""Links by which others can read a conversation: made, shown, taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from chat.message_tree import branch
from chat.models import Conversation, Message, Share
from chat.web.view_models import message_id_of, thread_until
from repos.models import Repository

DAYS = {"1": 1, "7": 7, "30": 30, "": None}


@require_GET
@login_required
def shares(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The links of a conversation of one's own, and the form for another."""
    return _dialog(request, _mine(request, conversation_id))


@require_POST
@login_required
def share(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Make a link to the conversation until the message that was last on the page; gives the dialog anew."""
    mine = _mine(request, conversation_id)
    rows = Message.objects.filter(conversation=mine)
    shown = message_id_of(request.POST.get("last"))
    last = rows.filter(pk=shown).first() if shown else next(reversed(branch(rows)), None)
    if last is not None and mine.repository.may_be_shared:
        days = DAYS.get(request.POST.get("days", "30"), 30)
        ends = timezone.now() + timedelta(days=days) if days else None
        Share.objects.create(conversation=mine, last=last, expires_at=ends)
    return _dialog(request, mine)


@require_POST
@login_required
def revoke(request: HttpRequest, conversation_id: uuid.UUID, share_id: int) -> HttpResponse:
    """Take a link back, at once; gives the dialog anew."""
    mine = _mine(request, conversation_id)
    get_object_or_404(Share.objects.filter(conversation=mine, revoked_at=None), pk=share_id)
    Share.objects.filter(conversation=mine, pk=share_id).update(revoked_at=timezone.now())
    return _dialog(request, mine)


@require_GET
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """A shared conversation, for whoever has the link. Read only; its author is not named."""
    rows = Share.objects.open_now().select_related(
        "conversation__repository", "conversation__user", "last"
    )
    found = get_object_or_404(rows, key=key)
    conversation = found.conversation
    # Whoever lost the right to read the repository no longer shows it to others either.
    get_object_or_404(
        Repository.objects.readable_by(conversation.user), pk=conversation.repository_id
    )
    found.last.conversation = conversation
    conversation.repository.current_index = None  # where it stands today is not for strangers
    context = {
        "conversation": conversation,
        "repository": conversation.repository,
        "turns": thread_until(found.last),
    }
    response = render(request, "chat/shared.html", {**context, "share": found})
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _mine(request: HttpRequest, conversation_id: uuid.UUID) -> Conversation:
    return get_object_or_404(
        Conversation.objects.of(request.user).select_related("repository"), pk=conversation_id
    )


def _dialog(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    links = Share.objects.unended().filter(conversation=conversation)
    return render(request, "chat/shares.html", {"conversation": conversation, "shares": links})
