"""Interface texts outside of templates: those of scripts, errors and notices.

The answer core does not translate. Its messages are translated here, by their reason
or, in rows of earlier releases, by the English sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chat.rendering.notes import CITE_NOTES, NOTES
from chat.web import retrieval_messages as retrieval
from chat.web.attachment_messages import ATTACHMENT_MESSAGES, ATTACHMENT_STRINGS
from chat.web.service_messages import SERVICE_MESSAGES
from chat.web.step_messages import STEP_MESSAGES
from chat.web.step_strings import lines_text, step_scripts

# Reason of an error or notice -> the template of chat/core/messages.py, for those that
# people see on pages. Messages about malformed requests stay English.
MESSAGES: dict[str, str] = {
    "error": gettext_noop("Something went wrong."),
    "bad_request": gettext_noop("The request cannot be understood."),
    "too_large": gettext_noop("The request is too large. Send a shorter question or less history."),
    "not_signed_in": gettext_noop("Sign in to ask."),
    "no_such_repository": gettext_noop(
        "There is no such repository, or you may not see it. Check the address, or add an access token that can read it."
    ),
    "too_many": gettext_noop("Too many requests. Wait a moment and ask again."),
    "too_many_added": gettext_noop(
        "You have added {limit} repositories within an hour, as many as a person may."
        " Try again in {minutes} minutes; repositories that are here already can be asked about."
    ),
    "too_many_added_from_address": gettext_noop(
        "From your address {limit} repositories were added within an hour, as many as may be."
        " Try again in {minutes} minutes, or sign in."
    ),
    "retriever_failed": gettext_noop(
        "Error preparing retriever: the repository could not be read."
    ),
    "provider_error": gettext_noop("The model's service had a problem. Try again in a moment."),
    "provider_auth": gettext_noop(
        "The model's service refused the server's key. The administrator can check the key in the settings."
    ),
    "provider_rate_limit": gettext_noop(
        "The model's service is busy and asks to wait. Try again in a moment."
    ),
    "context_too_long": gettext_noop(
        "This is too much text for the model. Shorten the question, start a new conversation, or choose a larger model."
    ),
    "model_not_found": gettext_noop(
        "The model's service does not know this model. Choose another one."
    ),
    "blocked": gettext_noop(
        "The model's service declined to answer this question. Rephrase it or choose another model."
    ),
    "provider_unavailable": gettext_noop(
        "The model's service does not answer. Try again in a moment or choose another model."
    ),
    "tools_unsupported": gettext_noop(
        "This model cannot use tools, so the answer rests on one search."
    ),
    "cut_off": gettext_noop(
        "The model's service broke off in the middle of the answer. What came is kept; ask again for the rest."
    ),
    "provider_refused": gettext_noop(
        "The model's service does not accept this request. Choose another model or shorten the question."
    ),
    **retrieval.RETRIEVAL_MESSAGES,
    **SERVICE_MESSAGES,
    **STEP_MESSAGES,
    **ATTACHMENT_MESSAGES,
    "server_busy": gettext_noop(
        "The server is busy with other questions. Ask again in {seconds} seconds."
    ),
    "server_stops": gettext_noop("The server is restarting. Ask again in a moment."),
    "unavailable": gettext_noop(
        "DeepWiki is temporarily unavailable. Try again in a minute: nothing of yours is lost."
    ),
    "answer_too_long": gettext_noop(
        "The answer reached the longest this server allows. What came is kept."
    ),
    "empty_answer": gettext_noop(
        "The model's service gave an empty answer. Ask again or choose another model."
    ),
    "context_retry": gettext_noop(
        "The model found this too long; asking again with less of the repository."
    ),
    "research_needs_model": gettext_noop(
        "Deep Research needs a language model. These are the passages found."
    ),
    "from_cache": gettext_noop(
        "This question was answered a moment ago: this is that answer. Ask anew for another."
    ),
    "not_saved": gettext_noop(
        "The answer could not be stored yet; it is tried again. Copy it to be safe."
    ),
    "no_such_answer": gettext_noop("There is no such answer, or it is not yours."),
    "no_such_conversation": gettext_noop("There is no such conversation, or it is not yours."),
    "parent_not_in_conversation": gettext_noop(
        "The message this follows is not in the conversation. Reload the page and ask again."
    ),
    "token_needs_sign_in": gettext_noop("Sign in to use an access token."),
    "answer_running": gettext_noop(
        "Another answer of yours is still being written. Wait for it or stop it, then ask again."
    ),
    "tokens_per_day": gettext_noop(
        "You have used what you may use in a day. Ask again tomorrow, or use Search only."
    ),
    "still_indexing": gettext_noop(
        "Error preparing retriever: the repository is still being indexed. Ask again in a few minutes."
    ),
    "indexing_paused": gettext_noop(
        "Error preparing retriever: indexing is paused. Resume it on the repository's page."
    ),
    "connections": gettext_noop(
        "You have too many connections open. Close some pages and try again."
    ),
    "question_running": gettext_noop(
        "One question at a time: stop the running answer or wait for it."
    ),
    "session_ended": gettext_noop("Your session has ended. Sign in again."),
    "csrf_failed": gettext_noop(
        "This request did not come from a page of this site. Reload the page and try again."
    ),
}

# Labels of models.toml that are not names.
MODEL_LABELS = (
    gettext_noop("Search only"),
    gettext_noop("Ranked excerpts, no language model"),
)

# CITE_NOTES of chat/rendering/notes.py, which knows no gettext.
CITATION_NOTES = (
    gettext_noop("not found in this commit"),
    gettext_noop("not read for this answer"),
    gettext_noop("changed since this was written"),
    gettext_noop("not verified"),
)

# Reasons for leaving out a file (repos/indexing/file_selection.py).
SKIP_REASONS = (
    gettext_noop("link"),
    gettext_noop("submodule"),
    gettext_noop("secret"),
    gettext_noop("unusable name"),
    gettext_noop("vendored"),
    gettext_noop("lock file"),
    gettext_noop("generated"),
    gettext_noop("translation"),
    gettext_noop("binary"),
    gettext_noop("too large"),
    gettext_noop("empty"),
    gettext_noop("ignored"),
    gettext_noop("unreadable"),
    gettext_noop("over the repository limit"),
    gettext_noop("minified"),
    gettext_noop("LFS"),
)

# Labels of IndexJob.Stage and what else status events of indexing carry, in English.
INDEXING_STAGES = (
    "Waiting for a free worker",
    "Fetching the repository",
    "Reading and cutting files",
    "Storing",
    "Computing vectors",
    gettext_noop("Trying again: the last attempt failed"),
)

# Why a passage was retrieved (SearchHit, PromptPassage).
MATCH_REASONS = {
    "defined": gettext_noop("defined here"),
    "named": gettext_noop("named in your question"),
    "words": gettext_noop("by its words"),
    "meaning": gettext_noop("by its meaning"),
    "both": gettext_noop("by words and meaning"),
    "used": gettext_noop("used by {path}"),
    "uses": gettext_noop("uses what you asked about"),
    "test": gettext_noop("its test"),
    "tested": gettext_noop("tested by {path}"),
}

# Labels of an answer's details, in the order they are shown.
ANSWER_DETAILS = {
    "provider": gettext_noop("Provider"),
    "model": gettext_noop("Model"),
    "first_token_ms": gettext_noop("First word"),
    "total_ms": gettext_noop("In all"),
    "input_tokens": gettext_noop("Tokens read"),
    "output_tokens": gettext_noop("Tokens written"),
    "cost": gettext_noop("Cost"),
    "read": gettext_noop("Citations read"),
    "verified": gettext_noop("Citations found"),
    "commit": gettext_noop("Commit"),
}

# Name in the scripts -> text; the scripts fill the {placeholders}.
SCRIPT_STRINGS = {
    "searching": gettext_noop("Searching"),
    "searchingFiles": gettext_noop("Searching {n} files"),
    "thinking": gettext_noop("Thinking"),
    "thinkingFor": gettext_noop("Thinking… {seconds} s"),
    "continue": gettext_noop("Continue exactly where your last answer stopped."),
    "reading": gettext_noop("Reading {n} passages"),
    "progress": gettext_noop("{message} ({done} of {total})"),
    "round": gettext_noop("Round {n} of at most {of}"),
    "plan": gettext_noop("Plan"),
    "update": gettext_noop("Update {n}"),
    "conclusion": gettext_noop("Conclusion"),
    "passages": gettext_noop("{n} passages"),
    "complete": gettext_noop("The answer is complete."),
    "ended": gettext_noop("The answer has ended."),
    "stopped": gettext_noop("You stopped this answer."),
    "interrupted": gettext_noop(
        "The server stopped while writing this answer. Ask again for the rest."
    ),
    "retrying": gettext_noop("retrying…"),
    "reconnecting": gettext_noop("reconnecting…"),
    "http": gettext_noop("Connected over HTTP"),
    "notSent": gettext_noop("The question was not sent: there is no connection."),
    "sessionEnded": gettext_noop("Your session has ended. Sign in again."),
    "silent": gettext_noop("The server did not answer. Try again in a moment."),
    "copied": gettext_noop("Copied"),
    "notCopied": gettext_noop("The browser did not allow it"),
    "copy": gettext_noop("Copy"),
    "wrap": gettext_noop("Wrap"),
    "enlarge": gettext_noop("Enlarge"),
    "version": gettext_noop("Version {n} of {of}"),
    "wait": gettext_noop("Too many requests. Ask again in {n} seconds."),
    **ATTACHMENT_STRINGS,
    "pastedText": gettext_noop("Pasted text · {lines}"),
    "furtherFull": gettext_noop("No more than {n} can be asked at once."),
}


def translate_message(
    message: str, reason: str = "", parameters: Mapping[str, object] | None = None
) -> str:
    """A message in the current language; `message` itself if there is no translation.

    Looked up by `reason` if MESSAGES has it, else by the English sentence `message`.
    The template of a reason is translated first, then filled with `parameters`.
    """
    template = MESSAGES.get(reason)
    if template is None:
        return _(message) if message else ""
    try:
        return _(template).format_map(retrieval.shown_parameters(reason, parameters or {}))
    except (LookupError, ValueError):  # stored parameters of an earlier template
        return message


def pasted_name(text: str) -> str:
    """How a text that was pasted into a question is named."""
    return _(SCRIPT_STRINGS["pastedText"]).format(lines=lines_text(text))


def known_sentences() -> list[str]:
    """The English messages that `translate_message` has translations of."""
    return list(MESSAGES.values())


def match_reason(reason: str, via: str = "") -> str:
    """Why a passage was retrieved, in the current language; empty if not known.

    `via` is the path of the file that led to it, where one did.
    """
    if reason not in MATCH_REASONS:
        return ""
    return _(MATCH_REASONS[reason]).replace("{path}", via)


def answer_detail_labels() -> dict[str, str]:
    """Name of a detail -> label in the current language, in the order of display."""
    return _translated(ANSWER_DETAILS)


def javascript_strings() -> dict[str, object]:
    """The texts of the page's scripts in the current language.

    `messages` are by reason, `sentences` by English sentence; placeholders are left in them.
    """
    return {
        **_translated(SCRIPT_STRINGS),
        **step_scripts(),
        "asides": retrieval.ASIDES,
        "leftOut": retrieval.left_out_scripts(),
        "matchReasons": _translated(MATCH_REASONS),
        "messages": _translated(MESSAGES),
        "renderNotes": _translated({**NOTES, **CITE_NOTES}),
        "sentences": {each: _(each) for each in (*known_sentences(), *INDEXING_STAGES)},
    }


def _translated(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: _(text) for name, text in texts.items()}
