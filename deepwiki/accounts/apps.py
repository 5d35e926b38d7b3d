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
        user_logged_in.connect(_forget_failures, dispatch_uid="forget failures")


def _forget_failures(sender: Any, user: Any, **kwargs: Any) -> None:
    """Signing in clears the failures counted for this name, and for no other."""
    from axes.models import AccessAttempt

    AccessAttempt.objects.filter(username=user.get_username()).delete()
