"""Files that people attach: stored, given to a question, and read for its answer."""

from __future__ import annotations

import uuid
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from chat.core.attached import NO_ATTACHMENTS, AttachedImage, AttachedText, Attachments
from chat.core.errors import BadRequest, TooMany
from chat.core.json_shapes import AttachmentItem
from chat.core.ports import Model
from chat.core.request import MAX_ATTACHMENTS
from chat.models import Attachment, AttachmentQuerySet, Message
from chat.models.attachment import MAX_NAME_CHARS
from chat.services.uploads import recognise
from deepwiki.foundation.advisory_locks import ATTACHMENTS_OF_A_PERSON
from deepwiki.foundation.sql import execute
from deepwiki.foundation.text import clean_text, one_line

if TYPE_CHECKING:
    from deepwiki.accounts.authentication import Person

IMAGE = "image/"
MAX_STORED_BYTES = 200_000_000  # of one person
MAX_UNSENT = 20
UNSENT_LIFETIME = timedelta(days=1)
MEGABYTE = 1_000_000
RETRY_SECONDS = 60


def store_attachment(person: Person, name: str, data: bytes) -> Attachment:
    """Store a file that belongs to no question yet. Raises BadRequest, RequestTooLarge, TooMany."""
    file = recognise(data)
    assert person.pk is not None
    with transaction.atomic():
        # Two uploads at the same time count each other.
        execute("SELECT pg_advisory_xact_lock(%s, %s)", [ATTACHMENTS_OF_A_PERSON, person.pk])
        _check_quota(person, len(file.data))
        return Attachment.objects.create(
            user_id=person.pk,
            name=one_line(clean_text(name), MAX_NAME_CHARS) or "file",
            media_type=file.media_type,
            data=file.data,
            size=len(file.data),
        )


def remove_unsent(person: Person, attachment_id: uuid.UUID) -> None:
    """Remove a file that was not sent. Nothing happens for any other."""
    _own(person).unsent().filter(pk=attachment_id).delete()


def remove_forgotten() -> None:
    """Remove what was attached and not sent for a day."""
    before = timezone.now() - UNSENT_LIFETIME
    Attachment.objects.unsent().filter(created_at__lt=before).delete()


def check_images(person: Person, ids: Sequence[uuid.UUID], model: Model) -> None:
    """Raises BadRequest where the model is known to take no images and some are attached."""
    if model.images is False and ids and _has_images(person, ids):
        raise BadRequest("model_takes_no_images", model=model.id)


def _has_images(person: Person, ids: Sequence[uuid.UUID]) -> bool:
    return _own(person).filter(pk__in=ids, media_type__startswith=IMAGE).exists()


def _own(person: Person) -> AttachmentQuerySet:
    return Attachment.objects.filter(user=person.pk)


def give_to_question(
    person: Person, ids: Sequence[uuid.UUID], conversation_id: uuid.UUID, question_id: uuid.UUID
) -> None:
    """Name some files in a question; they belong to its conversation from then on.

    Raises BadRequest where one of them is gone, or of another conversation.
    """
    usable = _own(person).filter(pk__in=ids).for_conversation(conversation_id)
    by_id = usable.defer("data").in_bulk()
    if len(by_id) < len(ids):
        raise BadRequest("attachment_missing")
    usable.update(conversation=conversation_id)
    items = [by_id[pk].item for pk in ids]
    Message.objects.filter(pk=question_id).update(attachments=items)


def latest_ids(
    asked: Sequence[uuid.UUID], before: Sequence[AttachmentItem]
) -> tuple[uuid.UUID, ...]:
    """The files that a question is read with: its own, then the last of those before it.

    MAX_ATTACHMENTS at most.
    """
    earlier = (uuid.UUID(item["id"]) for item in reversed(before))
    return tuple(dict.fromkeys([*asked, *earlier]))[:MAX_ATTACHMENTS]


def read_attachments(person: Person, ids: Sequence[uuid.UUID], model: Model) -> Attachments:
    """What a model reads of some files of a person, in their order.

    Left out are those that are gone, and images where it takes none.
    """
    if not ids:
        return NO_ATTACHMENTS
    rows = _own(person)
    if model.images is False:
        rows = rows.exclude(media_type__startswith=IMAGE)
    by_id = rows.in_bulk(ids)
    return _as_read([by_id[pk] for pk in ids if pk in by_id])


def _as_read(found: Sequence[Attachment]) -> Attachments:
    texts = tuple(_text(one) for one in found if not one.is_image)
    return Attachments(texts, tuple(_image(one) for one in found if one.is_image))


def _text(attachment: Attachment) -> AttachedText:
    return AttachedText(attachment.name, bytes(attachment.data).decode())


def _image(attachment: Attachment) -> AttachedImage:
    return AttachedImage(attachment.media_type, b64encode(attachment.data).decode())


def _check_quota(person: Person, size: int) -> None:
    rows = _own(person)
    if rows.unsent().count() >= MAX_UNSENT:
        raise TooMany("attachments_unsent", limit=MAX_UNSENT, retry_after=RETRY_SECONDS)
    if _stored_bytes(rows) + size > MAX_STORED_BYTES:
        limit = MAX_STORED_BYTES // MEGABYTE
        raise TooMany("attachment_quota", limit=limit, retry_after=RETRY_SECONDS)


def _stored_bytes(rows: AttachmentQuerySet) -> int:
    return rows.aggregate(total=Sum("size"))["total"] or 0
