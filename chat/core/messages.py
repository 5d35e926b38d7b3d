"""Every fixed sentence that errors and notices show: reason -> English template.

Reasons are stable identifiers; the interface translates a message by its reason. Places
in braces are filled from the error's or the notice's parameters. A class of
chat/core/errors.py that is raised without a reason uses its code as the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chat.core.attachment_messages import ATTACHMENT_MESSAGES
from chat.core.program_messages import PROGRAM_MESSAGES
from deepwiki.foundation.shared_messages import TOO_MANY_ADDED

Parameters = Mapping[str, str | int]

MESSAGES: Final[dict[str, str]] = {
    # --- the default of each error class: its code ---
    "error": "Something went wrong.",
    "bad_request": "The request cannot be understood.",
    "too_large": "The request is too large. Send a shorter question or less history.",
    "not_signed_in": "Sign in to ask.",
    "forbidden": "Requests from this origin are not accepted.",
    "no_such_repository": (
        "There is no such repository, or you may not see it. Check the address, or add an access"
        " token that can read it."
    ),
    "too_many": "Too many requests. Wait a moment and ask again.",
    "retriever_failed": "Error preparing retriever: the repository could not be read.",
    "provider_error": "The model's service had a problem. Try again in a moment.",
    "provider_auth": (
        "The model's service refused the server's key. The administrator can check the key in the"
        " settings."
    ),
    "provider_rate_limit": ("The model's service is busy and asks to wait. Try again in a moment."),
    "provider_quota": (
        "The account at the model's service has no credit left. Choose another provider; the "
        "administrator can top it up."
    ),
    "context_too_long": (
        "This is too much text for the model. Shorten the question, start a new conversation, or"
        " choose a larger model."
    ),
    "model_not_found": "The model's service does not know this model. Choose another one.",
    "blocked": (
        "The model's service declined to answer this question. Rephrase it or choose another model."
    ),
    "provider_unavailable": (
        "The model's service does not answer. Try again in a moment or choose another model."
    ),
    "cut_off": (
        "The model's service broke off in the middle of the answer. What came is kept; ask again"
        " for the rest."
    ),
    "provider_refused": (
        "The model's service does not accept this request. Choose another model or shorten the"
        " question."
    ),
    "tools_unsupported": "This model cannot use tools, so the answer rests on one search.",
    "server_busy": "The server is busy with other questions. Ask again in {seconds} seconds.",
    "server_stops": "The server is restarting. Ask again in a moment.",
    "unavailable": (
        "DeepWiki is temporarily unavailable. Try again in a minute: nothing of yours is lost."
    ),
    "internal": ("Something went wrong on our side. Tell the administrator: incident {incident}."),
    # --- the request (chat/core/request.py) ---
    "invalid_json": "The request is not valid JSON.",
    "not_an_object": "The request must be a JSON object.",
    "repo_url_missing": "repo_url is missing: name a repository.",
    "no_messages": "No messages provided",
    "messages_not_a_list": "messages must be a list.",
    "too_many_messages": "messages: there are too many. Start a new conversation.",
    "message_incomplete": ("messages: number {number} must have a role and a content, both text."),
    "unknown_mode": "The mode is one of auto, quick, agent and research.",
    "unknown_role": "messages: number {number} has an unknown role; use user or assistant.",
    "message_too_long": (
        "messages: number {number} is longer than {limit} characters. Shorten it."
    ),
    "last_message_not_user": "Last message must be from the user",
    "empty_question": "The question is empty. Type one and send it again.",
    "field_not_text": "{field} must be text.",
    "field_too_long": "{field} is longer than {limit} characters.",
    "too_many_patterns": "{field} holds more than {limit} patterns. Leave some out.",
    "field_not_texts": "{field} must be a list of texts.",
    "too_many_repositories": (
        "At most {limit} more repositories can be asked about at once. Leave some out."
    ),
    "field_not_boolean": "{field} must be true or false.",
    "field_not_a_name": "{field} holds characters that no name has.",
    "field_not_a_uuid": "{field} must be a UUID.",
    "file_path_outside": "filePath must name a file of the repository, such as src/app.py.",
    # --- the answer (chat/core/completion.py, generation.py, retrieval_events.py) ---
    "length_limit": (
        "The answer reached the longest this model writes at once. Continue for the rest."
    ),
    "length_in_thoughts": (
        "The model used up its length for thinking before the first word. Ask a shorter question"
        " or choose another model."
    ),
    "only_thoughts": "The model thought, but gave no answer. Ask again or choose another model.",
    "call_too_long": (
        "The model was not done when its time was up. Ask again or choose a quicker model."
    ),
    "thinking": "Thinking… {seconds} s",
    "answer_too_long": "The answer reached the longest this server allows. What came is kept.",
    "empty_answer": (
        "The model's service gave an empty answer. Ask again or choose another model."
    ),
    "context_trimmed": "Not everything fitted into the model: {parts} stayed out.",
    "context_retry": "The model found this too long; asking again with less of the repository.",
    "nothing_found": (
        "Nothing in the repository matches these words. Try the names the code itself uses."
    ),
    "filters_leave_nothing": (
        "The filters leave none of the {total} files: nothing was searched. Check the folders and"
        " files to look in."
    ),
    "filter_without_files": ("No file matches {patterns}. Searched were {files} of {total} files."),
    "partly_indexed": (
        "Only {files} of the {total} files of this repository are in its index: it is larger than"
        " this server allows."
    ),
    "repositories_not_ready": (
        "Not yet indexed, and so left out: {names}. Ask again when they are ready."
    ),
    "words_only": "The repository was still being indexed when this was asked: the search went by words alone.",
    "research_needs_model": "Deep Research needs a language model. These are the passages found.",
    "from_cache": (
        "This question was answered a moment ago: this is that answer. Ask anew for another."
    ),
    # --- steps of an agent (chat/tools), as the page tells them ---
    "step_searched": "searched for `{query}`: {count} passages in {files} files",
    "step_searched_one_file": "searched for `{query}`: {count} passages in one file",
    "step_searched_one": "searched for `{query}`: 1 passage",
    "step_asked": "searched with your question: {count} passages in {files} files",
    "step_asked_one_file": "searched with your question: {count} passages in one file",
    "step_asked_one": "searched with your question: 1 passage",
    "step_grepped": "looked for lines with `{pattern}`: {count} in {files} files",
    "step_grepped_one_file": "looked for lines with `{pattern}`: {count} in one file",
    "step_grepped_one": "looked for lines with `{pattern}`: 1 line",
    "step_listed": "listed the files in `{path}`",
    "step_listed_root": "listed the files of the repository",
    "step_found_files": "looked for files named `{pattern}`: {count} files",
    "step_found_file": "looked for files named `{pattern}`: 1 file",
    "step_read": "read `{path}` {start}-{end}",
    "step_outlined": "looked at the outline of `{path}`",
    "step_defined": "looked for where `{name}` is defined: {count} places",
    "step_defined_one": "looked for where `{name}` is defined: 1 place",
    "step_used": "looked for where `{name}` is used: {count} places",
    "step_used_one": "looked for where `{name}` is used: 1 place",
    "step_callers": "looked for who calls `{name}`: {count} places",
    "step_callers_one": "looked for who calls `{name}`: 1 place",
    "step_callees": "looked for what `{name}` calls: {count} names",
    "step_callees_one": "looked for what `{name}` calls: 1 name",
    "step_not_there": "looked for `{name}`, which is not there",
    "step_wrong_call": "tried `{tool}`, but not in a way that it can be used",
    "step_too_slow": "gave up `{tool}`: it took too long",
    "step_broken": "tried `{tool}`, which failed",
    # --- providers ---
    "rate_limited_for": "The model's service is busy. Try again in {seconds} seconds.",
    "silent_before_answer": (
        "The model's service took too long to begin. Try again or choose another model."
    ),
    "broken_before_answer": (
        "The model's service broke off before the first word. Try again or choose another model."
    ),
    "tool_not_offered": (
        "The model asked for a tool instead of finishing its answer. Ask again or choose another"
        " model."
    ),
    "unreadable_reply": (
        "The model's service answered in a way that cannot be read. Try again or choose another"
        " model."
    ),
    "overloaded": (
        "The model's service is overloaded. Try again in a moment or choose another model."
    ),
    "model_loading": "The model is still being loaded. Try again in a minute.",
    "access_denied": (
        "The model's service refused access. The administrator can check what the server's key may"
        " use."
    ),
    "service_region": (
        "The model's service is not offered in the country of this server. The administrator can"
        " choose another provider."
    ),
    "data_policy": (
        "No host of this model fits the account's data policy. The administrator can check it at "
        "the model's service."
    ),
    "parameter_refused": (
        "The model's service does not accept a parameter of this model. The administrator can unset"
        " it in the models file."
    ),
    "reply_too_large": (
        "The model's service sent more than an answer can hold. The rest is left out; ask again or"
        " choose another model."
    ),
    "not_a_model_service": (
        "What answers at the address of the model's service is no such service. The administrator "
        "can check the address."
    ),
    "silent_in_answer": (
        "The model's service went silent in the middle. Try again or choose another model."
    ),
    "unknown_default_provider": "DEEPWIKI_PROVIDER must be one of {choices}.",
    "unknown_provider": "There is no provider {provider}. Choose one of: {choices}.",
    "provider_not_configured": (
        "The provider {provider} is not set up here. Choose one of: {choices}."
    ),
    "unknown_model": "The provider {provider} has no model {model}.",
    "model_missing": "Name a model for {provider}.",
    # --- runs ---
    "not_saved": ("The answer could not be stored yet; it is tried again. Copy it to be safe."),
    "no_such_answer": "There is no such answer, or it is not yours.",
    # --- services ---
    "no_such_conversation": "There is no such conversation, or it is not yours.",
    "parent_not_in_conversation": (
        "The message this follows is not in the conversation. Reload the page and ask again."
    ),
    "token_needs_sign_in": "Sign in to use an access token.",
    "answer_running": (
        "Another answer of yours is still being written. Wait for it or stop it, then ask again."
    ),
    "questions_per_minute": (
        "You have asked {limit} questions in a minute. Ask again in {seconds} seconds."
    ),
    "tokens_per_day": (
        "You have used what you may use in a day. Ask again tomorrow, or use Search only."
    ),
    "answer_running_for_address": (
        "Another answer for your address is still being written. Wait for it, then ask again."
    ),
    "questions_from_address": (
        "Too many questions have come from your address. Ask again in a minute."
    ),
    **TOO_MANY_ADDED,
    **PROGRAM_MESSAGES,
    **ATTACHMENT_MESSAGES,
    "still_indexing": (
        "Error preparing retriever: the repository is still being indexed. Ask again in a few"
        " minutes."
    ),
    "indexing_paused": (
        "Error preparing retriever: indexing is paused. Resume it on the repository's page."
    ),
    "indexing_cancelled": "Error preparing retriever: indexing was cancelled.",
    "indexing_failed": "Error preparing retriever: {cause}",
    # --- transports (chat/api) ---
    "connections": "You have too many connections open. Close some pages and try again.",
    "too_many_waiting": (
        "Too many questions wait on this connection. Wait for the answers, or open another"
        " connection."
    ),
    "followed_runs": "Too many answers are followed over this connection at the same time.",
    "not_reading": (
        "The connection was closed because what was sent over it was not read. Connect again to"
        " go on."
    ),
    "question_running": "One question at a time: stop the running answer or wait for it.",
    "too_many_invalid_messages": "Too many messages that cannot be understood.",
    "binary_message": "Send text, not binary data.",
    "unknown_event": "event must be one of ask, stop, attach, ping.",
    "after_not_a_number": "after must be a whole number.",
    "run_not_an_id": "run must be the id of an answer.",
    "session_ended": "Your session has ended. Sign in again.",
    "token_ended": "This API token is no longer valid.",
    "token_invalid": "This API token is not valid. Make a new one and try again.",
    "unknown_tokens": (
        "Too many API tokens that are not valid have come from your address. Try again in"
        " {seconds} seconds, or make a new one."
    ),
    "csrf_failed": (
        "This request did not come from a page of this site. Reload the page and try again."
    ),
}


def format_message(reason: str, parameters: Parameters) -> str:
    """The English sentence.

    Raises KeyError for an unknown reason or a missing parameter.
    """
    return MESSAGES[reason].format_map(parameters)


def plain_text(message: str) -> str:
    """A message with the prefix "Error", as the plain text format sends it."""
    return message if message.startswith("Error") else f"Error: {message}"
