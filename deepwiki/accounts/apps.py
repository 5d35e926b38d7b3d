"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "deepwiki.accounts"
    label = "accounts"
    verbose_name = "Accounts"
