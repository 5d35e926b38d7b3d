"""allauth's hooks: who may sign up, how names are compared, and what follows a sign-in."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.core import context as allauth_context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from deepwiki.accounts.authentication import client_address
from deepwiki.accounts.person_queries import find_person, permissions_of
from deepwiki.accounts.preferences import set_preference_cookies
from deepwiki.foundation.address_keys import valid_address

# The page itself shows who is signed in.
SILENT_MESSAGES = (
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
)
MAX_FAILURES = 100
REPLACED_STAGES = {
    "allauth.account.stages.EmailVerificationStage": f"{__name__}.ConfirmStage",
}


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Compares names exactly. allauth's own comparison ignores case, so failures counted by
    axes for "alice" would not count for "ALICE"."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        name, password = credentials.get("username"), credentials.get("password")
        if too_many_failures(str(name), client_address(request)):
            request.axes_locked_out = True  # type: ignore[attr-defined]  # axes' answer is given
            return None
        return ModelBackend.authenticate(self, request, name, password)

    def get_user(self, user_id: Any) -> Any:
        """As Django's, with a statement that is compiled once."""
        person = find_person(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        """As Django's, in one query where that takes two."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return set(super().get_all_permissions(user_obj))
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = permissions_of(user_obj.pk)
        permissions: set[str] = user_obj._perm_cache
        return permissions


def too_many_failures(name: str, address: str) -> bool:
    """Whether a name, or an address, failed MAX_FAILURES times within AXES_COOLOFF_TIME.

    axes counts the two together; this bounds guessing one name from many addresses, and
    many names from one.
    """
    return max(_failures(username=name), _failures(ip_address=address or None)) >= MAX_FAILURES


def _failures(**of: str | None) -> int:
    recent = _recent_attempts().filter(**of)
    return int(recent.aggregate(sum=Sum("failures_since_start"))["sum"] or 0)


def _recent_attempts() -> QuerySet[Any]:
    from axes.models import AccessAttempt  # backends are imported before models

    attempts: QuerySet[Any] = AccessAttempt.objects.filter(attempt_time__gt=_cooloff_start())
    return attempts


def _cooloff_start() -> datetime:
    return timezone.now() - settings.AXES_COOLOFF_TIME


class ConfirmStage(EmailVerificationStage):  # type: ignore[misc]
    """Asks for verification only before the first sign-in of who gave an address when signing up.

    Accounts made by an administrator have none then. Later allauth may note theirs as not
    confirmed, which must not lock them out.
    """

    def handle(self) -> Any:
        person = self.login.user
        # None: the address that was given has an account, whose owner is told by mail.
        if person is not None and not _is_to_confirm(person):
            return None, True
        return super().handle()


def _is_to_confirm(person: Any) -> bool:
    return person.last_login is None and EmailAddress.objects.filter(user=person).exists()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up with a password, and what follows a sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP)

    def get_login_stages(self) -> list[str]:
        stages: list[str] = super().get_login_stages()
        return [REPLACED_STAGES.get(stage, stage) for stage in stages]

    def get_client_ip(self, request: HttpRequest) -> str:
        return valid_address(client_address(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: axes counts wrong passwords, and allauth only wrong codes."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Links in mails lead to the public address, whatever Host the request named."""
        uid, _, token = key.partition("-")
        return _public_url("account_reset_password_from_key", uid, token)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _public_url("account_confirm_email", emailconfirmation.key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails name the public address, also where allauth takes it from the request."""
        public = {name: _with_public_origin(value) for name, value in context.items()}
        site = {"current_site": _public_site(), "sign_up": settings.SIGN_UP}
        super().send_mail(template_prefix, email, {**public, **site})

    def format_email_subject(self, subject: str) -> str:
        return f"[{_public_site().name}] {subject}"

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


def _public_site() -> SimpleNamespace:
    """What templates of mails call `current_site`."""
    host = urlsplit(settings.PUBLIC_ORIGIN).netloc
    return SimpleNamespace(name=host, domain=host)


def _with_public_origin(value: Any) -> Any:
    """A link to the host that the request named as one to the public address."""
    request = allauth_context.request
    if request is None or not isinstance(value, str):
        return value
    origin = f"{request.scheme}://{request.get_host()}/"
    if not value.startswith(origin):
        return value
    return f"{settings.PUBLIC_ORIGIN}/{value.removeprefix(origin)}"


def _public_url(route: str, *arguments: str) -> str:
    path = reverse(route, args=arguments)
    return f"{settings.PUBLIC_ORIGIN}{path}"
