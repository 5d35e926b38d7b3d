"""allauth's hooks: who may sign up, how names are compared, and what follows a sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse

from deepwiki.accounts.authentication import client_address
from deepwiki.accounts.preferences import set_preference_cookies

# The page itself shows who is signed in.
SILENT_MESSAGES = (
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
)
REPLACED_STAGES = {
    "allauth.account.stages.EmailVerificationStage": f"{__name__}.ConfirmStage",
}


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Compares names exactly. allauth's own comparison ignores case, so failures counted by
    axes for "alice" would not count for "ALICE"."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        name, password = credentials.get("username"), credentials.get("password")
        return ModelBackend.authenticate(self, request, name, password)


class ConfirmStage(EmailVerificationStage):  # type: ignore[misc]
    """Asks for verification only where an address was given when signing up; accounts made
    by an administrator have none."""

    def handle(self) -> Any:
        if not EmailAddress.objects.filter(user=self.login.user).exists():
            return None, True
        return super().handle()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up with a password, and what follows a sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP)

    def get_login_stages(self) -> list[str]:
        stages: list[str] = super().get_login_stages()
        return [REPLACED_STAGES.get(stage, stage) for stage in stages]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Copies the user's language and theme to the browser."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return set_preference_cookies(response, user)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template not in SILENT_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-up with the account of another site."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(settings.SOCIAL_SIGN_UP)
