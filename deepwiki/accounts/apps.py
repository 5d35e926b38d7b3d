"""The accounts app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "deepwiki.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        user_logged_in.connect(_forgive, dispatch_uid="forgive mistakes")


def _forgive(sender: Any, user: Any, **kwargs: Any) -> None:
    """Whoever signs in is forgiven the mistakes made with that name, and with no other."""
    from axes.models import AccessAttempt

    AccessAttempt.objects.filter(username=user.get_username()).delete()
