"""The wiki app."""

from django.apps import AppConfig


class WikiConfig(AppConfig):
    name = "deepwiki.wiki"
    label = "wiki"
    verbose_name = "Wiki"

    def ready(self) -> None:
        """Have wikis made by workers, and after repositories are indexed."""
        from deepwiki.wiki import services
        from repos import jobs

        jobs.after_indexing.append(services.build_when_outdated)
        jobs.side_queues.append("wiki")
