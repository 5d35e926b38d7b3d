"""The project's own Django app: start-up checks, health and shared templates."""

from django.apps import AppConfig

from deepwiki.foundation.pool_recovery import recover_quickly


class DeepWikiConfig(AppConfig):
    name = "deepwiki"
    verbose_name = "DeepWiki"

    def ready(self) -> None:
        recover_quickly()
