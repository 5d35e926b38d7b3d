"""The wiki app."""

from django.apps import AppConfig


class WikiConfig(AppConfig):
    name = "deepwiki.wiki"
    label = "wiki"
    verbose_name = "Wiki"
