"""Every route of the project, and who gets what there: the table of test_access_matrix.

A route is named as the resolver names it. `Rule.answers` is the status for whom the rule
lets in; everybody else gets what the rule says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import get_resolver

from deepwiki.wiki.tests.lessons import EXERCISE_KEY

# Where anybody gets in.
ANYBODY = "anybody"
# Everybody signed in.
SIGNED_IN = "signed in"
# Who may read the repository; 404 for others signed in.
READERS = "readers"
# Readers, while its host lets it be read; 404 for others signed in.
OPEN_READERS = "readers of what is open"
# Readers who own it or may change repositories.
MANAGERS = "managers"
# Managers, while its host lets it be read.
OPEN_MANAGERS = "managers of what is open"
# Managers and the groups that they chose, while its host lets it be read.
EDITORS = "editors"
# Whoever may decide who reads a private repository.
SHARERS = "sharers"
# The person whose conversation or token it is.
OWN = "own"
# Signed by a secret or a key of its own; the protocol's rights are in test_access_protocol.
OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Rule:
    who: str
    answers: int = 200
    method: str = "get"
    form: dict[str, Any] = field(default_factory=dict)


def posted(who: str, answers: int = 200, **form: Any) -> Rule:
    return Rule(who, answers, "post", form)


RULES = {
    # of a repository
    "repository": Rule(READERS),
    "source": Rule(READERS),
    "code": Rule(READERS),
    "code-lines": Rule(READERS, 409),
    "code-folder": Rule(READERS),
    "code-find": Rule(READERS),
    "code-files": Rule(READERS),
    "code-matches": Rule(READERS),
    "code-update": Rule(READERS, 204),
    "code-search": Rule(READERS),
    "code-outline": Rule(READERS),
    "code-name": Rule(READERS),
    "code-definitions": Rule(READERS),
    "code-references": Rule(READERS),
    "code-callers": Rule(READERS),
    "completions": Rule(READERS),
    "repository-status": Rule(READERS),
    "repository-refresh": posted(READERS),
    "repository-job": posted(READERS),
    "repository-webhook": posted(MANAGERS),
    "repository-people": Rule(SHARERS),
    "repository-remove": Rule(MANAGERS),
    "repository-about": Rule(READERS),
    "repository-size": Rule(READERS),
    "repository-rename": posted(MANAGERS, 302),
    "repository-take-back": posted(OTHERWISE),
    # of its wiki
    "wiki": Rule(READERS),
    "wiki-progress": Rule(READERS),
    "wiki-page": Rule(OPEN_READERS),
    "wiki-page-markdown": Rule(OPEN_READERS),
    "wiki-versions": Rule(OPEN_READERS),
    "wiki-changes": Rule(OPEN_READERS),
    "wiki-claims": Rule(EDITORS),
    "wiki-slides-file": Rule(OPEN_READERS),
    "wiki-answer": posted(OPEN_READERS, 302, exercise=EXERCISE_KEY, choice="0"),
    "wiki-change": posted(MANAGERS, 302),
    "wiki-build": Rule(MANAGERS),
    "wiki-editors": Rule(MANAGERS),
    "wiki-page-again": posted(OPEN_MANAGERS, 302),
    "wiki-translate": posted(OPEN_MANAGERS, 302),
    "wiki-search": Rule(OPEN_READERS),
    "wiki-export": Rule(OPEN_READERS),
    "wiki-compare": Rule(OPEN_READERS),
    "wiki-restore": posted(EDITORS, 302),
    "wiki-notes": Rule(EDITORS),
    "wiki-note-new": Rule(EDITORS),
    "wiki-note": Rule(EDITORS),
    "wiki-note-change": posted(EDITORS, 302),
    "wiki-comments": Rule(OPEN_READERS),
    "wiki-comment-change": posted(EDITORS, 302),
    "wiki-all-comments": Rule(EDITORS),
    # of a conversation, an answer, a token of one's own
    "conversation": Rule(OWN),
    "message-footer": Rule(OWN),
    "message-markdown": Rule(OWN),
    "message-content": Rule(OWN),
    "conversation-export": Rule(OWN),
    "conversation-title": Rule(OWN),
    "shares": Rule(OWN),
    "share": posted(OWN),
    "share-revoke": posted(OWN),
    "message-rating": posted(OWN, rating="1"),
    "conversation-change": posted(OWN),
    "attachment": Rule(OWN),
    "attachment-remove": posted(OWN, 204),
    "token-revoke": posted(OWN),
    "session-end": posted(OWN, 302),
    # of whoever is signed in
    "home": Rule(SIGNED_IN),
    "repository-by-name": Rule(SIGNED_IN),
    "host-page": Rule(SIGNED_IN),
    "wiki-by-name": Rule(SIGNED_IN, 404),
    "wiki-page-by-name": Rule(SIGNED_IN, 404),
    "llms": Rule(SIGNED_IN, 404),
    "llms-full": Rule(SIGNED_IN, 404),
    "attachment-new": posted(SIGNED_IN, 400),  # no form
    "rail": Rule(SIGNED_IN),
    "switch": Rule(SIGNED_IN),
    "choices": Rule(SIGNED_IN),
    "further-choices": Rule(SIGNED_IN),
    "conversations-export": Rule(SIGNED_IN),
    "conversations-change": posted(SIGNED_IN, 404),  # none of them named
    "styleguide": Rule(SIGNED_IN, 404),
    "repository-add": posted(SIGNED_IN, 422),
    "profile": Rule(SIGNED_IN),
    "appearance": Rule(SIGNED_IN),
    "model-settings": Rule(SIGNED_IN),
    "usage": Rule(SIGNED_IN),
    "api-tokens": Rule(SIGNED_IN),
    "usersessions_list": Rule(SIGNED_IN),
    "mfa_index": Rule(SIGNED_IN),
    "mfa_reauthenticate": Rule(SIGNED_IN, 302),  # by password: there is no app yet
    "mfa_activate_totp": Rule(SIGNED_IN, 302),  # the password is asked for once more
    "mfa_deactivate_totp": Rule(SIGNED_IN, 404),
    "mfa_generate_recovery_codes": Rule(SIGNED_IN, 302),
    "mfa_view_recovery_codes": Rule(SIGNED_IN, 404),
    "mfa_download_recovery_codes": Rule(SIGNED_IN, 404),
    "api-reference": Rule(SIGNED_IN),
    "token-new": posted(SIGNED_IN, name="mine", scopes="read", days="90"),
    "account_email": Rule(SIGNED_IN),
    "account_change_password": Rule(SIGNED_IN),
    "account_set_password": Rule(SIGNED_IN, 302),
    "account_reauthenticate": Rule(SIGNED_IN),
    "socialaccount_connections": Rule(SIGNED_IN),
    # of anybody
    "theme": posted(ANYBODY, 302, theme="dark"),
    "account_login": Rule(ANYBODY),
    "mfa_authenticate": Rule(ANYBODY, 302),
    "account_logout": Rule(ANYBODY, 302),
    "account_inactive": Rule(ANYBODY),
    "account_signup": Rule(ANYBODY),
    "account_email_verification_sent": Rule(ANYBODY),
    "account_reset_password": Rule(ANYBODY),
    "account_reset_password_done": Rule(ANYBODY),
    "account_reset_password_from_key": Rule(ANYBODY),
    "account_reset_password_from_key_done": Rule(ANYBODY),
    "account_confirm_email": Rule(ANYBODY),
    "account_confirm_login_code": Rule(ANYBODY, 302),
    "socialaccount_login_cancelled": Rule(ANYBODY),
    "socialaccount_login_error": Rule(ANYBODY, 401),
    "socialaccount_signup": Rule(ANYBODY, 302),
    # former addresses of allauth
    "accounts/social/login/cancelled/": Rule(ANYBODY, 301),
    "accounts/social/login/error/": Rule(ANYBODY, 301),
    "accounts/social/signup/": Rule(ANYBODY, 301),
    "accounts/social/connections/": Rule(ANYBODY, 301),
    "design/": Rule(ANYBODY, 302),
    "favicon": Rule(ANYBODY, 302),
    "readyz": Rule(OTHERWISE),
    # with rights of their own
    "diagram": Rule(OTHERWISE),
    # the same for everybody: chat.tests.test_badge
    "badge": Rule(OTHERWISE),
    "shared": Rule(OTHERWISE),
    "shared-attachment": Rule(OTHERWISE),  # chat.tests.test_attachments
    "webhook": Rule(OTHERWISE),
    "metrics": Rule(OTHERWISE),
    "chat-stream": Rule(OTHERWISE),
    "chat-stream-browser": Rule(OTHERWISE),
    "run-events": Rule(OTHERWISE),
    "run-stop": Rule(OTHERWISE),
    # of OpenAI's clients: chat.tests.test_v1_access
    "v1-models": Rule(OTHERWISE),
    "v1-model": Rule(OTHERWISE),
    "v1-chat": Rule(OTHERWISE),
    "v1-responses": Rule(OTHERWISE),
    "v1-unknown": Rule(OTHERWISE),
    # each operation of it: chat.tests.test_rest_access
    "rest": Rule(OTHERWISE),
    # signed: chat.tests.test_slack
    "slack-events": Rule(OTHERWISE),
    # of deepwiki-open's front end: deepwiki.wiki.tests.test_visitors
    "resource-metadata": Rule(ANYBODY, 404),  # set up: chat.tests.test_mcp_sign_in
    "resource-metadata-mcp": Rule(ANYBODY, 404),
    "visitor-health": Rule(OTHERWISE),
    "visitor-languages": Rule(OTHERWISE),
    "visitor-code-status": Rule(OTHERWISE),
    "visitor-code": Rule(OTHERWISE),
    "visitor-models": Rule(OTHERWISE),
    "visitor-wiki": Rule(OTHERWISE),
    "visitor-projects": Rule(OTHERWISE),
    "visitor-export": Rule(OTHERWISE),
    "visitor-folder": Rule(OTHERWISE),
}


@dataclass(frozen=True)
class Route:
    """`name` is the resolver's, or the route itself where it has none."""

    name: str
    path: str
    arguments: tuple[str, ...]

    @property
    def is_admin(self) -> bool:
        return self.path.startswith("admin/")


def routes() -> list[Route]:
    """Every route, the admin's included, in the resolver's order."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: Any, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from _walk(entry.url_patterns, path, namespace + inner)
            continue
        name = namespace + entry.name if entry.name else path
        arguments = getattr(entry.pattern, "converters", None) or entry.pattern.regex.groupindex
        yield Route(name, path, tuple(arguments))
