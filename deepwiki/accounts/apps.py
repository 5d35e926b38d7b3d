"""The accounts app."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "deepwiki.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        user_logged_in.connect(_forget_failures, dispatch_uid="forget failures")
        from allauth.usersessions.signals import on_user_logged_in  # has models

        # Mails to reset a password, sign-ups and the like are counted over all processes;
        # allauth has no setting for where it counts.
        ratelimit.cache = caches["limits"]
        # Each session is recorded as it is used: see accounts/sessions.py.
        user_logged_in.disconnect(on_user_logged_in)


def _forget_failures(sender: Any, user: Any, **kwargs: Any) -> None:
    """Signing in clears the failures of this name at this address, and no others."""
    from axes.models import AccessAttempt

    from deepwiki.accounts.authentication import client_address

    own = AccessAttempt.objects.filter(username=user.get_username())
    request = kwargs.get("request")
    if request is not None:
        own = own.filter(ip_address=client_address(request) or None)
    own.delete()
