"""The second factor of a sign-in: codes of an authenticator app (RFC 6238) and recovery codes.

allauth.mfa has the pages and the tables. What is stored is encrypted like access tokens, and
a code counts once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import QuerySet

from deepwiki.foundation.encryption import WrongKey, decrypt, encrypt

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SECRETS = ("secret", "seed")  # of an authenticator's data
# A code is valid in its own half minute, and in those beside it that are let pass.
CODE_SECONDS = 30 * (1 + 2 * settings.MFA_TOTP_TOLERANCE)
log = logging.getLogger(__name__)


class TwoFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Encrypts what codes are made from."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The clear text; where TOKEN_KEYS no longer has its key, one that no code fits."""
        try:
            return decrypt(encrypted_text)
        except WrongKey:
            log.warning("A second factor was encrypted with a key that is gone; remove it.")
            return str(generate_totp_secret())


class SignInForm(AuthenticateForm):  # type: ignore[misc]
    """The code asked for after the password."""

    def clean_code(self) -> str:
        return _use_once(self, super().clean_code())


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]
    """The code asked for again before the account is changed."""

    def clean_code(self) -> str:
        return _use_once(self, super().clean_code())


def has_second_factor(person: Any) -> bool:
    """Whether an authenticator app is set up; recovery codes alone are none."""
    return bool(_apps().filter(user=person.pk).exists())


def must_set_up(person: Any) -> bool:
    """Whether somebody signed in is staff, and lacks the second factor that staff need."""
    if not settings.STAFF_TWO_FACTOR or not getattr(person, "is_staff", False):
        return False
    return not has_second_factor(person)


def remove_second_factor(people: QuerySet[User]) -> int:
    """Take the second factor from people who lost theirs; how many had one."""
    count = _apps().filter(user__in=people).count()
    Authenticator.objects.filter(user__in=people).delete()
    return int(count)


def rotate_keys() -> int:
    """Encrypt every second factor with the newest key; the number of rows. Raises WrongKey."""
    rows = Authenticator.objects.all()
    with transaction.atomic():
        for row in rows.select_for_update():
            for name in SECRETS:
                if name in row.data:
                    row.data[name] = encrypt(decrypt(row.data[name]))
            row.save(update_fields=["data"])
    return len(rows)


def _apps() -> Any:
    return Authenticator.objects.filter(type=Authenticator.Type.TOTP)


def _use_once(form: Any, code: str) -> str:
    """The code, unless any process took it before. Raises ValidationError."""
    key = f"two_factor:{form.user.pk}:{normalize_user_code(code)}"
    if not caches["limits"].add(key, 1, timeout=CODE_SECONDS):
        raise TwoFactorAdapter().validation_error("incorrect_code")
    return code
