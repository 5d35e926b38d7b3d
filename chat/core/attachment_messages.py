"""The sentences about what is attached to a question: reason -> English template."""

from typing import Final

ATTACHMENT_MESSAGES: Final[dict[str, str]] = {
    "attachment_too_large": "A file may have {limit} MB at most. Attach a smaller one.",
    "attachment_empty": "This file is empty.",
    "attachment_not_known": "Attach a text, or an image as PNG, JPEG or WebP: this file is neither.",
    "attachment_broken": "This image is damaged. Save it once more and attach it again.",
    "attachment_too_many_pixels": (
        "An image may have {limit} megapixels at most. Attach a smaller one."
    ),
    "attachment_quota": (
        "Your attachments take up {limit} MB, as much as they may. Delete conversations with"
        " attachments, then attach more."
    ),
    "attachments_unsent": (
        "{limit} attached files were not sent yet, as many as may wait. Send or remove some."
    ),
    "attachment_missing": "An attached file is no longer there. Remove it and attach it again.",
    "too_many_attachments": "At most {limit} files can be attached to a question. Leave some out.",
    "attachments_need_sign_in": "Sign in to attach files.",
    "model_takes_no_images": (
        "{model} takes no images. Choose another model, or ask without the images."
    ),
    "images_refused": "This model takes no images. Choose another model, or ask without the images.",
}
