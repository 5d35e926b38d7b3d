"""API tokens, stored as a hash, and the preferences of a user."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.sql import fetch_row

PREFIX = "dw_"
USE_RECORDED_EVERY = timedelta(minutes=1)


class TokenScope(models.TextChoices):
    """What a token may be used for. None gives its user more than they may do themselves."""

    READ = "read", _("Read repositories, wikis and conversations")
    ASK = "ask", _("Ask questions, also about new repositories")
    MANAGE = "manage", _("Add, refresh and delete what is yours")
    ADMIN = "admin", _("Look after the server")


# Of tokens that were made before there were scopes, and where none are chosen.
DEFAULT_SCOPES = (TokenScope.READ.value, TokenScope.ASK.value)


class ApiToken(models.Model):
    """A program's credential for one user's account.

    The token has 256 random bits, so a plain SHA-256 of it cannot be guessed back.
    `scopes` are those of TokenScope; `expires_at` is None for a token that never expires.
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
    scopes = ArrayField(
        models.CharField(max_length=10, choices=TokenScope), default=list, editable=False
    )
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} …{self.hint}"

    @classmethod
    def issue(
        cls,
        user: Any,
        name: str = "token",
        *,
        scopes: Collection[str] = DEFAULT_SCOPES,
        days: int = 0,
    ) -> tuple[ApiToken, str]:
        """A new token and its clear text, which is not stored. It lasts for `days`; 0: for ever."""
        clear = PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user,
            name=name[:100],
            digest=_digest(clear),
            hint=clear[-4:],
            scopes=[scope for scope in TokenScope.values if scope in scopes],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        return token, clear

    @classmethod
    def is_valid(cls, clear: str) -> bool:
        """True if the token is not revoked, has not expired, and its user is active."""
        # Written out: this runs before every question of a program.
        statement = (
            "SELECT 1 FROM accounts_apitoken t JOIN auth_user u ON u.id = t.user_id"
            " WHERE t.digest = %s AND t.revoked_at IS NULL AND u.is_active"
            " AND (t.expires_at IS NULL OR t.expires_at > now())"
        )
        return fetch_row(statement, [_digest(clear)]) is not None

    @classmethod
    def find(cls, clear: str) -> ApiToken | None:
        """The token of an active user; None for an unknown or revoked one. Records the use of one
        that has not expired."""
        usable = cls.objects.filter(revoked_at=None, user__is_active=True)
        token = usable.select_related("user").filter(digest=_digest(clear)).first()
        if token is not None and not token.is_expired:
            token.record_use()
        return token

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

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


class CallCount(models.Model):
    """How often programs of a person, or from an address, have called.

    `caller` is `person <id>`, or the keyed hash of a network address. Written by count_call.sql.
    """

    caller = models.CharField(max_length=64, primary_key=True)
    minute_began_at = models.DateTimeField()
    in_minute = models.PositiveIntegerField()
    day_began_at = models.DateTimeField(db_index=True)
    in_day = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.in_day} calls since {self.day_began_at}"


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
    answer_language = models.CharField(max_length=10, blank=True, default="", db_default="")
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
