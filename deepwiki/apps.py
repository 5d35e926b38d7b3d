"""The project's own Django app: templates, translations and start-up of the database pool."""

from django.apps import AppConfig

from deepwiki.foundation.pool_recovery import shorten_reconnect_waits


class DeepWikiConfig(AppConfig):
    name = "deepwiki"
    verbose_name = "DeepWiki"

    def ready(self) -> None:
        shorten_reconnect_waits()
