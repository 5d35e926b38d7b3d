"""What was searched for an answer, and what was not: see MESSAGES in ui_strings.py."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Codes of notices that stand in grey below the answer: it can be read without them.
ASIDES = (
    "partly_indexed",
    "words_only",
    "context_trimmed",
    "context_retry",
    "from_cache",
    "tools_unsupported",
)
RETRIEVAL_MESSAGES: dict[str, str] = {
    "nothing_found": gettext_noop(
        "Nothing in the repository matches these words. Try the names the code itself uses."
    ),
    "filters_leave_nothing": gettext_noop(
        "The filters leave none of the {total} files: nothing was searched. Check the folders and files to look in."
    ),
    "filter_without_files": gettext_noop(
        "No file matches {patterns}. Searched were {files} of {total} files."
    ),
    "partly_indexed": gettext_noop(
        "Only {files} of the {total} files of this repository are in its index: it is larger than"
        " this server allows."
    ),
    "words_only": gettext_noop(
        "The repository was still being indexed when this was asked: the search went by words alone."
    ),
    "repositories_not_ready": gettext_noop(
        "Not yet indexed, and so left out: {names}. Ask again when they are ready."
    ),
    "context_trimmed": gettext_noop("Not everything fitted into the model: {parts} stayed out."),
}
# What may have stayed out, see `_left_out` in chat/core/context_budget.py.
LEFT_OUT = (
    gettext_noop("the middle of your question"),
    gettext_noop("part of the file"),
    gettext_noop("part of what you attached"),
    gettext_noop("earlier messages"),
    gettext_noop("some passages"),
)


def translated_parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a message; the list of what stayed out is in the current language."""
    translated = dict(parameters)
    parts = translated.get("parts")
    if isinstance(parts, str):
        translated["parts"] = ", ".join(map(_, parts.split(", ")))
    return translated
