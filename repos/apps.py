"""The repositories app."""

from django.apps import AppConfig


class ReposConfig(AppConfig):
    name = "repos"
    verbose_name = "Repositories"

    def ready(self) -> None:
        """Have receivers of webhooks told of new indexes."""
        from repos import jobs, outgoing

        jobs.after_indexing.append(outgoing.announce_index)
        jobs.side_queues.append("webhooks")
