"""API tokens, shown once and kept as a hash; and what a person prefers."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PREFIX = "dw_"


class ApiToken(models.Model):
    """A program's key to one person's account. 256 random bits, so a plain SHA-256 is enough to keep it by."""

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
        """A new token and its clear text, which is kept nowhere."""
        clear = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(
            user=user, name=name[:100], digest=_digest(clear), hint=clear[-4:]
        ), clear

    @classmethod
    def is_good(cls, clear: str) -> bool:
        """Is this still an active person's token?"""
        # Written out: this is asked before every question of a program.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM accounts_apitoken t JOIN auth_user u ON u.id = t.user_id"
                " WHERE t.digest = %s AND t.revoked_at IS NULL AND u.is_active",
                [_digest(clear)],
            )
            return cursor.fetchone() is not None

    @classmethod
    def owner_of(cls, clear: str) -> User | None:
        """The active person a token belongs to; None for an unknown or revoked one. Notes the use once a minute."""
        token = (
            cls.objects.select_related("user")
            .filter(digest=_digest(clear), revoked_at=None, user__is_active=True)
            .first()
        )
        if token is None:
            return None
        now = timezone.now()
        if token.used_at is None or now - token.used_at > timedelta(minutes=1):
            cls.objects.filter(pk=token.pk).update(used_at=now)
        return token.user


class Profile(models.Model):
    """What a person prefers; empty means that the browser or the server decides."""

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
