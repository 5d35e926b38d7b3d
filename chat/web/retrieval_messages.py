"""What was searched for an answer, and what was not: see MESSAGES in ui_strings.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from chat.core.left_out import PHRASES
from chat.web.step_strings import plural_forms

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


def shown_parameters(reason: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a message as its template wants them, in the current language.

    Raises LookupError for those of which an earlier release stored English phrases.
    """
    if reason != "context_trimmed":
        return parameters
    counts = {code: parameters[code] for code in PHRASES if code in parameters}
    if not counts:
        raise LookupError
    parts = [_left_out(code, n).format(n=n) for code, n in counts.items()]
    return {"parts": ", ".join(parts)}


def left_out_scripts() -> dict[str, dict[str, str]]:
    """Code of what stayed out -> plural category -> text with a place for the number."""
    return {code: plural_forms(partial(_left_out, code)) for code in PHRASES}


def _left_out(code: str, count: int) -> str:
    match code:
        case "question":
            return _("the middle of your question")
        case "file":
            return _("part of the file")
        case "attached":
            return _("part of what you attached")
        case "history":
            return ngettext("{n} earlier message", "{n} earlier messages", count)
        case _:
            return ngettext("{n} passage", "{n} passages", count)
