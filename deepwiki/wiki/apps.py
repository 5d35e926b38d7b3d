"""The wiki app."""

from django.apps import AppConfig


class WikiConfig(AppConfig):
    name = "deepwiki.wiki"
    label = "wiki"
    verbose_name = "Wiki"

    def ready(self) -> None:
        """Put the wiki on the pages of repositories."""
        from chat.web.repository_parts import PARTS
        from deepwiki.wiki.web.repository_part import wiki_part

        if wiki_part not in PARTS:
            PARTS.append(wiki_part)
