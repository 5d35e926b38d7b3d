"""The repositories app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReposConfig(AppConfig):
    name = "repos"
    verbose_name = _("Repositories")

    def ready(self) -> None:
        """Have receivers of webhooks told of new indexes."""
        from repos import jobs, outgoing

        jobs.after_indexing.append(outgoing.announce_index)
        jobs.side_queues.append("webhooks")
