"""Files that people attach to questions: taken, shown, taken back."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from chat.core.errors import BadRequest, ChatError
from chat.message_tree import ancestors
from chat.models import Attachment, AttachmentQuerySet, Message, Share
from chat.services.attachments import remove_unsent, store_attachment
from chat.web.share_views import open_share
from chat.web.ui_strings import translate_message

BYTES = "application/octet-stream"  # the type that files are sent as
# What the file holds is never run, whatever a browser takes it for.
FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}


@require_POST
@login_required
def attachment_new(request: HttpRequest) -> HttpResponse:
    """Take a file: the body as it is, `name` in the address. Replies with how a question names it."""
    try:
        attachment = store_attachment(request.user, request.GET.get("name", ""), _body(request))
    except ChatError as error:
        detail = translate_message(error.message, error.reason, error.parameters)
        return JsonResponse({"detail": detail}, status=error.status)
    return JsonResponse(attachment.item)


def _body(request: HttpRequest) -> bytes:
    """The bytes of a file. Raises BadRequest for a form, whose fields have been read already."""
    if request.content_type != BYTES:
        raise BadRequest
    return request.body


@require_POST
@login_required
def attachment_remove(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """Take back a file of one's own that was not sent."""
    get_object_or_404(_own(request), pk=attachment_id)
    remove_unsent(request.user, attachment_id)
    return HttpResponse(status=204)


@require_safe
@login_required
def attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponse:
    """A file of one's own."""
    return _file(get_object_or_404(_own(request), pk=attachment_id))


def _own(request: HttpRequest) -> AttachmentQuerySet:
    return Attachment.objects.of(request.user)


@require_safe
def shared_attachment(request: HttpRequest, key: str, attachment_id: uuid.UUID) -> HttpResponse:
    """A file of a shared conversation, where its owner shared the files, too."""
    share, shared = open_share(key)
    is_stranger = request.user.pk is None
    if is_stranger and not shared.may_be_shown_to_strangers:
        raise Http404
    if not share.with_attachments or str(attachment_id) not in _shared_ids(share):
        raise Http404
    rows = Attachment.objects.filter(conversation=share.conversation_id)
    return _file(get_object_or_404(rows, pk=attachment_id))


def _shared_ids(share: Share) -> set[str]:
    """The files of the questions that a link shows."""
    return {item["id"] for message in _shared_messages(share) for item in message.attachments}


def _shared_messages(share: Share) -> list[Message]:
    rows = share.conversation.messages.only("id", "parent_id", "position", "attachments")
    return ancestors(rows.in_bulk(), share.last)


def _file(found: Attachment) -> HttpResponse:
    headers = {**FILE_HEADERS, "Content-Disposition": _disposition(found.name)}
    return HttpResponse(bytes(found.data), content_type=found.content_type, headers=headers)


def _disposition(name: str) -> str:
    return str(content_disposition_header(as_attachment=False, filename=name))
