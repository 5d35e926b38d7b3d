"""Texts of chat/core/attachment_messages.py that people see, and of static/js/attachments.js."""

from __future__ import annotations

from django.utils.translation import gettext_noop

ATTACHMENT_MESSAGES = {
    "attachment_too_large": gettext_noop(
        "A file may have {limit} MB at most. Attach a smaller one."
    ),
    "attachment_empty": gettext_noop("This file is empty."),
    "attachment_not_known": gettext_noop(
        "Attach a text, or an image as PNG, JPEG or WebP: this file is neither."
    ),
    "attachment_broken": gettext_noop(
        "This image is damaged. Save it once more and attach it again."
    ),
    "attachment_too_many_pixels": gettext_noop(
        "An image may have {limit} megapixels at most. Attach a smaller one."
    ),
    "attachment_quota": gettext_noop(
        "Your attachments take up {limit} MB, as much as they may. Delete conversations with attachments, then attach more."
    ),
    "attachments_unsent": gettext_noop(
        "{limit} attached files were not sent yet, as many as may wait. Send or remove some."
    ),
    "attachment_missing": gettext_noop(
        "An attached file is no longer there. Remove it and attach it again."
    ),
    "too_many_attachments": gettext_noop(
        "At most {limit} files can be attached to a question. Leave some out."
    ),
    "attachments_need_sign_in": gettext_noop("Sign in to attach files."),
    "model_takes_no_images": gettext_noop(
        "{model} takes no images. Choose another model, or ask without the images."
    ),
    "images_refused": gettext_noop(
        "This model takes no images. Choose another model, or ask without the images."
    ),
}
ATTACHMENT_STRINGS = {
    "uploading": gettext_noop("Attaching {name} …"),
    "stillUploading": gettext_noop("A file is still being attached. Ask when it is there."),
    "notUploaded": gettext_noop("{name} could not be attached: there is no connection."),
}
