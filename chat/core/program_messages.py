"""Sentences that programs alone are told, in English: see messages.py."""

from __future__ import annotations

from typing import Final

PROGRAM_MESSAGES: Final[dict[str, str]] = {
    "token_missing": "Send an API token of your profile page: Authorization: Bearer <token>.",
    "token_expired": "This API token has expired. Make a new one on your profile page.",
    "no_account": (
        "Nobody has signed in here with this account. Sign in on the page once, then try again."
    ),
    "account_deactivated": "Your account here is deactivated. Ask who looks after this server.",
    "second_factor_missing": "Staff set up a second factor first: sign in on the page.",
    "sign_in_away": "The sign-in server does not answer. Try again in a minute.",
    "scope_missing": (
        "This API token may not be used for this: it lacks the scope {scope}. Make one that has it"
        " on your profile page."
    ),
    "calls_per_minute": "At most {limit} calls a minute. Call again in {seconds} seconds.",
    "calls_per_day": "At most {limit} calls a day. Call again in {seconds} seconds.",
    "foreign_host": "This server has no such host.",
    "unknown_cursor": "This cursor belongs to no list of yours. Begin the list again.",
    "no_such_page": "There is no such page of a wiki, or you may not read it.",
    "wiki_too_large": (
        "The wiki is too large: a request may have {limit} MB. Send fewer or shorter pages."
    ),
    "wrong_method": "Use {method} for this address.",
    "no_such_endpoint": "This server has no such endpoint: models, chat/completions, responses.",
    "no_such_model": (
        "There is no model {model} here, or you may not use it. A model is a repository:"
        " deepwiki/owner/repo, see /v1/models."
    ),
    "repository_missing": (
        "Name a repository: in the model, deepwiki/owner/repo, or in the field repository."
    ),
    "unsupported_field": "{field} is not supported here. Leave it out.",
    "part_not_text": "messages: number {number} holds something other than text.",
    "no_slack_app": "No Slack app is set up here.",
    "slack_signature": "This request is not signed by Slack, or was signed too long ago.",
    "slack_looking": "Looking into {repository} …",
    "slack_question_missing": "Ask a question, such as: owner/repo How are requests dispatched?",
    "slack_repository_missing": (
        "Which repository? Begin with its name: owner/repo How are requests dispatched?"
    ),
    "slack_no_repository": "There is no public repository of this name here.",
}
