"""The project's own Django app: start-up checks, health and shared templates."""

from django.apps import AppConfig


class DeepWikiConfig(AppConfig):
    name = "deepwiki"
    verbose_name = "DeepWiki"
