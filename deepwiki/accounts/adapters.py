"""Who may sign up: as the settings say, for passwords and for other sites' accounts alike."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from deepwiki.accounts.preferences import remember


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Signing up with a password, and what happens after signing in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """The browser learns the person's language and theme."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return remember(response, user)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Said by the pages themselves."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing up with the account of another site."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(settings.SOCIAL_SIGN_UP)
