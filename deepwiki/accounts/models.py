"""API tokens, stored as a hash, and the preferences of a user."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.sql import fetch_row

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PREFIX = "dw_"
USE_RECORDED_EVERY = timedelta(minutes=1)


class ApiToken(models.Model):
    """A program's credential for one user's account.

    The token has 256 random bits, so a plain SHA-256 of it cannot be guessed back.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100, default="token")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=4, editable=False, help_text="The last four characters.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"

    @classmethod
    def issue(cls, user: Any, name: str = "token") -> tuple[ApiToken, str]:
        """A new token and its clear text, which is not stored."""
        clear = PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user, name=name[:100], digest=_digest(clear), hint=clear[-4:]
        )
        return token, clear

    @classmethod
    def is_valid(cls, clear: str) -> bool:
        """True if the token is not revoked and its user is active."""
        # Written out: this runs before every question of a program.
        statement = (
            "SELECT 1 FROM accounts_apitoken t JOIN auth_user u ON u.id = t.user_id"
            " WHERE t.digest = %s AND t.revoked_at IS NULL AND u.is_active"
        )
        return fetch_row(statement, [_digest(clear)]) is not None

    @classmethod
    def owner_of(cls, clear: str) -> User | None:
        """The active user of a token; None for an unknown or revoked one. Records the use."""
        usable = cls.objects.filter(revoked_at=None, user__is_active=True)
        token = usable.select_related("user").filter(digest=_digest(clear)).first()
        if token is None:
            return None
        token.record_use()
        return token.user

    def record_use(self) -> None:
        """Set `used_at` to now, unless that was done within the last minute."""
        now = timezone.now()
        if self.used_at is None or now - self.used_at > USE_RECORDED_EVERY:
            ApiToken.objects.filter(pk=self.pk).update(used_at=now)


class TokenGuesses(models.Model):
    """How many unknown tokens an address has sent since `began_at`.

    `address` is its keyed hash. Written by count_guess.sql.
    """

    address = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    began_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} unknown tokens since {self.began_at}"


class Profile(models.Model):
    """Preferences and quota of a user. An empty preference leaves the choice to the browser
    or the server."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=10, blank=True, choices=Theme)
    tokens_per_day = models.PositiveBigIntegerField(
        null=True,
        blank=True,
        help_text="What this person may spend in a day; empty for what the settings say, 0 for any amount.",
    )
    model = models.CharField(
        _("default model"), max_length=250, blank=True, help_text="provider|model"
    )

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"


def _digest(clear: str) -> str:
    return hashlib.sha256(clear.encode("utf-8", "surrogatepass")).hexdigest()
