"""Who may sign up and sign in: as the settings say, for passwords and for other sites' accounts alike."""

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

from deepwiki.accounts.authentication import address_of_request
from deepwiki.accounts.preferences import remember

UNSAID = (
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
)  # the page itself shows it


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Names as they are written: in other letters a name would be another one to whoever counts wrong passwords."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        name, password = credentials.get("username"), credentials.get("password")
        return ModelBackend.authenticate(self, request, username=name, password=password)


class ConfirmStage(EmailVerificationStage):  # type: ignore[misc]
    """Addresses are confirmed by those who gave one when they signed up; accounts made here by hand have none."""

    def handle(self) -> Any:
        if not EmailAddress.objects.filter(user=self.login.user).exists():
            return None, True
        return super().handle()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing up with a password, and what happens after signing in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP)

    def get_login_stages(self) -> list[str]:
        ours = f"{__name__}.ConfirmStage"
        stages: list[str] = super().get_login_stages()
        return [ours if name.endswith(".EmailVerificationStage") else name for name in stages]

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of_request(request)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """The browser learns the person's language and theme."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return remember(response, user)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing up with the account of another site."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(settings.SOCIAL_SIGN_UP)
